//! `base.key`: members of every kind of value, and what modules export.

use super::engine::Eval;
use super::value::{
    Api, ApiStep, Args, ClassRef, Closure, Ctx, FrameKind, FuncRef, Node, Object, Reason, Traced, Unknown, Vals, Value,
};
use crate::ir::{ClassKind, Expr, Key, MethodKind, Name, ThisOf};
use crate::project::{EffectKind, PlaceKey, Root};
use crate::rules::automaton::States;
use crate::rules::path::{Root as ApiRoot, Step};
use crate::rules::{Fact, TokenKind};
use crate::text::FileId;
use std::rc::Rc;
use std::sync::{Arc, PoisonError};

/// Files that are searched for what is said about one class.
const CLASS_FILES: usize = 32;

impl<'s> Eval<'s> {
    /// `key` of every one of `bases`, read at `node`.
    pub(crate) fn field(&mut self, bases: Vals, key: &Key, node: Node, ctx: &Ctx) -> Vals {
        let place = match key {
            Key::Name(name) => PlaceKey::Name(name.clone()),
            Key::Index(index) => PlaceKey::Index(*index),
            Key::Computed(inner) => {
                let inner = Node { file: node.file, expr: *inner };
                let keys = self.eval(inner, ctx);
                let texts: Vec<String> = keys
                    .iter()
                    .filter_map(|key| match &key.value {
                        Value::Str(pattern) => pattern.text().map(str::to_owned),
                        _ => None,
                    })
                    .collect();
                if texts.is_empty() || texts.len() != keys.len() {
                    let names = bases.iter().flat_map(|base| base.value.names()).take(8).collect();
                    let open = bases.iter().chain(&keys).find_map(|value| value.value.open());
                    let unknown = Unknown { reason: Reason::DynamicKey, names, open };
                    return vec![Traced::new(Value::Unknown(Rc::new(unknown)))];
                }
                return texts
                    .iter()
                    .flat_map(|text| self.members(&bases, &PlaceKey::Name(text.as_str().into()), node, ctx))
                    .collect();
            }
        };
        self.members(&bases, &place, node, ctx)
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
        let span = self.lowered(node.file).map(|lowered| lowered.ir.span(node.expr)).unwrap_or_default();
        let name = key_name(key);
        values
            .into_iter()
            .map(|value| self.as_token(value, node.file, span))
            .map(|value| self.by_name(value, &name, node.file, span))
            .collect()
    }

