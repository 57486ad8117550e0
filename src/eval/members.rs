//! `base.key`: members of every kind of value, and what modules export.

use super::engine::Eval;
use super::value::{Api, ApiStep, Closure, Ctx, Node, Object, Reason, Traced, Unknown, Vals, Value};
use crate::ir::{CallKind, Expr, Key, Lang, Name};
use crate::project::{EffectKind, PlaceKey, Root};
use crate::rules::automaton::States;
use crate::rules::path::{Root as ApiRoot, Step};
use crate::rules::{Fact, TokenKind};
use crate::text::FileId;
use std::rc::Rc;

impl<'s> Eval<'s> {
    /// `key` of every one of `bases`, read at `node`.
    pub(crate) fn field(&mut self, bases: Vals, key: &Key, node: Node, ctx: &Ctx) -> Vals {
        let place = match key {
            Key::Name(name) => {
                // a literal in brackets
                let text = Traced::new(Value::Str(super::value::Pattern::lit(name)));
                if !self.is_called(node)
                    && let Some(found) = self.indexed(&bases, &vec![text], node, ctx)
                {
                    return found;
                }
                PlaceKey::Name(name.clone())
            }
            Key::Index(index) => PlaceKey::Index(*index),
            Key::Computed(inner) => {
                let inner = Node { file: node.file, expr: *inner };
                let keys = self.eval(inner, ctx);
                if let Some(found) = self.indexed(&bases, &keys, node, ctx) {
                    return found;
                }
                let texts: Vec<Name> = keys.iter().filter_map(super::middleware::key_of).collect();
                let dynamic = |open: Option<super::value::Open>| {
                    let names = bases.iter().flat_map(|base| base.value.names()).take(8).collect();
                    Traced::new(Value::Unknown(Rc::new(Unknown { reason: Reason::DynamicKey, names, open })))
                };
                if texts.is_empty() || texts.len() != keys.len() {
                    return vec![dynamic(bases.iter().chain(&keys).find_map(|value| value.value.open()))];
                }
                let mut values = Vals::new();
                for text in texts {
                    // a key that is equal to itself alone has no name by which anything but a literal is known
                    let is_text = !super::store_keys::is_made_key(&text);
                    let found = self.members(&bases, &PlaceKey::Name(text), node, ctx);
                    values.extend(found.into_iter().map(|value| match &value.value {
                        Value::Unknown(unknown) if !is_text => dynamic(unknown.open),
                        _ => value,
                    }));
                }
                return values;
            }
        };
        self.members(&bases, &place, node, ctx)
    }

    /// `a[key]` where it is a method: Rust calls `a.index(key)`, and a rule may know what that gives.
    fn indexed(&mut self, bases: &Vals, keys: &Vals, node: Node, ctx: &Ctx) -> Option<Vals> {
        const INDEX: &str = "index";
        if self.lowered(node.file)?.ir.lang != Lang::Rust {
            return None;
        }
        let mut values = Vals::new();
        for base in bases {
            let Value::Api(api) = &base.value else { return None };
            let states = self.rules.automaton.step(&api.states, &Step::Member(INDEX.to_owned()));
            if states.is_empty() {
                return None;
            }
            let called = self.api_step(base, states, ApiStep::Member(INDEX.into()), node, ctx);
            if let Value::Api(method) = &called.value {
                values.extend(self.api_call(&called, method, CallKind::Plain, node, ctx, Some(vec![keys.clone()])));
            }
        }
        (!values.is_empty()).then_some(values)
    }

    /// The member at a place of every one of `bases`.
    pub(crate) fn members(&mut self, bases: &Vals, key: &PlaceKey, node: Node, ctx: &Ctx) -> Vals {
        let mut values = Vals::new();
        for base in bases {
            values.extend(self.member(base, key, node, ctx));
        }
        if bases.len() > 1 {
            values = super::engine::drop_null(values);
        }
        let span = self.span_of(node);
        let name = key_name(key);
        let told = values.into_iter().map(|value| {
            let value = self.as_token(value, node.file, span);
            self.by_name(value, &name, node.file, span)
        });
        told.collect()
    }

