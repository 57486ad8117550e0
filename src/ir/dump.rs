//! The graph as text, for tests and for eyes.

use super::{
    BindingKind, BlockId, BlockKind, CallKind, Expr, ExprId, FileIr, FuncId, GivesWay, Key, Lit, Op, Prop, ThisOf,
};
use std::fmt::Write as _;

impl FileIr {
    /// The whole file: bindings with their definitions, functions with parameters and returns, classes, writes, exports.
    pub fn dump(&self) -> String {
        let mut out = String::new();
        for binding in &self.bindings {
            let kind = match binding.kind {
                BindingKind::Const => "const",
                BindingKind::Var => "var",
                BindingKind::Param => "param",
                BindingKind::Func => "func",
                BindingKind::Class => "class",
                BindingKind::Import => "import",
                BindingKind::Catch => "catch",
            };
            let _ = write!(out, "{kind} {}", binding.name);
            if let Some(ty) = binding.ty {
                let _ = write!(out, ": {}", self.show(ty));
            }
            for (nth, def) in binding.defs.iter().enumerate() {
                let _ = write!(out, "{} {}", if nth == 0 { " =" } else { " |" }, self.show(def.value));
            }
            out.push('\n');
        }
        for (index, func) in self.funcs.iter().enumerate() {
            let _ = write!(out, "fn#{index} {}(", func.name.as_deref().unwrap_or("_"));
            for (nth, param) in func.params.iter().enumerate() {
                let comma = if nth == 0 { "" } else { ", " };
                let dots = if param.rest { "..." } else { "" };
                let _ = write!(out, "{comma}{dots}{}", param.name.as_deref().unwrap_or("_"));
                if let Some(ty) = param.ty {
                    let _ = write!(out, ": {}", self.show(ty));
                }
                if let Some(default) = param.default {
                    let _ = write!(out, " = {}", self.show(default));
                }
            }
            out.push(')');
            if let Some(ty) = func.returns_ty {
                let _ = write!(out, ": {}", self.show(ty));
            }
            for value in &func.returns {
                let _ = write!(out, " -> {}", self.show(*value));
                self.guards_into(&mut out, *value, func.block, 0);
            }
            for value in &func.yields {
                let _ = write!(out, " yields {}", self.show(*value));
            }
            out.push('\n');
        }
        for class in &self.classes {
            let _ = write!(out, "class {}", class.name.as_deref().unwrap_or("_"));
            for base in &class.bases {
                let _ = write!(out, " < {}", self.show(*base));
            }
            out.push('\n');
            for field in &class.fields {
                let dot = if field.is_static { "::" } else { "." };
                let _ = write!(out, "  {dot}{}", self.key(&field.key));
                if let Some(name) = &field.data_name {
                    let _ = write!(out, " as {name:?}");
                }
                if let Some(ty) = field.ty {
                    let _ = write!(out, ": {}", self.show(ty));
                }
                if let Some(value) = field.value {
                    let _ = write!(out, " = {}", self.show(value));
                }
                out.push('\n');
            }
            for method in &class.methods {
                let dot = if method.is_static { "::" } else { "." };
                let _ = writeln!(out, "  {dot}{} {:?} fn#{}", self.key(&method.key), method.kind, method.func.0);
            }
        }
        for foreign in &self.foreign_impls {
            let _ = writeln!(out, "impl {} as class#{}", self.show(foreign.ty), foreign.class.0);
        }
        for write in &self.writes {
            let _ =
                writeln!(out, "write {}.{} = {}", self.show(write.base), self.key(&write.key), self.show(write.value));
        }
        for call in &self.calls {
            let _ = writeln!(out, "call {}", self.show(*call));
        }
        for (name, value) in &self.exports.names {
            let _ = writeln!(out, "export {name} = {}", self.show(*value));
        }
        for value in &self.exports.whole {
            let _ = writeln!(out, "export whole {}", self.show(*value));
        }
        for value in &self.exports.stars {
            let _ = writeln!(out, "export * {}", self.show(*value));
        }
        if !self.errors.is_empty() {
            let _ = writeln!(out, "errors {}", self.errors.len());
        }
        out
    }

    /// One expression.
    pub fn show(&self, id: ExprId) -> String {
        let mut out = String::new();
        self.show_into(&mut out, id, 0);
        out
    }

    fn key(&self, key: &Key) -> String {
        match key {
            Key::Name(name) => name.to_string(),
            Key::Index(index) => index.to_string(),
            Key::Computed(inner) => format!("[{}]", self.show(*inner)),
        }
    }

    fn func_name(&self, func: FuncId) -> &str {
        self.func(func).name.as_deref().unwrap_or("_")
    }

    /// What must hold for an expression to be evaluated, inside the block `around`.
    fn guards_into(&self, out: &mut String, id: ExprId, around: BlockId, depth: u32) {
        let mut at = self.block_of(id);
        while at != around {
            let block = self.blocks[at.index()];
            if let Some(guard) = block.guard {
                out.push_str(if guard.holds { " when " } else { " unless " });
                self.show_into(out, guard.test, depth + 1);
            }
            match block.parent {
                Some(parent) if block.kind != BlockKind::Func => at = parent,
                _ => break,
            }
        }
    }