    fn member(&mut self, base: &Traced, key: &PlaceKey, node: Node, ctx: &Ctx) -> Vals {
        let name = key_name(key);
        match &base.value {
            Value::Object(object) => {
                let mut found = self.object_member(object, key, node);
                let unset = found.iter().all(|value| matches!(value.value, Value::Null));
                if unset {
                    let component = self.component_member(object, &name, node);
                    if !component.is_empty() {
                        found = component;
                    }
                }
                if found.is_empty() { self.any_member(base, &name, node, ctx) } else { found }
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
            Value::Module(file) => self.export(*file, &name, node, 0),
            Value::Api(api) => self.api_member(base, api, &name, node, ctx),
            Value::Func(closure) => {
                let found = self.function_member(closure, &name);
                if found.is_empty() { self.any_member(base, &name, node, ctx) } else { found }
            }
            Value::Null => Vals::new(),
            // a tuple struct around it, or a store's entry
            Value::Token(..) if *key == PlaceKey::Index(0) || &*name == super::calls::ENTRY => vec![base.clone()],
            // somebody else's token, or what it says, is not made Auth0's by its members' names
            Value::Token(TokenKind::Other, _) if self.is_other_by_name(&name) => vec![base.clone()],
            Value::Str(_) | Value::Plain | Value::Token(..) | Value::Unknown(_) => {
                self.any_member(base, &name, node, ctx)
            }
        }
    }

    /// Whether a name would make a token of what is not known, and no rule knows the member.
    fn is_other_by_name(&self, name: &Name) -> bool {
        let any = self.rules.automaton.root(&ApiRoot::Any);
        self.rules.token_name(name).is_some()
            && self.rules.automaton.step(&any, &Step::Member(name.to_string())).is_empty()
    }

    /// A member of something about which only the rules for anything may know.
    fn any_member(&mut self, base: &Traced, name: &Name, node: Node, ctx: &Ctx) -> Vals {
        let any = self.rules.automaton.root(&ApiRoot::Any);
        let mut states = self.rules.automaton.step(&any, &Step::Member(name.to_string()));
        if base.value.is_unknown() || matches!(base.value, Value::Object(_) | Value::Instance(_)) {
            for state in self.rules.automaton.root(&ApiRoot::Name(name.to_string())) {
                if !states.contains(&state) {
                    states.push(state);
                }
            }
            states.sort_unstable();
        }
        if !states.is_empty() {
            return self.known_member(base, states, name, node, ctx);
        }
        if matches!(base.value, Value::Object(_) | Value::Instance(_)) {
            let rules = self.rules;
            let span = self.lowered(node.file).map(|lowered| lowered.ir.span(node.expr)).unwrap_or_default();
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

    /// A member that the rules know: the value they say it has, or a library value.
    fn known_member(&mut self, base: &Traced, states: States, name: &Name, node: Node, ctx: &Ctx) -> Vals {
        let rules = self.rules;
        if !base.value.is_unknown() {
            let site = super::Site { receiver: Some(base.clone()), ..super::Site::new(node, ctx) };
            let mut values = Vals::new();
            for fact in rules.facts(&states) {
                if let Fact::Pass(pass) = fact {
                    values.extend(self.pass(pass, &site));
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
        if let Some(cell) = self.cell_fact(api) {
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
                let any = self.rules.automaton.root(&ApiRoot::Any);
                let passes = !self.rules.automaton.step(&any, &Step::Member(name.to_string())).is_empty();
                if !passes && !values.is_empty() {
                    return self.members(&values, &PlaceKey::Name(name.clone()), node, ctx);
                }
            }
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
        if !states.is_empty() {
            return self.known_member(base, states, name, node, ctx);
        }
        if let Some(store) = store {
            // a store of its own inside: `request.session`
            let any = self.rules.automaton.root(&ApiRoot::Any);
            let inside = self.rules.automaton.step(&any, &Step::Member(name.to_string()));
            if self.rules.facts(&inside).any(|fact| matches!(fact, Fact::Store(_))) {
                return self.any_member(base, name, node, ctx);
            }
            let span = self.lowered(node.file).map(|lowered| lowered.ir.span(node.expr)).unwrap_or_default();
            return self.stored(&store, name, node.file, span);
        }
        // a default import of a CommonJS package is the package
        if &**name == "default" && matches!(api.step, ApiStep::Root(_)) {
            return vec![base.clone()];
        }
        self.any_member(base, name, node, ctx)
    }

    /// A property of a function: `Foo.bar = …`.
    fn function_member(&mut self, closure: &Closure, name: &Name) -> Vals {
        let Some(lowered) = self.lowered(closure.func.file) else { return Vals::new() };
        let expr = lowered.ir.func(closure.func.func).expr;
        let Some(binding) = lowered.index.binding_of.get(&expr) else { return Vals::new() };
        self.property_writes(closure.func.file, &Root::Local(*binding), name)
    }

    fn property_writes(&mut self, file: FileId, root: &Root, name: &Name) -> Vals {
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

    /// A member of an object that was made at a known place.
    pub(crate) fn object_member(&mut self, object: &Rc<Object>, key: &PlaceKey, node: Node) -> Vals {
        // Rust calls methods only, never fields
        let is_struct = self
            .lowered(object.node.file)
            .is_some_and(|lowered| matches!(lowered.ir.expr(object.node.expr), Expr::Object { ty: Some(_), .. }));
        let is_method = is_struct && matches!(key, PlaceKey::Name(_)) && self.is_called(node);
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

    /// A member of an instance of a class; of `made`, where it is known which.
    pub(crate) fn class_member(
        &mut self,
        class: ClassRef,
        key: &PlaceKey,
        made: Option<&Rc<Object>>,
        node: Node,
        depth: u8,
    ) -> Vals {
        let this = match made {
            Some(object) => Traced::new(Value::Object(object.clone())),
            None => Traced::new(Value::Instance(class)),
        };
        let mut found = self.inherited_member(class, key, made, &this, node, depth);
        let blank = |value: &Traced| match &value.value {
            Value::Null => true,
            Value::Unknown(unknown) => matches!(unknown.reason, Reason::Unassigned),
            _ => false,
        };
        if made.is_none() && depth == 0 && found.iter().all(blank) {
            // left to the classes that extend it
            let mut below = Vals::new();
            for &class in self.implementors(class).iter() {
                let this = Traced::new(Value::Instance(class));
                below.extend(self.inherited_member(class, key, None, &this, node, depth + 1));
            }
            if !below.is_empty() {
                found = below;
            }
        }
        found
    }

    /// [`class_member`](Eval::class_member) with the object that is `this`: a base class's methods see the whole object.
    fn inherited_member(
        &mut self,
        class: ClassRef,
        key: &PlaceKey,
        made: Option<&Rc<Object>>,
        this: &Traced,
        node: Node,
        depth: u8,
    ) -> Vals {
        let Some(lowered) = self.lowered(class.file) else { return Vals::new() };
        if depth > 4 {
            return Vals::new();
        }
        let ir = &lowered.ir;
        let declared = ir.class(class.class);
        let name = key_name(key);
        if declared.kind == ClassKind::Interface {
            let mut found = Vals::new();
            for &class in self.implementors(class).iter() {
                found.extend(self.class_member(class, key, None, node, depth + 1));
            }
            if !found.is_empty() {
                return found;
            }
        }
        let method = self
            .methods_of(class)
            .into_iter()
            .find(|(_, key, kind, is_static)| *key == name && !is_static && *kind != MethodKind::Setter)
            // Rust's fields and methods may share a name: only what is called is a method
            .filter(|_| ir.lang != crate::ir::Lang::Rust || self.is_called(node));
        if let Some((func, _, kind, _)) = method {
            let ctx = made.and_then(|object| object.ctx.clone());
            let closure = Closure { func, ctx, this: Some(this.clone()) };
            return match kind {
                MethodKind::Getter => self.result(&Rc::new(closure), Args::Given(Vec::new()), Some(this.clone())),
                _ => vec![Traced::new(Value::Func(Rc::new(closure)))],
            };
        }
        let written = self.this_writes(class, &name, made, node);
        let mut values = written.values;
        values.extend(self.set_members(class, &name));
        let field = declared.fields.iter().find(|field| !field.is_static && same_key(&field.key, key));
        if let Some(value) = field.and_then(|field| field.value)
            && !written.settled
        {
            let ctx = self.constructor_frame(class, made);
            let mut initial = self.eval(Node { file: class.file, expr: value }, &ctx);
            initial.append(&mut values);
            values = initial;
        }
        values = super::engine::drop_null(values);
        let useful =
            |values: &Vals| values.iter().any(|found| !found.value.is_unknown() && !matches!(found.value, Value::Null));
        if made.is_none() && !useful(&values) && declared.kind == ClassKind::Class {
            let constructed = self.constructions(class, key, node);
            if !constructed.is_empty() {
                values = constructed;
            }
        }
        if !useful(&values)
            && let Some(ty) = field.and_then(|field| field.ty)
        {
            let typed = self.typed(Node { file: class.file, expr: ty }, node);
            if !typed.is_empty() {
                values = typed;
            }
        }
        if !useful(&values) {
            let outside = self.written_outside(class, &name);
            if !outside.is_empty() {
                values = outside;
            }
        }
        if values.is_empty() {
            for base in &declared.bases {
                let base = Node { file: class.file, expr: *base };
                for base in self.eval(base, &None) {
                    match base.value {
                        Value::Class(base) if base != class => {
                            values.extend(self.inherited_member(base, key, made, this, node, depth + 1));
                        }
                        Value::Api(ref api) => {
                            let states = self.rules.automaton.step(&api.states, &Step::New);
                            let states = self.rules.automaton.step(&states, &Step::Member(name.to_string()));
                            if !states.is_empty() {
                                values.push(self.api_step(&base, states, ApiStep::Member(name.clone()), node, &None));
                            }
                        }
                        _ => {}
                    }
                }
            }
        }
        let owner = super::value::Owner {
            path: vec![PlaceKey::Name(name.clone())],
            ..super::value::Owner::new(class.file, Root::This(ThisOf::Class(class.class)))
        };
        values = values.into_iter().map(|value| super::engine::own(value, &owner)).collect();
        if values.is_empty()
            && let Some(field) = field
        {
            let names = field.data_name.iter().cloned().collect();
            let unknown = Traced::new(Value::unknown(Reason::Unassigned, names));
            values.push(match &field.data_name {
                Some(data) => self.by_name(unknown, data, class.file, field.span),
                None => unknown,
            });
        }
        values
    }

    /// The objects whose members a component's own setter writes into its member `name`.
    fn set_members(&mut self, class: ClassRef, name: &Name) -> Vals {
        let rules = self.rules;
        let Some(lowered) = self.lowered(class.file) else { return Vals::new() };
        let mut values = Vals::new();
        for setter in rules.setters.iter().filter(|setter| *setter.member == **name) {
            for effect in lowered.index.effects(&Root::This(ThisOf::Class(class.class))) {
                let EffectKind::Method(call) = effect.kind else { continue };
                let Expr::Call { callee, .. } = lowered.ir.expr(call) else { continue };
                let called = super::callers::last_name(&lowered.ir, *callee);
                if effect.path.is_empty() && called.is_some_and(|called| *called == *setter.method) {
                    for value in self.arg(Node { file: class.file, expr: call }, 0, &None) {
                        match &value.value {
                            Value::Func(closure) => values.extend(self.free_result(closure)),
                            _ => values.push(value),
                        }
                    }
                }
            }
        }
        values
    }

    /// Whether the value at a node is called there.
    fn is_called(&self, node: Node) -> bool {
        let Some(lowered) = self.lowered(node.file) else { return false };
        match lowered.ir.expr(node.expr) {
            Expr::Call { .. } => true,
            _ => lowered.ir.parents[node.expr.index()].is_some_and(
                |parent| matches!(lowered.ir.expr(parent), Expr::Call { callee, .. } if *callee == node.expr),
            ),
        }
    }

    /// All methods of a class: its own, and those of `impl` blocks in other files.
    pub(crate) fn methods_of(&mut self, class: ClassRef) -> Vec<(FuncRef, Name, MethodKind, bool)> {
        let Some(lowered) = self.lowered(class.file) else { return Vec::new() };
        let list = |file: FileId, methods: &[crate::ir::Method]| -> Vec<(FuncRef, Name, MethodKind, bool)> {
            methods
                .iter()
                .filter_map(|method| match &method.key {
                    Key::Name(name) => {
                        Some((FuncRef { file, func: method.func }, name.clone(), method.kind, method.is_static))
                    }
                    _ => None,
                })
                .collect()
        };
        let mut methods = list(class.file, &lowered.ir.class(class.class).methods);
        if lowered.ir.lang == crate::ir::Lang::Rust
            && let Some(name) = &lowered.ir.class(class.class).name
        {
            for file in self.project.files_with(name, CLASS_FILES).0 {
                let Some(other) = self.lowered(file) else { continue };
                for foreign in &other.ir.foreign_impls {
                    if super::callers::last_name(&other.ir, foreign.ty).as_ref() == Some(name)
                        && self.class_named(Node { file, expr: foreign.ty }) == Some(class)
                    {
                        methods.extend(list(file, &foreign.methods));
                    }
                }
            }
        }
        methods
    }

    /// A static member: a method, a field, an enum's variant.
    fn static_member(&mut self, class: ClassRef, name: &Name, node: Node) -> Vals {
        let Some(lowered) = self.lowered(class.file) else { return Vals::new() };
        let declared = lowered.ir.class(class.class);
        let method = self
            .methods_of(class)
            .into_iter()
            .find(|(_, key, kind, _)| key == name && *kind != MethodKind::Constructor);
        if let Some((func, _, kind, _)) = method {
            let this = Some(Traced::new(Value::Class(class)));
            let closure = Rc::new(Closure { func, ctx: None, this: this.clone() });
            return match kind {
                MethodKind::Getter => self.result(&closure, Args::Given(Vec::new()), this),
                _ => vec![Traced::new(Value::Func(closure))],
            };
        }
        let mut found = self.property_writes(class.file, &Root::This(ThisOf::Static(class.class)), name);
        if let Some(binding) = lowered.index.binding_of.get(&declared.expr) {
            found.extend(self.property_writes(class.file, &Root::Local(*binding), name));
        }
        let field =
            declared.fields.iter().find(|field| field.is_static && matches!(&field.key, Key::Name(key) if key == name));
        if let Some(field) = field {
            match field.value {
                Some(value) => found.extend(self.eval(Node { file: class.file, expr: value }, &None)),
                // a variant stands for its enum: calling it makes a value of it
                None if declared.kind == ClassKind::Enum && self.is_called(node) => {
                    found.push(Traced::new(Value::Class(class)));
                }
                None if declared.kind == ClassKind::Enum => {
                    let (ctx, owners, parts) = (None, Vec::new(), Vec::new());
                    let object = Object { node, ctx, owners, class: Some(class), parts };
                    found.push(Traced::new(Value::Object(Rc::new(object))));
                }
                None if found.is_empty() => {
                    found.push(Traced::new(Value::unknown(Reason::Unassigned, Vec::new())));
                }
                None => {}
            }
            return super::engine::drop_null(found);
        }
        if found.is_empty() {
            for base in &declared.bases {
                for base in self.eval(Node { file: class.file, expr: *base }, &None) {
                    if let Value::Class(base) = base.value
                        && base != class
                    {
                        found.extend(self.static_member(base, name, node));
                    }
                }
            }
        }
        found
    }

    /// The frame under which a constructor ran for `made`.
    pub(crate) fn constructor_frame(&self, class: ClassRef, made: Option<&Rc<Object>>) -> Ctx {
        let object = made?;
        let lowered = self.lowered(class.file)?;
        let constructor =
            lowered.ir.class(class.class).methods.iter().find(|method| method.kind == MethodKind::Constructor)?;
        let made_at = self.lowered(object.node.file)?;
        if !matches!(made_at.ir.expr(object.node.expr), Expr::Call { .. }) {
            return None;
        }
        let kind = FrameKind::Call {
            func: FuncRef { file: class.file, func: constructor.func },
            args: Args::Of(object.node, object.ctx.clone()),
            this: Some(Traced::new(Value::Object(object.clone()))),
        };
        super::engine::push_frame(kind, &None, super::engine::depth_of(&object.ctx) + 1)
    }

    /// Struct literals of a class: what they give the member.
    fn constructions(&mut self, class: ClassRef, key: &PlaceKey, node: Node) -> Vals {
        let Some(name) = self.lowered(class.file).and_then(|lowered| lowered.ir.class(class.class).name.clone()) else {
            return Vals::new();
        };
        let mut values = Vals::new();
        let is_rust = self.lowered(class.file).is_some_and(|lowered| lowered.ir.lang == crate::ir::Lang::Rust);
        if !is_rust {
            return values;
        }
        for file in self.project.files_with(&name, CLASS_FILES).0 {
            let Some(lowered) = self.lowered(file) else { continue };
            let literals = lowered.index.objects_by_type.get(&name).cloned().unwrap_or_default();
            for literal in literals {
                if let Expr::Object { ty: Some(ty), .. } = lowered.ir.expr(literal)
                    && self.class_named(Node { file, expr: *ty }) == Some(class)
                {
                    let object = Object {
                        node: Node { file, expr: literal },
                        ctx: None,
                        owners: Vec::new(),
                        class: None,
                        parts: Vec::new(),
                    };
                    values.extend(self.own_member(&Rc::new(object), key, false, node));
                }
            }
            // tuple structs are made by calling them
            if matches!(key, PlaceKey::Index(_)) {
                for call in lowered.index.calls_by_name.get(&name).cloned().unwrap_or_default() {
                    let node = Node { file, expr: call };
                    for made in self.eval(node, &None) {
                        if let Value::Object(object) = &made.value
                            && object.class == Some(class)
                        {
                            values.extend(self.own_member(object, key, false, node));
                        }
                    }
                }
            }
        }
        super::engine::drop_null(values)
    }

    /// `object.key = value` where the object is an instance of the class and not `this`.
    fn written_outside(&mut self, class: ClassRef, name: &Name) -> Vals {
        let mut values = Vals::new();
        for file in self.project.files_with(name, CLASS_FILES).0 {
            let Some(lowered) = self.lowered(file) else { continue };
            for nth in lowered.index.writes_by_key.get(name).cloned().unwrap_or_default() {
                let write = &lowered.ir.writes[nth];
                if matches!(lowered.ir.expr(lowered.ir.strip(write.base)), Expr::This(_)) {
                    continue;
                }
                let on_class = self.eval(Node { file, expr: write.base }, &None).iter().any(|base| {
                    matches!(&base.value, Value::Instance(of) if *of == class)
                        || matches!(&base.value, Value::Object(object) if object.class == Some(class))
                });
                if on_class {
                    let span = write.span;
                    for value in self.eval(Node { file, expr: write.value }, &None) {
                        values.push(value.step(file, span, || format!("written to `.{name}`")));
                    }
                }
            }
        }
        values
    }

    /// The classes that implement an interface or trait.
    pub(crate) fn implementors(&self, interface: ClassRef) -> Arc<Vec<ClassRef>> {
        let known = self.shared.implementors.lock().unwrap_or_else(PoisonError::into_inner).get(&interface).cloned();
        known.unwrap_or_else(|| {
            let found = Arc::new(self.find_implementors(interface));
            let mut all = self.shared.implementors.lock().unwrap_or_else(PoisonError::into_inner);
            all.insert(interface, found.clone());
            found
        })
    }

    fn find_implementors(&self, interface: ClassRef) -> Vec<ClassRef> {
        let Some(name) =
            self.lowered(interface.file).and_then(|lowered| lowered.ir.class(interface.class).name.clone())
        else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for file in self.project.files_with(&name, CLASS_FILES).0 {
            let Some(lowered) = self.lowered(file) else { continue };
            for (class, declared) in (0u32..).map(crate::ir::ClassId).zip(&lowered.ir.classes) {
                let implements = declared.kind != ClassKind::Interface
                    && declared
                        .bases
                        .iter()
                        .any(|base| super::callers::last_name(&lowered.ir, *base).as_ref() == Some(&name));
                if implements {
                    found.push(ClassRef { file, class });
                }
            }
        }
        found.truncate(super::engine::ALTERNATIVES);
        found
    }
}

fn key_name(key: &PlaceKey) -> Name {
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
