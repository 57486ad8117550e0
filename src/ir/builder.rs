//! Arenas under construction, with the scopes that both front-ends need.
//!
//! Owns block and scope nesting and the closing pass that links expressions to their parents. Knows no syntax.

use super::{
    Arg, Binding, BindingId, BindingKind, Block, BlockId, BlockKind, CallKind, Class, ClassId, Def, Exports, Expr,
    ExprId, FileIr, Func, FuncId, GivesWay, Guard, Import, ImportId, Key, Lang, Lit, Name, Op, OpaqueKind, Prop,
    ThisOf, Why, Write,
};
use crate::text::Span;
use rustc_hash::FxHashMap;

/// Builds one [`FileIr`].
///
/// The front-end keeps the nesting: every [`enter_block`](Builder::enter_block) has its
/// [`leave_block`](Builder::leave_block), likewise for scopes and functions. New expressions land in the current block.
pub struct Builder {
    ir: FileIr,
    block: BlockId,
    func: FuncId,
    scopes: Vec<FxHashMap<Name, BindingId>>,
}

impl Builder {
    /// An empty module with its block, its function and an outermost scope. `end` is the text's length.
    pub fn new(lang: Lang, end: usize) -> Self {
        let span = Span::new(0, end);
        let block = BlockId(0);
        let mut ir = FileIr {
            lang,
            exprs: Vec::new(),
            spans: Vec::new(),
            blocks_of: Vec::new(),
            parents: Vec::new(),
            bindings: Vec::new(),
            blocks: vec![Block { parent: None, kind: BlockKind::Func, func: FuncId::MODULE, guard: None }],
            funcs: Vec::new(),
            classes: Vec::new(),
            foreign_impls: Vec::new(),
            imports: Vec::new(),
            exports: Exports::default(),
            writes: Vec::new(),
            calls: Vec::new(),
            top_level: Vec::new(),
            errors: Vec::new(),
            unread: Vec::new(),
        };
        ir.exprs.push(Expr::Func(FuncId::MODULE));
        ir.spans.push(span);
        ir.blocks_of.push(block);
        ir.funcs.push(Func {
            name: None,
            span,
            expr: ExprId(0),
            params: Vec::new(),
            returns: Vec::new(),
            yields: Vec::new(),
            block,
            parent: None,
            this: ThisOf::Module,
            class: None,
            is_method: false,
            returns_ty: None,
        });
        Builder { ir, block, func: FuncId::MODULE, scopes: vec![FxHashMap::default()] }
    }

    /// The file so far.
    pub fn ir(&self) -> &FileIr {
        &self.ir
    }

    /// The file so far, to be changed.
    pub fn ir_mut(&mut self) -> &mut FileIr {
        &mut self.ir
    }

    /// The current block.
    pub fn block(&self) -> BlockId {
        self.block
    }

    /// The current function.
    pub fn func(&self) -> FuncId {
        self.func
    }

    /// Add an expression.
    pub fn expr(&mut self, expr: Expr, span: Span) -> ExprId {
        let id = ExprId(next(self.ir.exprs.len()));
        self.ir.exprs.push(expr);
        self.ir.spans.push(span);
        self.ir.blocks_of.push(self.block);
        id
    }

    /// Fill in an expression that was added before its content was known.
    pub fn replace(&mut self, id: ExprId, expr: Expr) {
        self.ir.exprs[id.index()] = expr;
    }

    /// A string literal.
    pub fn str(&mut self, text: &str, span: Span) -> ExprId {
        self.expr(Expr::Lit(Lit::Str(text.into())), span)
    }

    /// No value.
    pub fn null(&mut self, span: Span) -> ExprId {
        self.expr(Expr::Lit(Lit::Null), span)
    }

    /// Something not understood.
    pub fn opaque(&mut self, kind: OpaqueKind, span: Span) -> ExprId {
        self.expr(Expr::Opaque(kind), span)
    }

    /// `base.name`.
    pub fn field(&mut self, base: ExprId, name: &str, span: Span) -> ExprId {
        self.expr(Expr::Field { base, key: Key::Name(name.into()) }, span)
    }

