//! What is asked of a file's graph: its parts by their numbers, and what syntax alone tells of an expression.

use super::{
    Binding, BindingId, BlockId, CallKind, Class, ClassField, ClassId, Expr, ExprId, FileIr, Func, FuncId, Key, Lit,
    Method, MethodKind, Name, OpaqueKind, Prop, Why,
};
use crate::text::Span;

impl Class {
    /// Its constructor, where it has one of its own.
    pub fn constructor(&self) -> Option<&Method> {
        self.methods.iter().find(|method| method.kind == MethodKind::Constructor)
    }

    /// Whether it does nothing but wrap one value: `struct Token(String);`.
    pub fn is_newtype(&self) -> bool {
        let is_first = |field: &ClassField| match &field.key {
            Key::Name(name) => &**name == "0",
            Key::Index(index) => *index == 0,
            Key::Computed(_) => false,
        };
        matches!(self.fields.as_slice(), [only] if !only.is_static && is_first(only))
    }
}

impl FileIr {
    /// The expression.
    pub fn expr(&self, id: ExprId) -> &Expr {
        &self.exprs[id.index()]
    }

    /// Its span.
    pub fn span(&self, id: ExprId) -> Span {
        self.spans[id.index()]
    }

    /// Its block.
    pub fn block_of(&self, id: ExprId) -> BlockId {
        self.blocks_of[id.index()]
    }

    /// The function whose code it is.
    pub fn func_of(&self, id: ExprId) -> FuncId {
        self.blocks[self.block_of(id).index()].func
    }

    /// The binding.
    pub fn binding(&self, id: BindingId) -> &Binding {
        &self.bindings[id.index()]
    }

    /// The function.
    pub fn func(&self, id: FuncId) -> &Func {
        &self.funcs[id.index()]
    }

    /// The class.
    pub fn class(&self, id: ClassId) -> &Class {
        &self.classes[id.index()]
    }

    /// The first region that was left out because it is nested too deeply.
    pub fn too_deep(&self) -> Option<Span> {
        let left_out = |expr: &Expr| matches!(expr, Expr::Opaque(OpaqueKind::TooDeep));
        self.exprs.iter().zip(&self.spans).filter(|(expr, _)| left_out(expr)).map(|(_, span)| *span).min()
    }

    /// The object literal that holds a value as a member, and the member's name.
    pub fn held_under(&self, value: ExprId) -> Option<(&Name, ExprId)> {
        let literal = self.parents[value.index()]?;
        let Expr::Object { props, .. } = self.expr(literal) else { return None };
        props.iter().find_map(|prop| match prop {
            Prop::Field(Key::Name(name), held) if *held == value => Some((name, literal)),
            _ => None,
        })
    }

    /// The member as whose value an expression is written short, `{ token }`: what stands there is its name, too.
    pub fn held_short(&self, value: ExprId, text: &str) -> Option<&Name> {
        let span = self.span(value);
        let (name, _) = self.held_under(value)?;
        let before = text.get(..span.start as usize)?;
        (text.get(span.range()) == Some(&**name) && !before.trim_end().ends_with(':')).then_some(name)
    }

    /// The functions around an expression, innermost first; the module's own code is the last.
    pub fn functions_around(&self, id: ExprId) -> impl Iterator<Item = FuncId> {
        std::iter::successors(Some(self.func_of(id)), |func| self.func(*func).parent)
    }

    /// All expressions of the file.
    pub fn ids(&self) -> impl Iterator<Item = ExprId> + use<> {
        (0..u32::try_from(self.exprs.len()).unwrap_or(0)).map(ExprId)
    }

    /// The value of an object literal's own member.
    pub fn member_of(&self, literal: ExprId, name: &str) -> Option<ExprId> {
        let Expr::Object { props, .. } = self.expr(self.strip(literal)) else { return None };
        props.iter().find_map(|prop| match prop {
            Prop::Field(Key::Name(key), value) if **key == *name => Some(*value),
            _ => None,
        })
    }

    /// Whether `id` is an element, `<C/>`.
    pub fn is_element(&self, id: ExprId) -> bool {
        matches!(self.expr(id), Expr::Call { kind: CallKind::Jsx, .. })
    }

    /// Whether a literal holds the attributes of an element.
    pub fn is_of_element(&self, literal: ExprId) -> bool {
        self.parents[literal.index()].is_some_and(|parent| self.is_element(parent))
    }

    /// Whether `id` is a text with a slash in it, or joined from one or from a variable that holds one, or what a function
    /// of the file makes of one: part of a path, perhaps.
    pub fn is_path_text(&self, id: ExprId) -> bool {
        let has_slash = |id| matches!(self.expr(self.strip(id)), Expr::Lit(Lit::Str(text)) if text.contains('/'));
        let is_written = |id| match self.expr(self.strip(id)) {
            Expr::Concat(parts) => parts.iter().any(|part| has_slash(self.behind_variable(*part))),
            _ => has_slash(id),
        };
        match self.expr(self.strip(id)) {
            Expr::Call { callee, .. } => match self.expr(self.behind_variable(*callee)) {
                Expr::Func(func) => self.func(*func).returns.iter().any(|text| is_written(*text)),
                _ => false,
            },
            _ => is_written(id),
        }
    }

    /// [`is_path_text`](FileIr::is_path_text), or a variable that may hold such a text.
    pub fn may_be_path_text(&self, id: ExprId) -> bool {
        match self.expr(self.strip(id)) {
            Expr::Local(binding) => self.binding(*binding).defs.iter().any(|def| self.is_path_text(def.value)),
            _ => self.is_path_text(id),
        }
    }

    /// `id` without the syntax its value passes through unchanged.
    pub fn strip(&self, mut id: ExprId) -> ExprId {
        while let Expr::Through(inner, why) = self.expr(id) {
            if *why == Why::Rest {
                break;
            }
            id = *inner;
        }
        id
    }

    /// What `id` reads: where it is a variable that is assigned once, what that is assigned.
    pub fn behind_variable(&self, id: ExprId) -> ExprId {
        let id = self.strip(id);
        match self.expr(id) {
            Expr::Local(binding) => match self.binding(*binding).defs.as_slice() {
                [def] => self.strip(def.value),
                _ => id,
            },
            _ => id,
        }
    }

    /// The call that a value is given to, and as which argument.
    pub fn argument_of(&self, value: ExprId) -> Option<(ExprId, u32)> {
        let mut child = value;
        while let Some(parent) = self.parents[child.index()] {
            match self.expr(parent) {
                Expr::Through(..) => child = parent,
                Expr::Call { args, .. } => {
                    let nth = args.iter().position(|arg| arg.expr == child && !arg.spread)?;
                    return Some((parent, u32::try_from(nth).ok()?));
                }
                _ => return None,
            }
        }
        None
    }

    /// What a call's method is called on, as far as syntax tells.
    pub fn receiver(&self, call: ExprId) -> Option<ExprId> {
        let Expr::Call { callee, .. } = self.expr(call) else { return None };
        match self.expr(self.strip(*callee)) {
            Expr::Field { base, .. } => Some(*base),
            _ => None,
        }
    }

    /// The calls that lie within a region, in source order.
    pub fn calls_within(&self, region: Span) -> impl Iterator<Item = ExprId> {
        let first = self.calls.partition_point(|call| self.span(*call).start < region.start);
        let begun = self.calls[first..].iter().copied().take_while(move |call| self.span(*call).start < region.end);
        begun.filter(move |call| region.contains(self.span(*call)))
    }
}
