//! Calls: a function's result, an object's construction, what a library makes of its arguments.

use super::engine::{ALTERNATIVES, Eval, FRAMES, depth_of, push_frame};
use super::value::{
    Api, ApiStep, Args, Closure, Ctx, FrameKind, FuncRef, Node, Object, Reason, Traced, Unknown, Vals, Value,
};
use crate::ir::{CallKind, Expr, ExprId, Key, Lang, Name};
use crate::project::{Lowered, PlaceKey, Root};
use crate::rules::path::Step;
use crate::rules::slot::Base;
use crate::rules::{Fact, PassFact};
use std::rc::Rc;

/// The member under which stores hand out what they keep.
pub(crate) const ENTRY: &str = "value";

/// A call as the rules see it: its node, its context, what its method was read from.
#[derive(Clone)]
pub struct Site {
    /// The call.
    pub node: Node,
    /// Under which calls.
    pub ctx: Ctx,
    /// The receiver of a method call.
    pub receiver: Option<Traced>,
    /// The arguments, where they do not come from the call itself.
    pub given: Option<Vec<Vals>>,
    /// The function that is called, where a library made it.
    pub function: Option<Rc<Api>>,
    /// The name under which the library knows what is called, where the code calls it otherwise.
    pub called: Option<Name>,
}

impl Site {
    /// A call under a context.
    pub fn new(node: Node, ctx: &Ctx) -> Site {
        Site { node, ctx: ctx.clone(), receiver: None, given: None, function: None, called: None }
    }

    /// The call that made a library value.
    pub fn of_api(made: &Api) -> Site {
        Site::new(made.node, &made.ctx)
    }

    /// With what the rules know of the function that is called: its receiver and its name.
    pub fn of(node: Node, ctx: &Ctx, function: &Rc<Api>) -> Site {
        let called = match &function.step {
            ApiStep::Member(name) => Some(name.clone()),
            _ => None,
        };
        Site { receiver: function.from.clone(), function: Some(function.clone()), called, ..Site::new(node, ctx) }
    }
}

impl<'s> Eval<'s> {
    pub(crate) fn call(&mut self, lowered: &'s Lowered, node: Node, ctx: &Ctx) -> Vals {
        let Expr::Call { callee, kind, .. } = lowered.ir.expr(node.expr) else { return Vals::new() };
        if let Some(values) = self.language_call(lowered, node, *callee, ctx) {
            return values;
        }
        let callees = self.eval(Node { file: node.file, expr: *callee }, ctx);
        let span = lowered.ir.span(node.expr);
        let name = super::known_as::last_name(&lowered.ir, *callee);
        let receiver = match lowered.ir.expr(lowered.ir.strip(*callee)) {
            Expr::Field { base, .. } => super::known_as::last_name(&lowered.ir, *base),
            _ => None,
        };
        let mut values = Vals::new();
        for called in callees {
            let found = self.call_of(&called, *kind, node, ctx);
            values.extend(found);
        }
        let told = values.into_iter().map(|value| {
            let value = self.as_token(value, node.file, span);
            match (&name, kind) {
                (Some(name), CallKind::Plain) => self.by_method(value, receiver.as_ref(), name, node.file, span),
                _ => value,
            }
        });
        told.collect()
    }

    /// What a call calls.
    pub fn callees(&mut self, call: Node, ctx: &Ctx) -> Vals {
        let Some(lowered) = self.lowered(call.file) else { return Vals::new() };
        let Expr::Call { callee, .. } = lowered.ir.expr(call.expr) else { return Vals::new() };
        // what is called is looked for at the callers even where values are left open
        self.with_open(Vec::new(), |eval| eval.eval(Node { file: call.file, expr: *callee }, ctx))
    }