    fn member(&mut self, base: &Traced, key: &PlaceKey, node: Node, ctx: &Ctx) -> Vals {
        let name = key_name(key);
        match &base.value {
            Value::Object(object) => {
                let mut found = self.object_member(object, key, node);
                if self.project.is_data(object.node.file) {
                    found = self.data_member(found, &name);
                }
                if found.iter().all(|value| value.value.is_unknown() || matches!(value.value, Value::Null)) {
                    let component = self.component_member(object, &name, node);
                    if !component.is_empty() {
                        found = component;
                    }
                }
                found = self.with_others(found, object, &name, node);
                // what passes any value on passes on this one, not what is spread into it
                let any = self.any_states(&name);
                let is_any =
                    |value: &Traced| matches!(&value.value, Value::Api(api) if !any.is_empty() && api.states == any);
                if found.iter().all(is_any) { self.any_member(base, &name, node, ctx) } else { found }
            }
            Value::Module(_) if &*name == "exports" => vec![base.clone()],
            Value::Instance(class) => {
                let found = self.class_member(*class, key, None, node, 0);
                // the pattern of a library's wrapper around it
                if found.is_empty() && *key == PlaceKey::Index(0) {
                    return vec![base.clone()];
                }
                if found.is_empty() { self.any_member(base, &name, node, ctx) } else { found }
            }
            Value::Class(class) => {
                let found = self.static_member(*class, &name, node);
                if found.is_empty() { self.any_member(base, &name, node, ctx) } else { found }
            }
            Value::Module(file) => {
                let found = self.export(*file, &name, node, 0);
                // `import('./x').then(…)`: what any value is passed on by
                let is_missing = found.iter().all(|value| value.value.is_unknown());
                if is_missing && self.passes_on(&name) { self.any_member(base, &name, node, ctx) } else { found }
            }
            Value::Api(api) => self.api_member(base, api, &name, node, ctx),
            Value::Func(closure) => {
                let found = self.function_member(closure, &name);
                if found.is_empty() { self.any_member(base, &name, node, ctx) } else { found }
            }
            Value::Null => Vals::new(),
            // a tuple struct around it, or a store's entry
            Value::Token(..) if *key == PlaceKey::Index(0) || &*name == super::calls::ENTRY => vec![base.clone()],
            // what stands behind the text at which a longer one was cut
            Value::Token(_, super::value::Evidence::Name) if *key == PlaceKey::Index(1) => vec![base.clone()],
            // somebody else's token, or what it says, is not made Auth0's by its members' names
            Value::Token(TokenKind::Other, _) if self.is_other_by_name(&name) => vec![base.clone()],
            Value::Handed(handed) => self.handed_member(base, handed, key, node, ctx),
            Value::Str(url) => match self.url_part(url, &name) {
                Some(part) => vec![Traced { value: Value::Str(part), trail: base.trail.clone() }],
                None => self.any_member(base, &name, node, ctx),
            },
            Value::Plain
            | Value::Bool(_)
            | Value::AtLeast(_)
            | Value::Regex(_)
            | Value::Returned(_)
            | Value::Token(..)
            | Value::Unknown(_) => self.any_member(base, &name, node, ctx),
        }
    }

    /// What the rules know of a member of this name whatever it is a member of.
    pub(super) fn any_states(&self, name: &Name) -> States {
        self.rules.automaton.step(&self.rules.automaton.root(&ApiRoot::Any), &Step::Member(name.to_string()))
    }

    /// Whether calling a member of this name passes any value on.
    pub(crate) fn passes_on(&self, name: &Name) -> bool {
        let states = self.rules.automaton.step(&self.any_states(name), &Step::Call);
        let mut facts = self.rules.facts(&states).peekable();
        facts.peek().is_some() && facts.all(|fact| matches!(fact, Fact::Pass(_)))
    }

    /// Whether a name would make a token of what is not known, and no rule knows the member.
    fn is_other_by_name(&self, name: &Name) -> bool {
        self.rules.token_name(name).is_some() && self.any_states(name).is_empty()
    }

