//! Look-ups over one file's graph: what happens to an object, who calls by which name, whose definition this is.

use crate::ir::{
    BindingId, BindingKind, BlockId, Def, Expr, ExprId, FileIr, FuncId, Key, Lang, Name, Prop, ThisOf, Why,
};
use rustc_hash::{FxHashMap, FxHashSet};

/// Where an object is held.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Root {
    /// In a variable.
    Local(BindingId),
    /// In `this`.
    This(ThisOf),
    /// In an undeclared name.
    Global(Name),
}

/// One step from a root to an object.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum PlaceKey {
    /// `.name`.
    Name(Name),
    /// `[0]`.
    Index(u32),
    /// `[expr]`, by the key's expression.
    Computed(ExprId),
    /// `.name(…)`.
    Call(Name),
}

/// What is done to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EffectKind {
    /// Property write number `.0` of the file; the object is its base.
    Write(usize),
    /// A method of it is called.
    Method(ExprId),
    /// It is given to a call as the argument at this place.
    Passed(ExprId, u32),
}

/// Something done to the object at `path` from a root.
#[derive(Clone, Debug)]
pub struct Effect {
    /// The way from the root to the object.
    pub path: Vec<PlaceKey>,
    /// What is done.
    pub kind: EffectKind,
    /// Where it takes effect, in bytes.
    pub at: u32,
    /// In which block.
    pub block: BlockId,
}

/// The look-ups.
#[derive(Debug, Default)]
pub struct FileIndex {
    effects: FxHashMap<Root, Vec<Effect>>,
    /// Calls by the last name of what is called.
    pub calls_by_name: FxHashMap<Name, Vec<ExprId>>,
    /// The binding that an expression defines.
    pub binding_of: FxHashMap<ExprId, BindingId>,
    /// The function that returns an expression.
    pub returned_by: FxHashMap<ExprId, FuncId>,
    /// The bindings that hold a parameter.
    pub param_bindings: FxHashMap<(FuncId, u32), Vec<BindingId>>,
    /// Struct literals by the last name of their type.
    pub objects_by_type: FxHashMap<Name, Vec<ExprId>>,
    /// Property writes by key.
    pub writes_by_key: FxHashMap<Name, Vec<usize>>,
    /// Calls that are given a member, and as which argument, by the member's name.
    pub given_members: FxHashMap<Name, Vec<(ExprId, u32)>>,
    /// The property write whose value an expression is.
    pub write_of: FxHashMap<ExprId, usize>,
    /// The bindings of a name that are declared once and for all or hold a function or a class, in order.
    pub declared: FxHashMap<Name, Vec<BindingId>>,
    /// The reads of a binding.
    pub reads: FxHashMap<BindingId, Vec<ExprId>>,
    /// The bindings that hold a member under another name than its own, by the member's name.
    pub renamed: FxHashMap<Name, Vec<Name>>,
    /// The bindings that hold a whole module or its default, with the import.
    pub held_modules: Vec<(Name, ExprId)>,
    /// The objects that functions are called on by name, `f.call(o)`, `o.f = f`, `{ f }`, by what holds the function.
    pub called_on: FxHashMap<BindingId, Vec<ExprId>>,
    /// The names that a value is exported under, but for the module as a whole.
    pub exported_as: FxHashMap<ExprId, Vec<Name>>,
    /// The bindings that are exported, by name or as the whole.
    pub exported: FxHashSet<BindingId>,
    /// Whether what is exported can be imported under any name: as the default, or as the whole.
    pub exports_nameless: bool,
    /// Functions that are called where they stand: `(function (app) { … })(App)`.
    pub applied: Vec<(FuncId, ExprId)>,
}