    pub(crate) fn call_of(&mut self, called: &Traced, kind: CallKind, node: Node, ctx: &Ctx) -> Vals {
        match &called.value {
            Value::Func(closure) if kind != CallKind::New => {
                let promised = self.called_back_without(closure, node);
                if !promised.is_empty() {
                    return promised;
                }
                let this = closure.this.clone();
                self.result(closure, Args::Of(node, ctx.clone()), this)
            }
            Value::Func(closure) => self.newed(closure, Some(Args::Of(node, ctx.clone()))),
            Value::Class(class) => {
                let is_rust = self.lowered(class.file).is_some_and(|lowered| lowered.ir.lang == Lang::Rust);
                if kind == CallKind::New || is_rust {
                    let object =
                        Object { node, ctx: ctx.clone(), owners: Vec::new(), class: Some(*class), parts: Vec::new() };
                    vec![Traced::new(Value::Object(Rc::new(object)))]
                } else {
                    vec![Traced::new(Value::Plain)]
                }
            }
            Value::Module(file) => {
                // `require('./f')(x)`
                let default = self.export(*file, &"default".into(), node, 0);
                default
                    .iter()
                    .filter(|value| !matches!(value.value, Value::Module(_)))
                    .flat_map(|value| self.call_of(value, kind, node, ctx))
                    .collect()
            }
            Value::Api(api) => self.api_call(called, api, kind, node, ctx, None),
            Value::Unknown(unknown) => {
                let reason = match &unknown.reason {
                    Reason::Member(_) | Reason::Unassigned => Reason::Call,
                    other => other.clone(),
                };
                let value = Unknown { reason, names: unknown.names.clone(), open: unknown.open };
                vec![Traced { value: Value::Unknown(Rc::new(value)), trail: called.trail.clone() }]
            }
            // a store's options stand for the store, whether it is called to be had or not
            Value::Object(object) if object.class.is_none() && self.is_literal(object) => vec![called.clone()],
            // a wrapper's getter
            Value::Token(..) if self.reads_entry(node) => vec![called.clone()],
            Value::Token(..) | Value::Object(_) | Value::Instance(_) => {
                vec![Traced::new(Value::unknown(Reason::Call, Vec::new()))]
            }
            // `url.host_str()`: a part of it
            Value::Str(_) if self.is_part_called(node) => vec![called.clone()],
            Value::Handed(handed) => self.handed_result(handed, kind, node, ctx),
            Value::Null
            | Value::Plain
            | Value::Str(_)
            | Value::Bool(_)
            | Value::AtLeast(_)
            | Value::Regex(_)
            | Value::Returned(_) => Vals::new(),
        }
    }

    /// Whether a call reads a store's entry: `cookie.value()`.
    fn reads_entry(&self, call: Node) -> bool {
        self.lowered(call.file).is_some_and(|lowered| match lowered.ir.expr(call.expr) {
            Expr::Call { callee, .. } => {
                matches!(lowered.ir.expr(*callee), Expr::Field { key: Key::Name(name), .. } if &**name == ENTRY)
            }
            _ => false,
        })
    }

    fn is_literal(&self, object: &Object) -> bool {
        self.lowered(object.node.file)
            .is_some_and(|lowered| matches!(lowered.ir.expr(object.node.expr), Expr::Object { .. }))
    }

    /// `new F()` of a plain function: the object that it returns, or the one that its `this` writes make. Without `args`
    /// somebody else knows what it is given.
    pub(crate) fn newed(&mut self, closure: &Rc<Closure>, args: Option<Args>) -> Vals {
        let returns = self
            .lowered(closure.func.file)
            .is_some_and(|lowered| !lowered.ir.func(closure.func.func).returns.is_empty());
        let is_object = |value: &Traced| {
            matches!(value.value, Value::Object(_) | Value::Instance(_) | Value::Func(_) | Value::Api(_))
        };
        let returned = match args {
            _ if !returns => Vals::new(),
            Some(args) => self.result(closure, args, None),
            None => self.free_result(closure),
        };
        let objects: Vals = returned.into_iter().filter(is_object).collect();
        if objects.is_empty() { vec![self.constructed_by(closure)] } else { objects }
    }