    /// A member of something about which only the rules for anything may know.
    pub(crate) fn any_member(&mut self, base: &Traced, name: &Name, node: Node, ctx: &Ctx) -> Vals {
        if matches!(base.value, Value::Object(_) | Value::Instance(_) | Value::Api(_)) {
            let given = self.extension(base, name, node);
            if !given.is_empty() {
                return given;
            }
        }
        if let Some(taken) = self.taken_from_store(base, name, node) {
            return taken;
        }
        if let Value::Object(object) = &base.value
            && object.class.is_none()
            && self.rules.component.given.as_deref() == Some(&**name)
        {
            let elements = self.elements_of(object.node);
            let mut given: Vals = elements.into_iter().flat_map(|call| self.passed(call, 0, &None, None)).collect();
            given.extend(self.injected_into(base));
            if !given.is_empty() {
                return given;
            }
        }
        let mut states = self.any_states(name);
        if base.value.is_unknown() || matches!(base.value, Value::Object(_) | Value::Instance(_)) {
            for state in self.rules.automaton.root(&ApiRoot::Name(name.to_string())) {
                if !states.contains(&state) {
                    states.push(state);
                }
            }
            states.sort_unstable();
        }
        if !states.is_empty() && !self.stands_in(&base.value) {
            return self.known_member(base, states, name, node, ctx);
        }
        if matches!(base.value, Value::Object(_) | Value::Instance(_)) {
            let rules = self.rules;
            let span = self.span_of(node);
            for store in &rules.inherited_stores {
                if self.stores(store, name) {
                    return self.stored(store, name, node.file, span);
                }
            }
        }
        let (reason, open) = match &base.value {
            Value::Unknown(unknown) => (unknown.reason.clone(), unknown.open),
            Value::Object(object) if object.class.is_none() => (Reason::Absent(name.clone()), None),
            other => (Reason::Member(name.clone()), other.open()),
        };
        let mut names = base.value.names();
        if names.len() < 12 {
            names.push(name.clone());
        }
        let value = Value::Unknown(Rc::new(Unknown { reason, names, open }));
        vec![Traced { value, trail: base.trail.clone() }]
    }

    /// Whether a value is the empty object that stands where there is none, `record || {}`: it has no members, whatever
    /// their names are.
    fn stands_in(&self, value: &Value) -> bool {
        let Value::Object(object) = value else { return false };
        let Some(lowered) = self.lowered(object.node.file) else { return false };
        let ir = &lowered.ir;
        let is_empty = |id| matches!(ir.expr(id), Expr::Object { props, ty: None } if props.is_empty());
        let parent = ir.parents[object.node.expr.index()];
        is_empty(object.node.expr)
            && parent
                .is_some_and(|parent| matches!(ir.expr(parent), Expr::Or { second, .. } if *second == object.node.expr))
    }

    /// A member that the rules know: the value they say it has, or a library value.
    fn known_member(&mut self, base: &Traced, states: States, name: &Name, node: Node, ctx: &Ctx) -> Vals {
        let rules = self.rules;
        let mut kept = Vals::new();
        for fact in rules.facts(&states) {
            let site = super::Site { receiver: Some(base.clone()), ..super::Site::new(node, ctx) };
            match fact {
                Fact::Read(read) => kept.extend(self.read_store(read, &site)),
                Fact::StateOf(number) => kept.extend(self.state_read(*number, &site)),
                _ => {}
            }
        }
        if !kept.is_empty() {
            return kept;
        }
        if !base.value.is_unknown() {
            let site = super::Site { receiver: Some(base.clone()), ..super::Site::new(node, ctx) };
            let mut values = Vals::new();
            for fact in rules.facts(&states) {
                if let Fact::Pass(pass) = fact {
                    values.extend(self.pass(pass, &site));
                    if pass.absent {
                        let mut names = base.value.names();
                        names.push(name.clone());
                        values.push(Traced::new(Value::unknown(Reason::Absent(name.clone()), names)));
                    }
                }
            }
            if !values.is_empty() {
                return values;
            }
        }
        vec![self.api_step(base, states, ApiStep::Member(name.clone()), node, ctx)]
    }

    /// A library value one step further.
    pub(crate) fn api_step(&self, from: &Traced, states: States, step: ApiStep, node: Node, ctx: &Ctx) -> Traced {
        let value = Value::Api(Rc::new(Api {
            states,
            step,
            from: Some(from.clone()),
            node,
            ctx: ctx.clone(),
            owners: Vec::new(),
        }));
        Traced { value, trail: from.trail.clone() }
    }

