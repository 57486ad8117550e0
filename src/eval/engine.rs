//! The evaluator: one expression under one context, within a budget.

pub(crate) use super::alternatives::drop_null;
use super::alternatives::tidy;
pub use super::alternatives::{ALTERNATIVES, ORIGINS};
use super::conditions::{Runs, Truth};
use super::elsewhere::Elsewhere;
pub use super::owners::own;
pub(crate) use super::owners::{OWNERS, own_all, owners_of_member};
use super::value::{
    Api, ApiStep, ClassRef, Closure, Ctx, Frame, FrameKind, FuncRef, Node, Object, Owner, Pattern, Reason, Traced,
    Vals, Value,
};
use crate::ir::{BlockId, Expr, ExprId, GivesWay, Key, Lang, Lit, Name, OpaqueKind, Why};
use crate::project::{Applications, Cache, Lowered, PlaceKey, Region, Resolved};
use crate::rules::Rules;
use crate::rules::automaton::States;
use crate::rules::path::Root as ApiRoot;
use crate::rules::runtimes::Sign;
use crate::text::{FileId, Span};
use rustc_hash::FxHashMap;
use std::rc::Rc;
use std::sync::{Arc, OnceLock};

/// Steps of one request's evaluation.
const STEPS: u32 = 20_000;
/// Steps of the first look at a call, which only tells whether it may be a request.
pub const GLANCE: u32 = 3_000;
/// A value that took this many steps until the budget ended is not tried again in the same evaluation.
const TIRING: u32 = 1_500;
/// So many values are kept from one first look to the next.
const KEPT: usize = 200_000;
/// How deep expressions are followed.
const DEPTH: u32 = 240;
/// How many calls deep.
pub(crate) const FRAMES: u8 = 8;

/// What all evaluations of one run share.
pub struct Shared<'p> {
    /// The files, and those among which is searched.
    pub project: &'p Region<'p>,
    /// The knowledge.
    pub rules: &'p Rules,
    /// Where writes to stores are looked for first; `None`: everywhere.
    pub(crate) near: Option<Applications>,
    pub(crate) store_writes: OnceLock<super::store::StoreWrites>,
    /// What is written to stores where it is not near.
    pub(crate) elsewhere: Arc<Elsewhere>,
    pub(crate) ambient: OnceLock<Vec<super::ambient::Ambient>>,
    pub(crate) containers: OnceLock<super::containers::Containers>,
    pub(crate) root_stores: OnceLock<Vec<Node>>,
    pub(crate) actions: OnceLock<super::actions::Actions>,
    pub(crate) injections: OnceLock<Vec<super::injected::Injection>>,
    pub(crate) shown: OnceLock<Vec<super::outlets::Shown>>,
    pub(crate) made_calls: Cache<(Node, Name), Arc<Vec<Node>>>,
    pub(crate) element_calls: Cache<(Node, u32), Arc<Vec<Node>>>,
    pub(crate) class_callers: Cache<ClassRef, Arc<super::callers::Callers>>,
    pub(crate) callers: Cache<FuncRef, Arc<super::callers::Callers>>,
    pub(crate) meant: Cache<Node, Arc<super::callers::Meant>>,
    pub(crate) global_places: Cache<Name, Arc<Vec<super::names::GlobalPlace>>>,
    pub(crate) places_in_file: Cache<(FileId, Name), Arc<Vec<super::names::GlobalPlace>>>,
    pub(crate) places_seen: Cache<(FileId, Name), Arc<Vec<super::names::GlobalPlace>>>,
    pub(crate) holders: Cache<(FileId, crate::ir::BindingId), Arc<Vec<super::importers::Holder>>>,
    pub(crate) dispatched: Cache<FuncRef, Arc<super::middleware::Dispatched>>,
    pub(crate) implementors: Cache<ClassRef, Arc<Vec<ClassRef>>>,
    /// Whether the name of a parameter's type says whose id it holds.
    pub(crate) extractors: Cache<Name, bool>,
    /// What each file shows of where it runs.
    pub(crate) signs: Cache<FileId, Arc<Vec<Sign>>>,
}