impl FileIndex {
    /// Index a file.
    pub fn new(ir: &FileIr) -> FileIndex {
        let mut index = FileIndex::default();
        for (name, value) in &ir.exports.names {
            index.exports_nameless |= &**name == "default";
            index.exported_as.entry(*value).or_default().push(name.clone());
        }
        index.exports_nameless |= !ir.exports.whole.is_empty();
        for value in ir.exports.names.iter().map(|(_, value)| value).chain(&ir.exports.whole) {
            if let Expr::Local(binding) = ir.expr(ir.strip(*value)) {
                index.exported.insert(*binding);
            }
        }
        for (at, binding) in (0u32..).zip(&ir.bindings) {
            use BindingKind::{Class, Const, Func, Import, Var};
            let holds_code = |def: &Def| matches!(ir.expr(ir.strip(def.value)), Expr::Func(_) | Expr::Class(_));
            if matches!(binding.kind, Func | Class | Import | Const)
                || binding.kind == Var && binding.defs.iter().any(holds_code)
            {
                index.declared.entry(binding.name.clone()).or_default().push(BindingId(at));
            }
            for def in &binding.defs {
                index.binding_of.entry(ir.strip(def.value)).or_insert(BindingId(at));
                match ir.expr(ir.strip(def.value)) {
                    Expr::Field { base, key: Key::Name(key) } => {
                        if *key != binding.name {
                            index.renamed.entry(key.clone()).or_default().push(binding.name.clone());
                        }
                        if &**key == "default" && matches!(ir.expr(ir.strip(*base)), Expr::Import(_)) {
                            index.held_modules.push((binding.name.clone(), ir.strip(*base)));
                        }
                    }
                    Expr::Import(_) => index.held_modules.push((binding.name.clone(), ir.strip(def.value))),
                    _ => {}
                }
                let param = |id: ExprId| match ir.expr(id) {
                    Expr::Param { func, index, .. } => Some((*func, *index)),
                    _ => None,
                };
                let direct = param(def.value).or_else(|| match ir.expr(def.value) {
                    // a parameter with a default
                    Expr::Or { first, .. } => param(*first),
                    _ => None,
                });
                if let (Some(place), BindingKind::Param) = (direct, binding.kind) {
                    index.param_bindings.entry(place).or_default().push(BindingId(at));
                }
            }
        }
        for (at, func) in (0u32..).zip(&ir.funcs) {
            for value in &func.returns {
                index.returned_by.entry(ir.strip(*value)).or_insert(FuncId(at));
            }
        }
        for (at, write) in ir.writes.iter().enumerate() {
            if let (Lang::Js, Expr::Local(binding)) = (ir.lang, ir.expr(write.value)) {
                index.called_on.entry(*binding).or_default().push(write.base);
            }
            index.write_of.entry(ir.strip(write.value)).or_insert(at);
            if let Key::Name(name) = &write.key {
                index.writes_by_key.entry(name.clone()).or_default().push(at);
            }
            index.add_effect(ir, write.base, EffectKind::Write(at), write.at, write.block);
        }
        for (at, expr) in (0u32..).zip(&ir.exprs) {
            match expr {
                Expr::Object { ty: Some(ty), .. } => {
                    if let Some(name) = last_name(ir, *ty) {
                        index.objects_by_type.entry(name).or_default().push(ExprId(at));
                    }
                }
                Expr::Local(binding) => index.reads.entry(*binding).or_default().push(ExprId(at)),
                Expr::Through(function, Why::On(this)) => {
                    if let Expr::Local(binding) = ir.expr(ir.strip(*function)) {
                        index.called_on.entry(*binding).or_default().push(*this);
                    }
                }
                Expr::Object { props, .. } if ir.lang == Lang::Js => {
                    for prop in props {
                        if let Prop::Field(_, value) = prop
                            && let Expr::Local(binding) = ir.expr(*value)
                        {
                            index.called_on.entry(*binding).or_default().push(ExprId(at));
                        }
                    }
                }
                _ => {}
            }
        }
        for &call in &ir.calls {
            let Expr::Call { callee, args, .. } = ir.expr(call) else { continue };
            if let Some(name) = last_name(ir, *callee) {
                index.calls_by_name.entry(name).or_default().push(call);
            }
            if let Expr::Func(func) = ir.expr(*callee) {
                index.applied.push((*func, call));
            }
            let (at, block) = (ir.span(call).end, ir.block_of(call));
            if let Expr::Field { base, .. } = ir.expr(ir.strip(*callee)) {
                index.add_effect(ir, *base, EffectKind::Method(call), at, block);
            }
            for (nth, arg) in (0u32..).zip(args.iter()) {
                if let Expr::Field { key: Key::Name(name), .. } = ir.expr(ir.strip(arg.expr)) {
                    index.given_members.entry(name.clone()).or_default().push((call, nth));
                }
                if !arg.spread {
                    index.add_effect(ir, arg.expr, EffectKind::Passed(call, nth), at, block);
                }
            }
        }
        index
    }