    /// `base[index]`.
    pub fn index(&mut self, base: ExprId, index: usize, span: Span) -> ExprId {
        self.expr(Expr::Field { base, key: Key::Index(next(index)) }, span)
    }

    /// The same value through some syntax.
    pub fn through(&mut self, inner: ExprId, why: Why, span: Span) -> ExprId {
        self.expr(Expr::Through(inner, why), span)
    }

    /// Any of `options`: flattened; one alone stays itself, none is no value.
    pub fn either(&mut self, options: Vec<ExprId>, span: Span) -> ExprId {
        let mut flat = Vec::with_capacity(options.len());
        for option in options {
            match &self.ir.exprs[option.index()] {
                Expr::Either(inner) => flat.extend(inner.iter().copied()),
                _ => flat.push(option),
            }
        }
        match flat.len() {
            0 => self.null(span),
            1 => flat[0],
            _ => self.expr(Expr::Either(flat.into()), span),
        }
    }

    /// `first`, or `second` where that gives way.
    pub fn or(&mut self, first: ExprId, second: ExprId, gives_way: GivesWay, span: Span) -> ExprId {
        self.expr(Expr::Or { first, second, gives_way }, span)
    }

    /// `left op right`.
    pub fn test(&mut self, op: Op, left: ExprId, right: ExprId, span: Span) -> ExprId {
        self.expr(Expr::Test { op, left, right }, span)
    }

    /// `!test`; twice is nothing.
    pub fn not(&mut self, test: ExprId, span: Span) -> ExprId {
        self.expr(Expr::Not(test), span)
    }

    /// Whether `on` is one of `cases`. Without cases, or with too many to look at, nothing is said.
    pub fn one_of(&mut self, on: ExprId, cases: &[ExprId], span: Span) -> Option<ExprId> {
        /// Cases of one branch that are told apart.
        const CASES: usize = 16;
        if cases.len() > CASES {
            return None;
        }
        let mut all = None;
        for &is in cases {
            let test = self.test(Op::Same, on, is, span);
            all = Some(match all {
                Some(before) => self.or(before, test, GivesWay::False, span),
                None => test,
            });
        }
        all
    }

    /// `parts` joined as strings: nested concatenations are flattened, one part alone is still a string.
    pub fn concat(&mut self, parts: Vec<ExprId>, span: Span) -> ExprId {
        let mut flat = Vec::with_capacity(parts.len());
        for part in parts {
            match &self.ir.exprs[part.index()] {
                Expr::Concat(inner) => flat.extend(inner.iter().copied()),
                _ => flat.push(part),
            }
        }
        self.expr(Expr::Concat(flat.into()), span)
    }

    /// A call with plain arguments.
    pub fn call(&mut self, callee: ExprId, args: Vec<ExprId>, kind: CallKind, span: Span) -> ExprId {
        let args = args.into_iter().map(|expr| Arg { expr, spread: false }).collect();
        self.expr(Expr::Call { callee, args, kind }, span)
    }

    /// A module reference.
    pub fn import(&mut self, specifier: &str, inline_mods: u32, span: Span) -> ExprId {
        let wanted = Import { specifier: specifier.into(), span, inline_mods, loaded: false };
        let id = ImportId(next(self.ir.imports.len()));
        self.ir.imports.push(wanted);
        self.expr(Expr::Import(id), span)
    }

    /// Enter a block inside the current one.
    pub fn enter_block(&mut self, kind: BlockKind) -> BlockId {
        self.enter_guarded(kind, None)
    }

    /// [`enter_block`](Builder::enter_block), for code that runs where `guard` says so.
    pub fn enter_guarded(&mut self, kind: BlockKind, guard: Option<Guard>) -> BlockId {
        let id = BlockId(next(self.ir.blocks.len()));
        self.ir.blocks.push(Block { parent: Some(self.block), kind, func: self.func, guard });
        self.block = id;
        id
    }

    /// Leave the current block.
    pub fn leave_block(&mut self) {
        if let Some(parent) = self.ir.blocks[self.block.index()].parent {
            self.block = parent;
        }
    }