    fn show_into(&self, out: &mut String, id: ExprId, depth: u32) {
        if depth > 40 {
            out.push('…');
            return;
        }
        let list = |out: &mut String, items: &[ExprId], separator: &str| {
            for (nth, item) in items.iter().enumerate() {
                if nth > 0 {
                    out.push_str(separator);
                }
                self.show_into(out, *item, depth + 1);
            }
        };
        let _ = match self.expr(id) {
            Expr::Lit(Lit::Str(text)) => write!(out, "{text:?}"),
            Expr::Lit(Lit::Num(text)) => write!(out, "{text}"),
            Expr::Lit(Lit::Bool(value)) => write!(out, "{value}"),
            Expr::Lit(Lit::Regex(text)) => write!(out, "{text}"),
            Expr::Lit(Lit::Null) => write!(out, "null"),
            Expr::Concat(parts) => {
                out.push('<');
                list(out, parts, " + ");
                write!(out, ">")
            }
            Expr::Local(binding) => write!(out, "{}", self.binding(*binding).name),
            Expr::Global(name) => write!(out, "@{name}"),
            Expr::This(ThisOf::Class(_)) => write!(out, "this"),
            Expr::This(ThisOf::Static(class)) => {
                write!(out, "Self({})", self.class(*class).name.as_deref().unwrap_or("_"))
            }
            Expr::This(ThisOf::Object(_)) => write!(out, "this{{}}"),
            Expr::This(ThisOf::Func(func)) => write!(out, "this({})", self.func_name(*func)),
            Expr::This(ThisOf::Module) => write!(out, "this?"),
            Expr::Param { func, index, rest } => {
                write!(out, "{}${}{index}", self.func_name(*func), if *rest { "..." } else { "" })
            }
            Expr::Arguments(func) => write!(out, "{}$arguments", self.func_name(*func)),
            Expr::Field { base, key } => {
                self.show_into(out, *base, depth + 1);
                write!(out, ".{}", self.key(key))
            }
            Expr::Call { callee, args, kind } => {
                out.push_str(match kind {
                    CallKind::Plain => "",
                    CallKind::New => "new ",
                    CallKind::Jsx => "jsx ",
                    CallKind::Tagged => "tag ",
                });
                self.show_into(out, *callee, depth + 1);
                out.push('(');
                for (nth, arg) in args.iter().enumerate() {
                    out.push_str(if nth > 0 { ", " } else { "" });
                    out.push_str(if arg.spread { "..." } else { "" });
                    self.show_into(out, arg.expr, depth + 1);
                }
                write!(out, ")")
            }
            Expr::Object { props, ty } => {
                if let Some(ty) = ty {
                    self.show_into(out, *ty, depth + 1);
                }
                out.push('{');
                for (nth, prop) in props.iter().enumerate() {
                    out.push_str(if nth > 0 { ", " } else { "" });
                    match prop {
                        Prop::Field(key, value) => {
                            let _ = write!(out, "{}: ", self.key(key));
                            self.show_into(out, *value, depth + 1);
                        }
                        Prop::Getter(key, func) => {
                            let _ = write!(out, "get {} fn#{}", self.key(key), func.0);
                        }
                        Prop::Spread(value) => {
                            out.push_str("...");
                            self.show_into(out, *value, depth + 1);
                        }
                    }
                }
                write!(out, "}}")
            }
            Expr::List(items) => {
                out.push('[');
                for (nth, item) in items.iter().enumerate() {
                    out.push_str(if nth > 0 { ", " } else { "" });
                    out.push_str(if item.spread { "..." } else { "" });
                    self.show_into(out, item.expr, depth + 1);
                }
                write!(out, "]")
            }
            Expr::Func(func) => write!(out, "fn#{}", func.0),
            Expr::Class(class) => write!(out, "class {}", self.class(*class).name.as_deref().unwrap_or("_")),
            Expr::Either(options) => {
                out.push('(');
                for (nth, option) in options.iter().enumerate() {
                    out.push_str(if nth > 0 { " | " } else { "" });
                    self.show_into(out, *option, depth + 1);
                    self.guards_into(out, *option, self.block_of(id), depth + 1);
                }
                write!(out, ")")
            }
            Expr::Or { first, second, gives_way } => {
                out.push('(');
                self.show_into(out, *first, depth + 1);
                out.push_str(match gives_way {
                    GivesWay::Missing => " default ",
                    GivesWay::Null => " ?? ",
                    GivesWay::False => " or ",
                });
                self.show_into(out, *second, depth + 1);
                out.push(')');
                Ok(())
            }
            Expr::Test { op, left, right } => {
                self.show_into(out, *left, depth + 1);
                out.push_str(match op {
                    Op::Same => " is ",
                    Op::Less => " < ",
                    Op::LessOrSame => " <= ",
                });
                self.show_into(out, *right, depth + 1);
                Ok(())
            }
            Expr::Not(inner) => {
                out.push('!');
                self.show_into(out, *inner, depth + 1);
                Ok(())
            }
            Expr::Through(inner, why) => {
                let _ = write!(out, "{why:?}~");
                self.show_into(out, *inner, depth + 1);
                Ok(())
            }
            Expr::Import(import) => write!(out, "import {:?}", self.imports[import.index()].specifier),
            Expr::Elem(inner) => {
                self.show_into(out, *inner, depth + 1);
                write!(out, "[*]")
            }
            Expr::Keys(inner) => {
                self.show_into(out, *inner, depth + 1);
                write!(out, "[keys]")
            }
            Expr::Returned(inner) => {
                self.show_into(out, *inner, depth + 1);
                write!(out, "[returned]")
            }
            Expr::Opaque(kind) => write!(out, "?{kind:?}"),
        };
    }
}