    /// What is done to the objects under `root`, in source order of each kind.
    pub fn effects(&self, root: &Root) -> &[Effect] {
        self.effects.get(root).map_or(&[], Vec::as_slice)
    }

    /// The calls whose callee is the variable itself, in order.
    pub fn calls_of<'i>(&'i self, ir: &'i FileIr, binding: BindingId) -> impl Iterator<Item = ExprId> + use<'i> {
        self.reads.get(&binding).into_iter().flatten().filter_map(|&read| {
            let mut called = read;
            while let Some(parent) = ir.parents[called.index()] {
                match ir.expr(parent) {
                    Expr::Through(inner, _) if *inner == called => called = parent,
                    Expr::Call { callee, .. } if *callee == called => return Some(parent),
                    _ => return None,
                }
            }
            None
        })
    }

    fn add_effect(&mut self, ir: &FileIr, object: ExprId, kind: EffectKind, at: u32, block: BlockId) {
        if let Some((root, path)) = place(ir, object) {
            self.effects.entry(root).or_default().push(Effect { path, kind, at, block });
        }
    }
}

/// The last name of an expression: `b` of `a.b`, `a` of `a`.
pub(crate) fn last_name(ir: &FileIr, id: ExprId) -> Option<Name> {
    match ir.expr(ir.strip(id)) {
        Expr::Field { key: Key::Name(name), .. } => Some(name.clone()),
        Expr::Local(binding) => Some(ir.binding(*binding).name.clone()),
        Expr::Global(name) => Some(name.clone()),
        Expr::This(ThisOf::Static(class)) => ir.class(*class).name.clone(),
        _ => None,
    }
}

/// Where the object that `id` reads is held, if syntax alone tells.
pub(crate) fn place(ir: &FileIr, mut id: ExprId) -> Option<(Root, Vec<PlaceKey>)> {
    let mut path = Vec::new();
    // a chain longer than this is a builder's; its own calls carry it
    for _ in 0..64 {
        match ir.expr(id) {
            Expr::Through(inner, _) => id = *inner,
            Expr::Local(binding) => {
                // `var self = this`
                if let [def] = ir.binding(*binding).defs.as_slice()
                    && let Expr::This(this) = ir.expr(ir.strip(def.value))
                {
                    path.reverse();
                    return Some((Root::This(*this), path));
                }
                path.reverse();
                return Some((Root::Local(*binding), path));
            }
            Expr::This(this) => {
                path.reverse();
                return Some((Root::This(*this), path));
            }
            Expr::Global(name) => {
                path.reverse();
                return Some((Root::Global(name.clone()), path));
            }
            Expr::Field { base, key } => {
                path.push(match key {
                    Key::Name(name) => PlaceKey::Name(name.clone()),
                    Key::Index(index) => PlaceKey::Index(*index),
                    Key::Computed(inner) => match ir.expr(*inner) {
                        Expr::Lit(crate::ir::Lit::Str(name)) => PlaceKey::Name(name.clone()),
                        _ => PlaceKey::Computed(*inner),
                    },
                });
                id = *base;
            }
            Expr::Call { callee, .. } => match ir.expr(ir.strip(*callee)) {
                Expr::Field { base, key: Key::Name(name) } => {
                    path.push(PlaceKey::Call(name.clone()));
                    id = *base;
                }
                _ => return None,
            },
            _ => return None,
        }
    }
    None
}