    /// The object that the `this` writes of a plain function make.
    pub(crate) fn constructed_by(&mut self, closure: &Closure) -> Traced {
        let expr = self.lowered(closure.func.file).map_or(ExprId(0), |lowered| lowered.ir.func(closure.func.func).expr);
        let root = Root::This(crate::ir::ThisOf::Func(closure.func.func));
        let owner = super::value::Owner::new(closure.func.file, root);
        let node = Node { file: closure.func.file, expr };
        let object = Object { node, ctx: closure.ctx.clone(), owners: vec![owner], class: None, parts: Vec::new() };
        Traced::new(Value::Object(Rc::new(object)))
    }

    /// The context of a call of `closure`.
    pub fn call_frame(&self, closure: &Closure, args: Args, this: Option<Traced>) -> Ctx {
        let depth = match &args {
            Args::Of(_, caller) => depth_of(caller),
            Args::Given(_) | Args::Handed(_) => depth_of(&closure.ctx),
        };
        let kind = FrameKind::Call { func: closure.func, args, this: this.or_else(|| closure.this.clone()) };
        push_frame(kind, &closure.ctx, depth.saturating_add(1))
    }

    /// Everything a function may return, called like this.
    pub(crate) fn result(&mut self, closure: &Rc<Closure>, args: Args, this: Option<Traced>) -> Vals {
        let Some(lowered) = self.lowered(closure.func.file) else { return Vals::new() };
        let func = lowered.ir.func(closure.func.func);
        let ctx = self.call_frame(closure, args.clone(), this);
        if depth_of(&ctx) > FRAMES || self.is_recursive(closure.func, &args) {
            return vec![Traced::new(Value::unknown(Reason::Budget, Vec::new()))];
        }
        let mut values = Vals::new();
        for value in &func.returns {
            let node = Node { file: closure.func.file, expr: *value };
            let span = lowered.ir.span(*value);
            for found in self.perhaps(node, func.block, &ctx) {
                let name = func.name.clone();
                values.push(found.step(node.file, span, || match name {
                    Some(name) => format!("returned by `{name}`"),
                    None => "returned".to_owned(),
                }));
            }
            if values.len() > ALTERNATIVES * 2 {
                break;
            }
        }
        let is_left_open = values.iter().any(|value| value.value.open().is_some());
        let nothing = values.iter().all(|value| value.value.is_unknown() || matches!(value.value, Value::Null));
        if nothing
            && !is_left_open
            && let Some(ty) = func.returns_ty
        {
            let at = Node { file: closure.func.file, expr: func.expr };
            let typed = self.typed(Node { file: closure.func.file, expr: ty }, at);
            if !typed.is_empty() {
                return typed;
            }
        }
        super::engine::drop_null(values)
    }

    /// Whether the function is already being called twice along the callers of these arguments.
    fn is_recursive(&self, func: FuncRef, args: &Args) -> bool {
        let mut seen = 0;
        let mut ctx = match args {
            Args::Of(_, caller) => caller.clone(),
            Args::Given(_) | Args::Handed(_) => None,
        };
        while let Some(frame) = ctx {
            match &frame.kind {
                FrameKind::Call { func: called, args, .. } => {
                    seen += u32::from(*called == func);
                    ctx = match args {
                        Args::Of(_, caller) => caller.clone(),
                        Args::Given(_) | Args::Handed(_) => frame.up.clone(),
                    };
                }
                FrameKind::Element { .. } => ctx = frame.up.clone(),
            }
        }
        seen >= 2
    }