impl<'p> Shared<'p> {
    /// Nothing evaluated yet.
    pub fn new(project: &'p Region<'p>, rules: &'p Rules) -> Self {
        Shared {
            project,
            rules,
            near: None,
            store_writes: OnceLock::new(),
            elsewhere: Arc::default(),
            ambient: OnceLock::new(),
            containers: OnceLock::new(),
            root_stores: OnceLock::new(),
            actions: OnceLock::new(),
            injections: OnceLock::new(),
            shown: OnceLock::new(),
            made_calls: Cache::default(),
            element_calls: Cache::default(),
            class_callers: Cache::default(),
            callers: Cache::default(),
            meant: Cache::default(),
            global_places: Cache::default(),
            places_in_file: Cache::default(),
            places_seen: Cache::default(),
            holders: Cache::default(),
            dispatched: Cache::default(),
            implementors: Cache::default(),
            extractors: Cache::default(),
            signs: Cache::default(),
        }
    }

    /// Nothing evaluated yet. What is written to stores outside of the applications that `files` are part of is looked at
    /// only where nothing in these writes the key, and then `elsewhere`.
    pub fn around(project: &'p Region<'p>, rules: &'p Rules, files: &[FileId], elsewhere: Arc<Elsewhere>) -> Self {
        Shared { near: project.applications_of(files), elsewhere, ..Shared::new(project, rules) }
    }

    /// Look up on all cores what most requests will ask for, before the first asks.
    pub fn prepare(&self) {
        super::store::prepare(self);
    }
}

/// A value that was evaluated: the context is kept so that its address stays its own.
struct Kept {
    _ctx: Ctx,
    values: Vals,
    marks: u8,
    /// Whether the budget ended before it was wholly known.
    tiring: bool,
}

/// One request's evaluation: its budget and its memo.
pub struct Eval<'s> {
    pub(crate) shared: &'s Shared<'s>,
    pub(crate) project: &'s Region<'s>,
    pub(crate) rules: &'s Rules,
    steps: u32,
    /// Steps taken in all, whatever budget they came from.
    spent: u64,
    depth: u32,
    /// The outermost thing under evaluation that was asked for again since this was last reset: what lies within it is
    /// only known in part. 0: the budget ended.
    lowest: u32,
    /// What is under evaluation, with its depth.
    active: FxHashMap<(Node, usize), u32>,
    /// Members of objects that are being looked for, with the depth.
    looking: FxHashMap<(Node, usize, Name), u32>,
    /// Values that are wholly known, or too tiring to be tried again, by expression, context and what was left open.
    memo: FxHashMap<(Node, usize, usize), Kept>,
    /// What is known of conditions, likewise, with the marks.
    pub(crate) truths: FxHashMap<(Node, usize, usize), (Ctx, Truth, u8)>,
    /// Conditions that are being decided, with the depth.
    conditions: FxHashMap<(Node, usize), u32>,
    /// What the values evaluated since this was last reset depend on.
    marks: u8,
    /// The sets of functions whose parameters were left open, instead of being looked for at their callers; the first
    /// is empty.
    open_sets: Vec<Vec<FuncRef>>,
    /// Which of them counts now.
    open: usize,
    /// Whether stores may be asked: not while their writers are being collected.
    pub(crate) ask_stores: bool,
    /// Entries of stores that are being looked for, with the depth.
    asking: FxHashMap<(Name, Name), u32>,
    /// Whether parameters are followed to callers: not while callers are looked for.
    pub(crate) ask_callers: bool,
}

impl<'s> Eval<'s> {
    /// A full budget.
    pub fn new(shared: &'s Shared<'s>) -> Self {
        Eval {
            shared,
            project: shared.project,
            rules: shared.rules,
            steps: STEPS,
            spent: 0,
            depth: 1,
            lowest: u32::MAX,
            active: FxHashMap::default(),
            looking: FxHashMap::default(),
            memo: FxHashMap::default(),
            truths: FxHashMap::default(),
            conditions: FxHashMap::default(),
            marks: 0,
            open_sets: vec![Vec::new()],
            open: 0,
            ask_stores: true,
            asking: FxHashMap::default(),
            ask_callers: true,
        }
    }