    /// Add a function and enter it (its block and a new scope). `expr` is the function's own expression.
    pub fn enter_func(&mut self, name: Option<Name>, this: ThisOf, span: Span) -> (FuncId, ExprId) {
        let id = FuncId(next(self.ir.funcs.len()));
        let expr = self.expr(Expr::Func(id), span);
        let block = BlockId(next(self.ir.blocks.len()));
        self.ir.blocks.push(Block { parent: Some(self.block), kind: BlockKind::Func, func: id, guard: None });
        self.ir.funcs.push(Func {
            name,
            span,
            expr,
            params: Vec::new(),
            returns: Vec::new(),
            yields: Vec::new(),
            block,
            parent: Some(self.func),
            this,
            class: None,
            is_method: false,
            returns_ty: None,
        });
        self.block = block;
        self.func = id;
        self.enter_scope();
        (id, expr)
    }

    /// Leave the current function.
    pub fn leave_func(&mut self) {
        self.leave_scope();
        self.block = self.ir.funcs[self.func.index()].block;
        self.leave_block();
        self.func = self.ir.funcs[self.func.index()].parent.unwrap_or(FuncId::MODULE);
    }

    /// The function, to be filled in.
    pub fn func_mut(&mut self, id: FuncId) -> &mut Func {
        &mut self.ir.funcs[id.index()]
    }

    /// Add a class; `expr` is its own expression. Fill it in through [`class_mut`](Builder::class_mut).
    pub fn class(&mut self, name: Option<Name>, kind: super::ClassKind, span: Span) -> (ClassId, ExprId) {
        let id = ClassId(next(self.ir.classes.len()));
        let expr = self.expr(Expr::Class(id), span);
        self.ir.classes.push(Class {
            name,
            span,
            expr,
            kind,
            bases: Vec::new(),
            fields: Vec::new(),
            methods: Vec::new(),
            decorators: Vec::new(),
        });
        (id, expr)
    }

    /// The class, to be filled in.
    pub fn class_mut(&mut self, id: ClassId) -> &mut Class {
        &mut self.ir.classes[id.index()]
    }

    /// Open a lexical scope.
    pub fn enter_scope(&mut self) {
        self.scopes.push(FxHashMap::default());
    }

    /// Close the innermost scope.
    pub fn leave_scope(&mut self) {
        self.scopes.pop();
    }

    /// Declare a name in the innermost scope. A second declaration of the same name *in JS* is the same binding
    /// (`redeclare` false); Rust's `let` shadows (`redeclare` true).
    pub fn declare(&mut self, name: &str, kind: BindingKind, span: Span, redeclare: bool) -> BindingId {
        let depth = self.scopes.len();
        self.declare_at(depth - 1, name, kind, span, redeclare)
    }

    /// [`declare`](Builder::declare) in the scope at `depth` (0 is the outermost; see [`depth`](Builder::depth)).
    pub fn declare_at(
        &mut self,
        depth: usize,
        name: &str,
        kind: BindingKind,
        span: Span,
        redeclare: bool,
    ) -> BindingId {
        if !redeclare && let Some(&known) = self.scopes[depth].get(name) {
            return known;
        }
        let id = BindingId(next(self.ir.bindings.len()));
        let name: Name = name.into();
        self.ir.bindings.push(Binding { name: name.clone(), span, kind, func: self.func, defs: Vec::new(), ty: None });
        if depth == 0 {
            self.ir.top_level.push((name.clone(), id));
        }
        self.scopes[depth].insert(name, id);
        id
    }

    /// How many scopes are open.
    pub fn depth(&self) -> usize {
        self.scopes.len()
    }

    /// The binding a name refers to here.
    pub fn lookup(&self, name: &str) -> Option<BindingId> {
        self.scopes.iter().rev().find_map(|scope| scope.get(name).copied())
    }

    /// A read of a name: the binding in scope, or a global.
    pub fn read(&mut self, name: &str, span: Span) -> ExprId {
        match self.lookup(name) {
            Some(binding) => self.expr(Expr::Local(binding), span),
            None => self.expr(Expr::Global(name.into()), span),
        }
    }