    /// A library's function called at `node`; with `given` arguments where the call is not written there.
    pub(crate) fn api_call(
        &mut self,
        called: &Traced,
        api: &Rc<Api>,
        kind: CallKind,
        node: Node,
        ctx: &Ctx,
        given: Option<Vec<Vals>>,
    ) -> Vals {
        let (step, states) = if kind == CallKind::New {
            (ApiStep::New, self.rules.automaton.step(&api.states, &Step::New))
        } else {
            (ApiStep::Call, self.rules.automaton.step(&api.states, &Step::Call))
        };
        if kind == CallKind::Plain
            && let Some(cell) = self.cell_fact(api)
            && cell.read.iter().any(|read| read == "()")
        {
            let values = self.cell_value(api, cell);
            if !values.is_empty() {
                return values;
            }
        }
        let reduces = |fact: &Fact| matches!(fact, Fact::Reducer(_));
        if kind == CallKind::Plain && self.rules.facts(&api.states).any(reduces) {
            return self.state_of(called, node);
        }
        // the member that reads it when it is called
        if let (ApiStep::Member(name), Some(Traced { value: Value::Api(of), .. })) = (&api.step, &api.from)
            && let Some(cell) = self.cell_fact(of)
            && cell.read.iter().any(|read| read.strip_suffix("()").is_some_and(|read| *read == **name))
        {
            let values = self.cell_value(of, cell);
            if !values.is_empty() {
                return values;
            }
        }
        let site = Site { given, ..Site::of(node, ctx, api) };
        let rules = self.rules;
        let mut values = Vals::new();
        let mut is_request = false;
        for fact in rules.facts(&states) {
            if let Fact::Context(context) = fact {
                values.extend(self.handed_down(context, &site));
            }
        }
        if !values.is_empty() {
            return super::engine::drop_null(values);
        }
        for fact in rules.facts(&states) {
            match fact {
                Fact::Pass(pass) => values.extend(self.pass(pass, &site)),
                Fact::Read(read) => values.extend(self.read_store(read, &site)),
                Fact::StateOf(number) => values.extend(self.state_read(*number, &site)),
                Fact::Flow(flow) => values.extend(self.flow_whole(flow, &site, 0)),
                Fact::Call(_) => is_request = true,
                Fact::Test(test) => {
                    let answer = self.text_test(test, &site);
                    if !answer.is_empty() {
                        values = answer;
                        break;
                    }
                }
                Fact::Context(_)
                | Fact::Token(_)
                | Fact::Store(_)
                | Fact::Write(_)
                | Fact::Cell(_)
                | Fact::Refs(_)
                | Fact::Mapper(_)
                | Fact::Container(_)
                | Fact::Reducer(_)
                | Fact::Reduced(_)
                | Fact::Action(_)
                | Fact::Case(_)
                | Fact::Setting(_)
                | Fact::Injector(_)
                | Fact::Outlet(_)
                | Fact::Login(_)
                | Fact::Feeds(_)
                | Fact::Own(_)
                | Fact::Query
                | Fact::Answer => {}
            }
        }
        // `x.get(…)` may be a map's or a client's: a request is looked at as one
        let known = values.iter().any(|value| !value.value.is_unknown());
        if known || (!values.is_empty() && !is_request) {
            return super::engine::drop_null(values);
        }
        if states.is_empty() {
            let mut names = called.value.names();
            names.truncate(12);
            let reason = match api.from.as_ref().map(|from| &from.value) {
                Some(Value::Unknown(unknown)) if unknown.reason != Reason::Call => unknown.reason.clone(),
                _ => Reason::Library(names.join(".").into()),
            };
            let unknown = Unknown { reason, names, open: called.value.open() };
            return vec![Traced { value: Value::Unknown(Rc::new(unknown)), trail: called.trail.clone() }];
        }
        vec![self.api_step(called, states, step, node, ctx)]
    }