    /// What all evaluations share.
    pub fn shared(&self) -> &'s Shared<'s> {
        self.shared
    }

    /// The knowledge.
    pub fn rules(&self) -> &'s Rules {
        self.rules
    }

    /// A token that is given as a function, or as an annotated list that ends with one, is what the function returns.
    pub fn called_tokens(&mut self, values: Vals) -> Vals {
        let mut tokens = Vals::new();
        for value in values {
            let functions = self.functions_in(&value);
            if functions.is_empty() {
                tokens.push(value);
            }
            for closure in functions {
                tokens.extend(self.free_result(&closure));
            }
        }
        tokens
    }

    /// Begin to look at a cell; false where it is being looked at already.
    pub(crate) fn enter_cell(&mut self, key: (Node, usize)) -> bool {
        if let Some(&depth) = self.active.get(&key) {
            self.asked_again(depth);
            return false;
        }
        // it belongs to the expression around it: that is whole when the cell is
        self.active.insert(key, self.depth - 1);
        true
    }

    /// Done with a cell.
    pub(crate) fn leave_cell(&mut self, key: (Node, usize)) {
        self.active.remove(&key);
    }

    /// Begin to look for an entry of a store; false where it is being looked for already.
    pub(crate) fn enter_store(&mut self, key: &(Name, Name)) -> bool {
        if let Some(&depth) = self.asking.get(key) {
            self.asked_again(depth);
            return false;
        }
        self.asking.insert(key.clone(), self.depth - 1);
        true
    }

    /// Done with an entry of a store.
    pub(crate) fn leave_store(&mut self, key: &(Name, Name)) {
        self.asking.remove(key);
    }

    /// What lies within `depth` is only known in part.
    fn asked_again(&mut self, depth: u32) {
        self.lowest = self.lowest.min(depth);
    }

    /// The function that a value is, or the one that an annotated list, `['a', 'b', f]`, ends with.
    pub fn functions_in(&mut self, value: &Traced) -> Vec<Rc<Closure>> {
        match &value.value {
            Value::Func(closure) => vec![closure.clone()],
            Value::Object(object) => {
                let last = self.items(object).and_then(|mut items| items.pop());
                let found = last.map(|item| self.item(&item));
                found
                    .unwrap_or_default()
                    .into_iter()
                    .filter_map(|value| match value.value {
                        Value::Func(closure) => Some(closure),
                        _ => None,
                    })
                    .collect()
            }
            _ => Vec::new(),
        }
    }

    /// What a function returns, whoever calls it.
    pub(crate) fn free_result(&mut self, closure: &Closure) -> Vals {
        let Some(lowered) = self.lowered(closure.func.file) else { return Vals::new() };
        let mut values = Vals::new();
        let func = lowered.ir.func(closure.func.func);
        for value in &func.returns {
            values.extend(self.perhaps(Node { file: closure.func.file, expr: *value }, func.block, &closure.ctx));
        }
        drop_null(values)
    }

    /// The small budget of a first look; what was learned stays.
    pub fn glance(&mut self) {
        self.glance_within(GLANCE);
    }

    /// Begin a first look of so many steps.
    pub fn glance_within(&mut self, steps: u32) {
        self.steps = steps;
        if self.memo.len() > KEPT {
            self.memo.clear();
            self.truths.clear();
        }
    }

    /// Whether the budget was used up.
    pub fn exhausted(&self) -> bool {
        self.steps == 0
    }

    /// Steps taken so far.
    pub fn spent(&self) -> u64 {
        self.spent
    }

    /// Do `work` with at most `steps` of the budget.
    pub(crate) fn within<R>(&mut self, steps: u32, work: impl FnOnce(&mut Self) -> R) -> R {
        let before = self.steps;
        let given = before.min(steps);
        self.steps = given;
        let result = work(self);
        self.steps = before - (given - self.steps);
        result
    }

    /// Evaluate with the parameters of `open` left open.
    pub fn with_open<R>(&mut self, open: Vec<FuncRef>, work: impl FnOnce(&mut Self) -> R) -> R {
        let known = self.open_sets.iter().position(|set| *set == open);
        let set = known.unwrap_or_else(|| {
            self.open_sets.push(open);
            self.open_sets.len() - 1
        });
        let before = std::mem::replace(&mut self.open, set);
        let result = work(self);
        self.open = before;
        result
    }

    /// Whether values are left open at all.
    pub(crate) fn leaves_open(&self) -> bool {
        !self.open_sets[self.open].is_empty()
    }

    pub(crate) fn is_open(&self, func: FuncRef) -> bool {
        self.open_sets[self.open].contains(&func)
    }

    /// The graph of a file. Nodes only come from files that were lowered.
    pub(crate) fn lowered(&self, file: FileId) -> Option<&'s Lowered> {
        self.project.lowered(file)
    }

    /// Where a node stands.
    pub(crate) fn span_of(&self, node: Node) -> Span {
        self.lowered(node.file).map(|lowered| lowered.ir.span(node.expr)).unwrap_or_default()
    }

    /// Everything `node` may be under `ctx`; at least one alternative.
    pub fn value(&mut self, node: Node, ctx: &Ctx) -> Vals {
        let mut values = self.eval(node, ctx);
        if values.is_empty() {
            values.push(Traced::new(Value::unknown(Reason::Cycle, Vec::new())));
        }
        values
    }

    /// Like [`value`](Eval::value), but empty where the value only depends on itself.
    pub(crate) fn eval(&mut self, node: Node, ctx: &Ctx) -> Vals {
        let Some(lowered) = self.lowered(node.file) else {
            return vec![Traced::new(Value::unknown(Reason::Unassigned, Vec::new()))];
        };
        let expr = lowered.ir.expr(node.expr);
        let leaf = matches!(
            expr,
            Expr::Lit(_) | Expr::Func(_) | Expr::Class(_) | Expr::Object { .. } | Expr::List(_) | Expr::Opaque(_)
        );
        // code that does not run gives nothing
        if let Some(parent) = lowered.ir.parents[node.expr.index()] {
            let (inner, outer) = (lowered.ir.block_of(node.expr), lowered.ir.block_of(parent));
            if inner != outer && self.runs(node.file, inner, outer, ctx) == Runs::Never {
                return vec![Traced::new(Value::Null)];
            }
        }
        if leaf {
            // what is written out is known even when there is no budget left
            return self.form(lowered, expr, node, ctx);
        }
        if !self.spend() {
            return vec![Traced::new(Value::unknown(Reason::Budget, Vec::new()))];
        }
        let address = address(ctx);
        if let Some(known) = self.memo.get(&(node, address, self.open)) {
            self.marks |= known.marks;
            if known.tiring {
                // what is built on it is not whole either
                self.lowest = 0;
            }
            return known.values.clone();
        }
        let key = (node, address);
        if let Some(&depth) = self.active.get(&key) {
            self.asked_again(depth);
            return Vec::new();
        }
        let depth = self.depth;
        self.active.insert(key, depth);
        let around = std::mem::replace(&mut self.lowest, u32::MAX);
        let before = self.spent;
        let marked = std::mem::take(&mut self.marks);
        self.depth += 1;
        let values = tidy(self.form(lowered, expr, node, ctx));
        self.depth -= 1;
        self.active.remove(&key);
        // it is whole where nothing around it was asked for again
        let whole = self.lowest >= depth;
        let tiring = self.lowest == 0 && self.spent - before >= u64::from(TIRING);
        if whole || tiring {
            let kept = Kept { _ctx: ctx.clone(), values: values.clone(), marks: self.marks, tiring: !whole };
            self.memo.insert((node, address, self.open), kept);
        }
        self.marks |= marked;
        self.lowest = if whole { around } else { around.min(self.lowest) };
        values
    }

    /// One step of the budget; false where there is none left, or the evaluation is too deep.
    pub(crate) fn spend(&mut self) -> bool {
        if self.steps == 0 || self.depth > DEPTH {
            self.lowest = 0;
            return false;
        }
        self.steps -= 1;
        self.spent += 1;
        true
    }

    /// Run `work` one level deeper, once at a time for each `key`; `None` where it is running already or the budget ends.
    pub(crate) fn deeper<R>(&mut self, key: (Node, usize, Name), work: impl FnOnce(&mut Self) -> R) -> Option<R> {
        if !self.spend() {
            return None;
        }
        if let Some(&depth) = self.looking.get(&key) {
            self.asked_again(depth);
            return None;
        }
        self.looking.insert(key.clone(), self.depth);
        self.depth += 1;
        let result = work(self);
        self.depth -= 1;
        self.looking.remove(&key);
        Some(result)
    }

    /// Which functions' parameters are left open, by number.
    pub(crate) fn open_set(&self) -> usize {
        self.open
    }

    /// What the values evaluated so far depend on.
    pub(crate) fn marks(&self) -> u8 {
        self.marks
    }

    /// Something that was evaluated depends on this.
    pub(crate) fn mark(&mut self, marks: u8) {
        self.marks |= marks;
    }

    /// Decide a condition with a budget of its own, one at a time; also whether the answer is whole. That its budget ends
    /// says nothing of what is evaluated around it.
    pub(crate) fn deciding(
        &mut self,
        test: Node,
        address: usize,
        steps: u32,
        work: impl FnOnce(&mut Self) -> Truth,
    ) -> Option<(Truth, u8, bool)> {
        if let Some(&depth) = self.conditions.get(&(test, address)) {
            self.asked_again(depth);
            return None;
        }
        if self.steps == 0 || self.depth + 8 > DEPTH {
            return None;
        }
        let depth = self.depth;
        self.conditions.insert((test, address), depth);
        let around = std::mem::replace(&mut self.lowest, u32::MAX);
        let marked = std::mem::take(&mut self.marks);
        self.depth += 1;
        let truth = self.within(steps, work);
        self.depth -= 1;
        self.conditions.remove(&(test, address));
        let cut = self.lowest == 0;
        let whole = cut || self.lowest >= depth;
        let marks = self.marks;
        self.lowest = if whole { around } else { around.min(self.lowest) };
        self.marks |= marked;
        Some((truth, marks, whole))
    }

    fn form(&mut self, lowered: &'s Lowered, expr: &'s Expr, node: Node, ctx: &Ctx) -> Vals {
        let at = |expr: ExprId| Node { file: node.file, expr };
        let one = |value: Value| vec![Traced::new(value)];
        match expr {
            Expr::Lit(Lit::Str(text) | Lit::Num(text)) => {
                let literal = Traced::new(Value::Str(Pattern::lit(text)));
                vec![literal]
            }
            Expr::Lit(Lit::Null) => one(Value::Null),
            Expr::Lit(Lit::Bool(holds)) => one(Value::Bool(*holds)),
            Expr::Lit(Lit::Regex(text)) => one(Value::Regex(text.clone())),
            Expr::Test { .. } | Expr::Not(_) => one(match self.tested(&lowered.ir, node, ctx) {
                Some(holds) => Value::Bool(holds),
                None => Value::unknown(Reason::Syntax(OpaqueKind::Operator), Vec::new()),
            }),
            Expr::Concat(parts) => self.concat(parts.iter().map(|part| at(*part)).collect(), ctx),
            Expr::Local(binding) => self.binding(lowered, node, *binding, ctx),
            Expr::Global(name) => self.global(lowered, node, name),
            Expr::This(this) => self.this(node, *this, ctx),
            Expr::Param { func, index, rest } => {
                self.param(FuncRef { file: node.file, func: *func }, *index, *rest, node, ctx)
            }
            Expr::Arguments(_) => one(Value::unknown(Reason::DynamicKey, Vec::new())),
            Expr::Field { base, key } => {
                let bases = self.eval(at(*base), ctx);
                let values = self.field(bases, key, node, ctx);
                let unknown = values.iter().all(|value| value.value.is_unknown() || matches!(value.value, Value::Null));
                if !unknown || lowered.ir.lang != Lang::Js {
                    return values;
                }
                // an object about which nothing is known but what the code puts into it
                let written = self.written_at(lowered, at(*base), key, node, ctx);
                if written.is_empty() { values } else { written }
            }
            Expr::Call { .. } => self.call(lowered, node, ctx),
            Expr::Object { ty, .. } => {
                let class = ty.and_then(|ty| self.class_named(at(ty)));
                if let (None, Some(ty)) = (class, ty)
                    && let Some(made) = self.library_struct(at(*ty), node, ctx)
                {
                    return vec![made];
                }
                one(Value::Object(Rc::new(Object {
                    node,
                    ctx: ctx.clone(),
                    owners: Vec::new(),
                    class,
                    parts: Vec::new(),
                })))
            }
            Expr::List(_) => one(Value::Object(Rc::new(Object {
                node,
                ctx: ctx.clone(),
                owners: Vec::new(),
                class: None,
                parts: Vec::new(),
            }))),
            Expr::Func(func) => {
                let func = FuncRef { file: node.file, func: *func };
                one(Value::Func(Rc::new(Closure { func, ctx: ctx.clone(), this: None })))
            }
            Expr::Class(class) => one(Value::Class(ClassRef { file: node.file, class: *class })),
            Expr::Either(options) => {
                let mut values = Vals::new();
                for option in options {
                    values.extend(self.perhaps(at(*option), lowered.ir.block_of(node.expr), ctx));
                }
                drop_null(values)
            }
            Expr::Or { first, second, gives_way } => {
                let mut values = self.eval(at(*first), ctx);
                let is_false = *gives_way == GivesWay::False;
                let is_empty = |value: &Value| matches!(value, Value::Str(text) if text.text() == Some(""));
                let given = |value: &Traced| match &value.value {
                    Value::Str(_) => !is_false || !is_empty(&value.value),
                    Value::Object(_) | Value::Func(_) | Value::Class(_) | Value::Module(_) => true,
                    Value::Bool(_) => !is_false,
                    // what is handed over counts, whatever it is; what an operator looks at may be missing
                    Value::Token(..) => *gives_way == GivesWay::Missing,
                    _ => false,
                };
                if values.iter().any(|value| matches!(value.value, Value::Bool(_))) && is_false {
                    // one of two truth values
                    return one(match self.tested(&lowered.ir, node, ctx) {
                        Some(holds) => Value::Bool(holds),
                        None => Value::unknown(Reason::Syntax(OpaqueKind::Operator), Vec::new()),
                    });
                }
                if values.is_empty() || !values.iter().all(given) {
                    // an empty text surely gives way
                    values.retain(|value| !is_false || !is_empty(&value.value));
                    values.extend(self.eval(at(*second), ctx));
                }
                drop_null(values)
            }
            Expr::Through(inner, Why::On(this)) => self.called_on(at(*inner), at(*this), ctx),
            Expr::Through(inner, _) => self.eval(at(*inner), ctx),
            Expr::Import(import) => {
                let import = &lowered.ir.imports[import.index()];
                let resolved = match lowered.ir.lang {
                    Lang::Js if import.loaded => self.project.resolve_loaded(node.file, &import.specifier),
                    Lang::Js => self.project.resolve_js(node.file, &import.specifier),
                    Lang::Rust => self.project.resolve_rust(node.file, &import.specifier, import.inline_mods),
                };
                one(match resolved {
                    Resolved::File(file) => Value::Module(file),
                    Resolved::Package(name) => {
                        let states = self.rules.automaton.root(&ApiRoot::Import(name.clone()));
                        self.api_root(states, name.as_str().into(), node)
                    }
                    // the rules know a library better than its own code, or somebody's copy of it, tells
                    Resolved::Member(file, name) => {
                        let states = self.rules.automaton.root(&ApiRoot::Import(name.clone()));
                        if states.is_empty() {
                            Value::Module(file)
                        } else {
                            self.api_root(states, name.as_str().into(), node)
                        }
                    }
                    Resolved::Missing => self.missing_module(&import.specifier, node),
                })
            }
            Expr::Elem(inner) => {
                let lists = self.eval(at(*inner), ctx);
                self.elements(lists, ctx)
            }
            Expr::Returned(function) => {
                let functions = self.eval(at(*function), ctx);
                let returned = functions.iter().flat_map(|function| self.functions_in(function));
                let returned: Vec<Rc<Closure>> = returned.collect();
                let values = returned.iter().flat_map(|closure| self.free_result(closure)).collect();
                one(Value::Returned(Rc::new(values)))
            }
            Expr::Keys(_) => one(Value::unknown(Reason::DynamicKey, Vec::new())),
            Expr::Opaque(kind) => one(Value::unknown(Reason::Syntax(*kind), Vec::new())),
        }
    }

    /// What an alternative may be that `around` leads to, under its conditions.
    pub(crate) fn perhaps(&mut self, option: Node, around: BlockId, ctx: &Ctx) -> Vals {
        let Some(lowered) = self.lowered(option.file) else { return Vals::new() };
        let block = lowered.ir.block_of(option.expr);
        match self.runs(option.file, block, around, ctx) {
            Runs::Never => Vals::new(),
            // whoever decides what is compared decides this
            Runs::Perhaps { open: Some(open), .. } => vec![Traced::new(Value::open_at(open))],
            Runs::Perhaps { on_request: true, .. } => {
                let span = lowered.ir.span(option.expr);
                self.eval(option, ctx).into_iter().map(|value| value.doubted(option.file, span)).collect()
            }
            Runs::Always | Runs::Perhaps { .. } => self.eval(option, ctx),
        }
    }

    /// What this file writes to a member of the object that `base` reads, wherever that comes from.
    fn written_at(&mut self, lowered: &'s Lowered, base: Node, key: &Key, node: Node, ctx: &Ctx) -> Vals {
        let Key::Name(name) = key else { return Vals::new() };
        let Some((root, path)) = crate::project::place(&lowered.ir, base.expr) else { return Vals::new() };
        if path.iter().any(|key| !matches!(key, PlaceKey::Name(_))) {
            return Vals::new();
        }
        let owner = Owner { path, seen: Some(base.expr), ctx: ctx.clone(), ..Owner::new(base.file, root) };
        let span = lowered.ir.span(node.expr);
        let written = self.written(&[owner], &PlaceKey::Name(name.clone()), false, node);
        let known = written.values.into_iter().map(|value| self.by_name(value, name, node.file, span));
        known.filter(|value| !value.value.is_unknown() && !matches!(value.value, Value::Null)).collect()
    }

    /// A library value, or an unknown one where the rules say nothing about it.
    pub(crate) fn api_root(&self, states: States, name: Name, node: Node) -> Value {
        if states.is_empty() {
            return Value::unknown(Reason::Library(name.clone()), vec![name]);
        }
        Value::Api(Rc::new(Api { states, step: ApiStep::Root(name), from: None, node, ctx: None, owners: Vec::new() }))
    }
}

/// A context's place in memory: two that are kept are the same where it is.
pub(crate) fn address(ctx: &Ctx) -> usize {
    ctx.as_ref().map_or(0, |frame| Rc::as_ptr(frame) as usize)
}

/// `ctx` with one more assumption.
pub fn push_frame(kind: FrameKind, up: &Ctx, depth: u8) -> Ctx {
    Some(Rc::new(Frame { kind, up: up.clone(), depth }))
}

/// How many calls deep a context is.
pub(crate) fn depth_of(ctx: &Ctx) -> u8 {
    ctx.as_ref().map_or(0, |frame| frame.depth)
}