    /// Record an assignment to a binding in the current block, taking effect at byte `at`.
    pub fn define(&mut self, binding: BindingId, value: ExprId, at: u32) {
        let block = self.block;
        self.ir.bindings[binding.index()].defs.push(Def { value, at, block });
    }

    /// Record `base.key = value` in the current block.
    pub fn write(&mut self, base: ExprId, key: Key, value: ExprId, span: Span) {
        let block = self.block;
        self.ir.writes.push(Write { base, key, value, at: span.end, block, span, needs_global: false });
    }

    /// The property write that was made last assigns a bare name in strict code.
    pub fn needs_global(&mut self) {
        if let Some(write) = self.ir.writes.last_mut() {
            write.needs_global = true;
        }
    }

    /// Close the file: link parents, sort calls, writes and definitions by place.
    pub fn finish(mut self) -> FileIr {
        let ir = &mut self.ir;
        ir.parents = vec![None; ir.exprs.len()];
        for index in 0..ir.exprs.len() {
            let parent = ExprId(next(index));
            let parents = &mut ir.parents;
            children(&ir.exprs[index], &mut |child: ExprId| {
                if child != parent {
                    parents[child.index()].get_or_insert(parent);
                }
            });
            if matches!(ir.exprs[index], Expr::Call { .. }) {
                ir.calls.push(parent);
            }
        }
        let spans = &ir.spans;
        ir.calls.sort_by_key(|call| (spans[call.index()].start, spans[call.index()].end, *call));
        ir.writes.sort_by_key(|write| (write.at, write.span.start));
        for binding in &mut ir.bindings {
            binding.defs.sort_by_key(|def| (def.at, def.value));
            binding.defs.shrink_to_fit();
        }
        // a graph is kept as long as the run takes
        ir.exprs.shrink_to_fit();
        ir.spans.shrink_to_fit();
        ir.blocks_of.shrink_to_fit();
        ir.bindings.shrink_to_fit();
        ir.blocks.shrink_to_fit();
        ir.funcs.shrink_to_fit();
        ir.writes.shrink_to_fit();
        ir.calls.shrink_to_fit();
        self.ir
    }
}

/// Calls `each` for every direct child of `expr` in the graph.
pub(super) fn children(expr: &Expr, each: &mut impl FnMut(ExprId)) {
    let key_child = |key: &Key, each: &mut dyn FnMut(ExprId)| {
        if let Key::Computed(inner) = key {
            each(*inner);
        }
    };
    match expr {
        Expr::Concat(parts) | Expr::Either(parts) => parts.iter().for_each(|part| each(*part)),
        Expr::Field { base, key } => {
            each(*base);
            key_child(key, each);
        }
        Expr::Call { callee, args, .. } => {
            each(*callee);
            args.iter().for_each(|arg| each(arg.expr));
        }
        Expr::Object { props, ty } => {
            for prop in props {
                match prop {
                    Prop::Field(key, value) => {
                        key_child(key, each);
                        each(*value);
                    }
                    Prop::Getter(key, _) => key_child(key, each),
                    Prop::Spread(value) => each(*value),
                }
            }
            ty.iter().for_each(|ty| each(*ty));
        }
        Expr::Or { first, second, .. } => {
            each(*first);
            each(*second);
        }
        Expr::Test { left, right, .. } => {
            each(*left);
            each(*right);
        }
        Expr::List(items) => items.iter().for_each(|item| each(item.expr)),
        Expr::Through(inner, why) => {
            each(*inner);
            if let Why::On(this) = why {
                each(*this);
            }
        }
        Expr::Not(inner) | Expr::Elem(inner) | Expr::Keys(inner) | Expr::Returned(inner) => each(*inner),
        Expr::Lit(_)
        | Expr::Local(_)
        | Expr::Global(_)
        | Expr::This(_)
        | Expr::Param { .. }
        | Expr::Arguments(_)
        | Expr::Func(_)
        | Expr::Class(_)
        | Expr::Import(_)
        | Expr::Opaque(_) => {}
    }
}

/// An arena length as the next id; a file with more than four billion nodes does not fit the size limit on files.
fn next(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