    /// What a call that passes values through results in.
    pub(crate) fn pass(&mut self, pass: &PassFact, site: &Site) -> Vals {
        self.rules.answered(pass);
        let mut values = Vals::new();
        if pass.given.is_some_and(|count| self.arity(site) != count) {
            return values;
        }
        if let Some(text) = &pass.behind {
            let handed_on = !pass.value.is_empty() || !pass.replaces.is_empty();
            values.extend(self.behind(text, pass.of.as_ref(), site, handed_on));
            if !values.is_empty() {
                return values;
            }
        }
        for slot in &pass.value {
            values.extend(self.slot(slot, site));
        }
        if let Some(function) = &pass.calls
            && pass.returns
        {
            let with: Vec<Vals> = pass.with.iter().map(|slot| self.slot(slot, site)).collect();
            // what a function is called with that nobody made is not known
            let made = |slot: &crate::rules::slot::Slot| slot.base == Base::Function;
            if pass.with.iter().zip(&with).any(|(slot, values)| made(slot) && values.is_empty()) {
                return values;
            }
            for called in self.slot(function, site) {
                match &called.value {
                    Value::Func(closure) => {
                        values.extend(self.result(closure, Args::Given(with.clone()), None));
                    }
                    Value::Api(_) | Value::Unknown(_) => values.extend(self.applied(&called, &with, site)),
                    // a constructor or a function that is not known: the value, under another coat
                    _ => values.extend(with.first().cloned().unwrap_or_default()),
                }
            }
        }
        // a list's `concat` makes a list
        let is_list = match &site.receiver {
            Some(Traced { value: Value::Object(object), .. }) => self.is_list(object),
            _ => false,
        };
        if !pass.concat.is_empty() && !is_list {
            let mut parts = Vec::new();
            for slot in &pass.concat {
                if slot.base == Base::Args {
                    parts.extend(self.all_args(site));
                } else {
                    parts.push(self.slot(slot, site));
                }
            }
            values.extend(self.join(parts));
        }
        if let Some(separator) = &pass.join {
            values.extend(self.joined_list(separator, site));
            // a thread's end, not a list's
            values.extend(self.kept(site));
        }
        if !pass.merge.is_empty() {
            let mut parts = Vec::new();
            for slot in &pass.merge {
                if slot.base == Base::Args {
                    parts.extend(self.all_args(site));
                } else {
                    parts.push(self.slot(slot, site));
                }
            }
            let object = Object { node: site.node, ctx: site.ctx.clone(), owners: Vec::new(), class: None, parts };
            values.push(Traced::new(Value::Object(Rc::new(object))));
        }
        if let [path, base] = pass.url.as_slice() {
            let (path, base) = (self.slot(path, site), self.slot(base, site));
            values.extend(self.joined_url(&path, &base));
        }
        if let Some(key) = &pass.member {
            // what is kept alone needs no name
            values.extend(self.kept(site));
            let keys = self.slot(key, site);
            let receiver: Vals = match &pass.of {
                Some(of) => self.slot(of, site),
                None => site.receiver.iter().cloned().collect(),
            };
            for key in keys {
                let texts = match &key.value {
                    Value::Str(pattern) => pattern.text().map(|text| vec![text.to_owned()]),
                    Value::Object(path) if pass.of.is_some() => self.texts_of(path),
                    _ => None,
                };
                let Some(texts) = texts else { continue };
                // a function that is given the object takes the way to a member, too: `a.b[0]`
                let way: Vec<&str> = match (&pass.of, &pass.steps) {
                    (Some(_), _) => texts.iter().flat_map(|text| text.split(['.', '[', ']'])).collect(),
                    (None, Some(steps)) => texts.iter().flat_map(|text| text.split(&**steps)).collect(),
                    (None, None) => texts.iter().map(String::as_str).collect(),
                };
                let is_way = pass.of.is_some() || pass.steps.is_some();
                let mut found = receiver.clone();
                for name in way.iter().filter(|name| !is_way || !name.is_empty()) {
                    found = self.members(&found, &PlaceKey::Name((*name).into()), site.node, &site.ctx);
                }
                // objects with methods of their own for it take the way to a member, too
                if let [way] = way.as_slice()
                    && way.contains('.')
                    && found.iter().all(|value| value.value.is_unknown())
                {
                    let mut behind = receiver.clone();
                    for name in way.split('.') {
                        behind = self.members(&behind, &PlaceKey::Name(name.into()), site.node, &site.ctx);
                    }
                    if !behind.iter().all(|value| value.value.is_unknown()) {
                        found = behind;
                    }
                }
                values.extend(found);
            }
        }
        if let [what, by] = pass.replaces.as_slice() {
            values.extend(self.replaced(what, by, pass.every, site));
        }
        if let [list, function, first] = pass.folds.as_slice() {
            values.extend(self.folded(list, function, first, site));
        }
        if let [template, members] = pass.fills.as_slice() {
            values.extend(self.filled(template, members, site));
        }
        if let Some(slot) = &pass.resolves {
            for function in self.slot(slot, site) {
                if let Value::Func(closure) = &function.value {
                    values.extend(self.called_with(closure.func, 0, 0, &closure.ctx));
                }
            }
        }
        if let Some(slot) = &pass.instance {
            for named in self.slot(slot, site) {
                values.extend(self.instance_of(&named, site.node));
            }
        }
        if let Some(slot) = &pass.element {
            let lists = self.slot(slot, site);
            values.extend(self.elements(lists, &site.ctx));
        }
        if pass.selects {
            values.extend(self.selected(site));
        }
        if pass.pipes {
            values.extend(self.piped(site.node, usize::MAX, &site.ctx));
        }
        values
    }