    fn api_member(&mut self, base: &Traced, api: &Rc<Api>, name: &Name, node: Node, ctx: &Ctx) -> Vals {
        if api.step == ApiStep::State {
            return self.reduced_state_member(base, api, name, node);
        }
        if let Some(found) = self.action_member(api, name, node) {
            return found;
        }
        if self.is_setter(api, name) {
            return vec![self.api_step(base, States::new(), ApiStep::Member(name.clone()), node, ctx)];
        }
        if let Some(cell) = self.cell_fact(api) {
            if cell.read.iter().any(|read| read.strip_suffix("()").is_some_and(|read| *read == **name)) {
                return vec![self.api_step(base, States::new(), ApiStep::Member(name.clone()), node, ctx)];
            }
            let is_pair = cell.setter.is_some() && &**name == "0";
            if is_pair || cell.read.iter().any(|read| **read == **name) {
                let values = self.cell_value(api, cell);
                if !values.is_empty() {
                    return values;
                }
            } else if cell.transparent
                && self.rules.automaton.step(&api.states, &Step::Member(name.to_string())).is_empty()
            {
                let values = self.cell_value(api, cell);
                if self.any_states(name).is_empty() && !values.is_empty() {
                    return self.members(&values, &PlaceKey::Name(name.clone()), node, ctx);
                }
            }
        }
        if let Some(found) = self.mapped_member(base, api, name, node, ctx) {
            return found;
        }
        // what the project itself puts there
        let written = self.written(&api.owners, &PlaceKey::Name(name.clone()), false, node);
        if !written.values.is_empty() {
            return written.values;
        }
        let store = self.rules.facts(&api.states).find_map(|fact| match fact {
            Fact::Store(store) => Some(store.clone()),
            _ => None,
        });
        let states = self.rules.automaton.step(&api.states, &Step::Member(name.to_string()));
        // something is put deeper into it than into the member itself
        let held = super::engine::owners_of_member(&api.owners, &PlaceKey::Name(name.clone()));
        if self.is_written_below(&held) && self.says_nothing(&states, name) {
            let deeper = self.api_step(base, States::new(), ApiStep::Member(name.clone()), node, ctx);
            return vec![held.iter().fold(deeper, super::engine::own)];
        }
        // a promise of it, which is waited for
        if self.is_only_absent(&states) && self.passes_on(name) {
            return self.any_member(base, name, node, ctx);
        }
        if !states.is_empty() {
            let mut values = Vals::new();
            // of a member the rules may only know what lies below it in some library: the project may keep one of its own
            if let Some(store) = store.as_ref().filter(|store| self.stores(store, name))
                && self.rules.facts(&states).next().is_none()
            {
                let kept = self.stored(store, name, node.file, self.span_of(node));
                values.extend(kept.into_iter().filter(|value| !value.value.is_unknown()));
            }
            values.extend(self.known_member(base, states, name, node, ctx));
            return values;
        }
        if self.rules.is_global_object(&api.states) {
            let shared = self.script_global(node, name);
            if !shared.is_empty() {
                return shared;
            }
        }
        if let Some(values) = self.listed(api, name) {
            return values;
        }
        if let Some(store) = store {
            // a promise of the entries, which is waited for
            if self.passes_on(name) && !self.stores(&store, name) {
                return self.any_member(base, name, node, ctx);
            }
            // a store of its own inside: `request.session`
            let inside = self.any_states(name);
            let is_store = self.rules.facts(&inside).any(|fact| matches!(fact, Fact::Store(_)));
            if is_store && !self.stores(&store, name) {
                return self.any_member(base, name, node, ctx);
            }
            let span = self.span_of(node);
            let stored = self.stored(&store, name, node.file, span);
            let holder = base.value.names().pop();
            return stored.into_iter().map(|value| below(value, holder.as_ref())).collect();
        }
        // a default import of a CommonJS package is the package
        if &**name == "default" && matches!(api.step, ApiStep::Root(_)) {
            return vec![base.clone()];
        }
        self.any_member(base, name, node, ctx)
    }

    /// Whether the rules do not say what a member is.
    fn says_nothing(&self, states: &States, name: &Name) -> bool {
        self.any_states(name).is_empty() && (states.is_empty() || self.is_only_absent(states))
    }

    /// Whether the rules know of a member no more than that it may be absent.
    fn is_only_absent(&self, states: &States) -> bool {
        let mut facts = self.rules.facts(states).peekable();
        facts.peek().is_some()
            && facts.all(|fact| matches!(fact, Fact::Pass(pass) if pass.absent))
            && self.rules.automaton.is_leaf(states)
    }

    /// Whether a member is the function that changes what `api` holds.
    fn is_setter(&self, api: &Api, name: &Name) -> bool {
        let rules = self.rules;
        rules.facts(&api.states).any(|fact| match fact {
            Fact::Cell(cell) => cell.setter.is_some_and(|setter| setter.to_string() == **name),
            Fact::Reduced(number) => {
                rules.reduced[*number].dispatch.is_some_and(|dispatch| dispatch.to_string() == **name)
            }
            _ => false,
        })
    }