    /// The texts of a list of texts.
    fn texts_of(&mut self, list: &Object) -> Option<Vec<String>> {
        let items = self.items(list)?;
        items
            .iter()
            .map(|item| {
                let found = self.item(item);
                match found.as_slice() {
                    [Traced { value: Value::Str(pattern), .. }] => pattern.text().map(str::to_owned),
                    _ => None,
                }
            })
            .collect()
    }

    /// What a function that was made of functions makes: the last gets what the others make of the arguments.
    fn selected(&mut self, site: &Site) -> Vals {
        let Some(maker) = site.function.clone() else { return Vals::new() };
        let given = self.all_args(site);
        let mut parts = self.all_args(&Site::of_api(&maker));
        if let [first, _] = parts.as_slice() {
            // a list of functions, and the last
            let lists: Vec<Vec<Vals>> = first
                .iter()
                .filter_map(|value| match &value.value {
                    Value::Object(object) => {
                        self.items(object).map(|items| items.iter().map(|item| self.item(item)).collect())
                    }
                    _ => None,
                })
                .collect();
            if let Some(mut list) = lists.into_iter().next() {
                list.extend(parts.pop());
                parts = list;
            }
        }
        let Some(last) = parts.pop() else { return Vals::new() };
        let mut made = Vec::new();
        for function in parts {
            made.push(self.applied_to(&function, &given, site));
        }
        self.applied_to(&last, &made, site)
    }

    /// What functions make of values.
    pub(crate) fn applied_to(&mut self, functions: &Vals, given: &[Vals], site: &Site) -> Vals {
        let mut values = Vals::new();
        for called in functions {
            match &called.value {
                Value::Func(closure) => values.extend(self.result(closure, Args::Given(given.to_vec()), None)),
                Value::Api(_) | Value::Unknown(_) => values.extend(self.applied(called, given, site)),
                _ => {}
            }
        }
        values
    }

    /// A function that is not the project's, applied to values: `T::method` does what `.method()` does.
    fn applied(&mut self, called: &Traced, with: &[Vals], site: &Site) -> Vals {
        if let Value::Api(api) = &called.value
            && !self.rules.automaton.step(&api.states, &Step::Call).is_empty()
        {
            return self.api_call(called, api, CallKind::Plain, site.node, &site.ctx, Some(with.to_vec()));
        }
        let first = with.first().cloned().unwrap_or_default();
        let Some(name) = called.value.names().last().cloned() else { return first };
        let states = self.rules.automaton.step(&self.any_states(&name), &Step::Call);
        let rules = self.rules;
        let mut values = Vals::new();
        for receiver in first {
            let site = Site { receiver: Some(receiver.clone()), given: Some(Vec::new()), ..site.clone() };
            let mut passed = Vals::new();
            for fact in rules.facts(&states) {
                if let Fact::Pass(pass) = fact {
                    passed.extend(self.pass(pass, &site));
                }
            }
            if passed.is_empty() {
                // nothing is known of the function: what it makes of the value is not known either
                passed.push(Traced::new(Value::unknown(Reason::Call, vec![name.clone()])));
            }
            values.extend(passed);
        }
        values
    }

    /// The token that a method without arguments is called on.
    fn kept(&mut self, site: &Site) -> Option<Traced> {
        let receiver = site.receiver.as_ref().filter(|value| matches!(value.value, Value::Token(..)))?;
        self.all_args(site).is_empty().then(|| receiver.clone())
    }

    fn joined_list(&mut self, separator: &crate::rules::slot::Slot, site: &Site) -> Vals {
        let separators = self.slot(separator, site);
        let separator = separators.first().and_then(|value| match &value.value {
            Value::Str(pattern) => pattern.text().map(str::to_owned),
            Value::Null => Some(",".to_owned()),
            _ => None,
        });
        let Some(separator) = separator.or(separators.is_empty().then(|| ",".to_owned())) else { return Vals::new() };
        let Some(Traced { value: Value::Object(object), .. }) = &site.receiver else { return Vals::new() };
        let Some(items) = self.spread_items(object) else { return Vals::new() };
        let mut parts = Vec::new();
        for (nth, item) in items.into_iter().enumerate() {
            if nth > 0 {
                parts.push(vec![Traced::new(Value::Str(super::value::Pattern::lit(&separator)))]);
            }
            parts.push(item);
        }
        self.join(parts)
    }

    /// A URL relative to a base, as the URL standard joins them.
    fn joined_url(&mut self, paths: &Vals, bases: &Vals) -> Vals {
        use super::value::{Pattern, Piece};
        let mut joined = Vals::new();
        if bases.iter().any(|base| matches!(base.value, Value::Object(_))) {
            // a list's or a path's `join`
            return joined;
        }
        for path in paths {
            let absolute = match &path.value {
                Value::Str(pattern) => pattern.prefix().contains("://"),
                _ => false,
            };
            if absolute || bases.is_empty() {
                joined.push(path.clone());
                continue;
            }
            for base in bases {
                if matches!(base.value, Value::Null) {
                    joined.push(path.clone());
                    continue;
                }
                let mut result = Pattern::default();
                result.push(base);
                let rooted = matches!(&path.value, Value::Str(pattern) if pattern.prefix().starts_with('/'));
                if let Some(Piece::Lit(last)) = result.pieces.last().cloned() {
                    // behind the host, a path without a leading slash replaces the last segment, one with it all
                    let host = last.find("://").map_or(0, |at| at + 3);
                    let only_literal = result.pieces.len() == 1;
                    let cut = if rooted && (only_literal || last.starts_with('/')) {
                        last[host..].find('/').map_or(last.len(), |at| host + at)
                    } else {
                        last[host..].rfind('/').map_or(last.len(), |at| host + at)
                    };
                    result.pieces.pop();
                    result.push_lit(&last[..cut]);
                }
                if !rooted {
                    result.push_lit("/");
                }
                result.push(path);
                joined.push(Traced::new(Value::Str(result)));
            }
        }
        joined.truncate(ALTERNATIVES);
        joined
    }

    /// Every argument of a call.
    pub(crate) fn all_args(&mut self, site: &Site) -> Vec<Vals> {
        if let Some(given) = &site.given {
            return given.clone();
        }
        let Some(lowered) = self.lowered(site.node.file) else { return Vec::new() };
        let Expr::Call { args, .. } = lowered.ir.expr(site.node.expr) else { return Vec::new() };
        args.iter().map(|arg| self.eval(Node { file: site.node.file, expr: arg.expr }, &site.ctx)).collect()
    }
}