    /// An element of the list that a call makes of what it gets.
    fn listed(&mut self, api: &Rc<Api>, name: &Name) -> Option<Vals> {
        let nth: usize = name.parse().ok()?;
        let rules = self.rules;
        let pass = rules.facts(&api.states).find_map(|fact| match fact {
            Fact::Pass(pass) if !pass.list.is_empty() => Some(pass),
            _ => None,
        })?;
        rules.answered(&**pass);
        let site = match &api.from {
            Some(Traced { value: Value::Api(function), .. }) => super::Site::of(api.node, &api.ctx, function),
            _ => super::Site::of_api(api),
        };
        let mut elements = Vec::new();
        for slot in &pass.list {
            match slot.base {
                crate::rules::slot::Base::Args => elements.extend(self.all_args(&site)),
                _ => elements.push(self.slot(slot, &site)),
            }
        }
        elements.into_iter().nth(nth)
    }

    /// Whether something is written to the objects held at these places.
    fn is_written_below(&self, owners: &[super::value::Owner]) -> bool {
        owners.iter().any(|owner| {
            self.lowered(owner.file).is_some_and(|lowered| {
                let mut effects = lowered.index.effects(&owner.root).iter();
                effects.any(|effect| matches!(effect.kind, EffectKind::Write(_)) && effect.path == owner.path)
            })
        })
    }

    /// A property of a function: `Foo.bar = …`.
    fn function_member(&mut self, closure: &Closure, name: &Name) -> Vals {
        let Some(lowered) = self.lowered(closure.func.file) else { return Vals::new() };
        let expr = lowered.ir.func(closure.func.func).expr;
        let Some(binding) = lowered.index.binding_of.get(&expr) else { return Vals::new() };
        self.property_writes(closure.func.file, &Root::Local(*binding), name)
    }

    pub(super) fn property_writes(&mut self, file: FileId, root: &Root, name: &Name) -> Vals {
        let Some(lowered) = self.lowered(file) else { return Vals::new() };
        let mut values = Vals::new();
        for effect in lowered.index.effects(root) {
            if let EffectKind::Write(nth) = effect.kind
                && effect.path.is_empty()
                && matches!(&lowered.ir.writes[nth].key, Key::Name(key) if key == name)
            {
                values.extend(self.eval(Node { file, expr: lowered.ir.writes[nth].value }, &None));
            }
        }
        values
    }

    /// Whether an object is a struct's literal.
    pub(crate) fn is_struct(&self, object: &Object) -> bool {
        self.lowered(object.node.file)
            .is_some_and(|lowered| matches!(lowered.ir.expr(object.node.expr), Expr::Object { ty: Some(_), .. }))
    }

    /// A member of an object that was made at a known place.
    pub(crate) fn object_member(&mut self, object: &Rc<Object>, key: &PlaceKey, node: Node) -> Vals {
        // Rust calls methods only, never fields
        let is_method = self.is_struct(object) && matches!(key, PlaceKey::Name(_)) && self.is_called(node);
        let mut found = if is_method { Vals::new() } else { self.own_member(object, key, false, node) };
        if found.is_empty()
            && let Some(class) = object.class
        {
            found = self.class_member(class, key, Some(object), node, 0);
        } else if let Some(class) = object.class
            && !found.is_empty()
        {
            // what its own methods write to it later
            let later = self.this_writes(class, &key_name(key), Some(object), node);
            if !later.values.is_empty() {
                found.extend(later.values);
                found = super::engine::drop_null(found);
            }
        }
        found
    }
}

/// An entry of a store that is not known further, named with what holds it: whose it is, `req.body` tells.
fn below(value: Traced, holder: Option<&Name>) -> Traced {
    match (&value.value, holder) {
        (Value::Unknown(unknown), Some(holder)) if unknown.names.len() == 1 => {
            let names = vec![holder.clone(), unknown.names[0].clone()];
            let named = Unknown { names, ..Unknown::clone(unknown) };
            Traced { value: Value::Unknown(Rc::new(named)), trail: value.trail }
        }
        _ => value,
    }
}

pub(super) fn key_name(key: &PlaceKey) -> Name {
    match key {
        PlaceKey::Name(name) | PlaceKey::Call(name) => name.clone(),
        PlaceKey::Index(index) => index.to_string().into(),
        PlaceKey::Computed(_) => "".into(),
    }
}

pub(crate) fn same_key(key: &Key, place: &PlaceKey) -> bool {
    match (key, place) {
        (Key::Name(left), PlaceKey::Name(right)) => left == right,
        (Key::Index(left), PlaceKey::Index(right)) => left == right,
        (Key::Index(left), PlaceKey::Name(right)) => left.to_string() == **right,
        (Key::Name(left), PlaceKey::Index(right)) => **left == right.to_string(),
        _ => false,
    }
}
