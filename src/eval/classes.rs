//! Members of classes: methods, fields, what is inherited, implemented and constructed.

use super::engine::Eval;
use super::members::{key_name, same_key};
use super::value::{
    ApiStep, Args, ClassRef, Closure, Ctx, FrameKind, FuncRef, Node, Object, Reason, Traced, Vals, Value,
};
use crate::ir::{CallKind, ClassKind, Expr, Key, MethodKind, Name, ThisOf};
use crate::project::{EffectKind, PlaceKey, Root};
use crate::rules::path::Step;
use crate::text::FileId;
use std::rc::Rc;
use std::sync::Arc;

/// Files that are searched for what is said about one class.
const CLASS_FILES: usize = 32;

impl<'s> Eval<'s> {
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
        // what an object of a class inherits is not left to other classes
        let is_open = match &this.value {
            Value::Instance(of) => self.is_interface(*of),
            Value::Object(object) => object.class.is_none(),
            _ => true,
        };
        if declared.kind == ClassKind::Interface && is_open {
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
        values.extend(self.set_members(class.file, ThisOf::Class(class.class), &name));
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
        // what it is given tells more than the type that it declares for that
        if !useful(&values) && depth == 0 {
            let mut given = self.context_member(class, &name, node);
            if self.rules.component.given.as_deref() == Some(&*name) {
                given.extend(self.given_to_instances(class));
            }
            if !given.is_empty() {
                values = given;
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
        if !useful(&values) && !declared.bases.is_empty() && ir.lang == crate::ir::Lang::Js {
            let asked = (Node { file: class.file, expr: declared.expr }, usize::MAX, name.clone());
            let patched = self.deeper(asked, |eval| eval.patched_on_class(class, &name, node));
            values.extend(patched.unwrap_or_default());
        }
        if values.is_empty() {
            for base in &declared.bases {
                let base = Node { file: class.file, expr: *base };
                for base in self.eval(base, &None) {
                    match base.value {
                        Value::Class(base) if base != class => {
                            // what it is made of is what this class hands on to it
                            let mut handed_on: Vec<(Node, Ctx)> = self.base_made(class, made).into_iter().collect();
                            if handed_on.is_empty() && made.is_none() && ir.lang == crate::ir::Lang::Js {
                                handed_on = self.all_made(class);
                            }
                            if handed_on.is_empty() {
                                values.extend(self.inherited_member(base, key, made, this, node, depth + 1));
                            }
                            for (at, ctx) in handed_on {
                                let (owners, parts) = (Vec::new(), Vec::new());
                                let made = Rc::new(Object { node: at, ctx, owners, class: Some(base), parts });
                                values.extend(self.inherited_member(base, key, Some(&made), this, node, depth + 1));
                            }
                        }
                        Value::Api(ref api) => {
                            let made_states = self.rules.automaton.step(&api.states, &Step::New);
                            let states = self.rules.automaton.step(&made_states, &Step::Member(name.to_string()));
                            if !states.is_empty() {
                                let from = match self.base_made(class, made) {
                                    Some((at, ctx)) => self.api_step(&base, made_states, ApiStep::New, at, &ctx),
                                    None => base,
                                };
                                // the library sees what the whole object has
                                let whole = match &this.value {
                                    Value::Instance(whole) => *whole,
                                    Value::Object(object) => object.class.unwrap_or(class),
                                    _ => class,
                                };
                                let root = Root::This(ThisOf::Class(whole.class));
                                let whole = super::value::Owner::new(whole.file, root);
                                let from = super::engine::own(from, &whole);
                                values.push(self.api_step(&from, states, ApiStep::Member(name.clone()), node, &None));
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
            // what a type wraps is called as the type is
            let wrapped = || declared.name.as_ref().filter(|_| declared.is_newtype());
            let told = field.data_name.as_ref().or_else(wrapped);
            let unknown = Traced::new(Value::unknown(Reason::Unassigned, told.iter().copied().cloned().collect()));
            values.push(match told {
                Some(told) => self.by_name(unknown, told, class.file, field.span),
                None => unknown,
            });
        }
        values
    }

    /// The objects whose members a component's own setter writes into its member `name`.
    pub(super) fn set_members(&mut self, file: FileId, this: ThisOf, name: &Name) -> Vals {
        let rules = self.rules;
        let Some(lowered) = self.lowered(file) else { return Vals::new() };
        let mut values = Vals::new();
        for setter in rules.setters.iter().filter(|setter| *setter.member == **name) {
            for effect in lowered.index.effects(&Root::This(this)) {
                let EffectKind::Method(call) = effect.kind else { continue };
                let Expr::Call { callee, .. } = lowered.ir.expr(call) else { continue };
                let called = super::known_as::last_name(&lowered.ir, *callee);
                if effect.path.is_empty() && called.is_some_and(|called| *called == *setter.method) {
                    rules.answered(&setter.method);
                    for value in self.arg(Node { file, expr: call }, 0, &None) {
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

    /// The call that constructs the library's class which a class continues: `super(…)` in its constructor, or `new`
    /// where it has none.
    fn base_made(&self, class: ClassRef, made: Option<&Rc<Object>>) -> Option<(Node, Ctx)> {
        let ir = &self.lowered(class.file)?.ir;
        if ir.class(class.class).constructor().is_none() {
            let object = made?;
            let is_call = matches!(self.lowered(object.node.file)?.ir.expr(object.node.expr), Expr::Call { .. });
            return is_call.then(|| (object.node, object.ctx.clone()));
        }
        let calls = self.lowered(class.file)?.index.calls_by_name.get("super")?;
        let own = calls.iter().find(|call| ir.func(ir.func_of(**call)).class == Some(class.class))?;
        Some((Node { file: class.file, expr: *own }, self.constructor_frame(class, made)))
    }

    /// Where a class without a constructor of its own is made, wherever that is.
    fn all_made(&mut self, class: ClassRef) -> Vec<(Node, Ctx)> {
        let Some(lowered) = self.lowered(class.file) else { return Vec::new() };
        if lowered.ir.class(class.class).constructor().is_some() {
            return Vec::new();
        }
        let callers = self.callers_of_class(class);
        let is_new = |call: &Node| {
            let lowered = self.lowered(call.file);
            lowered.is_some_and(|there| matches!(there.ir.expr(call.expr), Expr::Call { kind: CallKind::New, .. }))
        };
        // those that are not followed one by one are asked for together
        let is_all = !callers.cut && callers.calls.len() <= super::engine::ALTERNATIVES;
        if is_all && callers.calls.iter().all(is_new) {
            callers.calls.iter().map(|call| (*call, None)).collect()
        } else {
            Vec::new()
        }
    }

    /// Whether the value at a node is called there.
    pub(super) fn is_called(&self, node: Node) -> bool {
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
                    if super::known_as::last_name(&other.ir, foreign.ty).as_ref() == Some(name)
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
    pub(super) fn static_member(&mut self, class: ClassRef, name: &Name, node: Node) -> Vals {
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
        // derived: `Settings::parse()`
        let is_derived = declared.kind == ClassKind::Class && lowered.ir.lang == crate::ir::Lang::Rust;
        if found.is_empty() && is_derived && self.is_called(node) {
            found.push(Traced::new(Value::Class(class)));
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
        let constructor = lowered.ir.class(class.class).constructor()?;
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
                    matches!(&base.value, Value::Instance(of) | Value::Class(of) if *of == class)
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

    /// What a class's setter gets: whatever is assigned to the member, from outside or by the class's own code.
    pub(crate) fn setter_param(&mut self, func: FuncRef, node: Node) -> Option<Vals> {
        let ir = &self.lowered(func.file)?.ir;
        let class = ClassRef { file: func.file, class: ir.func(func.func).class? };
        let methods = &ir.class(class.class).methods;
        let setter = methods.iter().find(|method| method.func == func.func && method.kind == MethodKind::Setter)?;
        let Key::Name(name) = &setter.key else { return None };
        let asked = (Node { file: func.file, expr: ir.func(func.func).expr }, usize::MAX, name.clone());
        let values = self.deeper(asked, |eval| {
            let mut values = eval.written_outside(class, name);
            values.extend(eval.this_writes(class, name, None, node).values);
            values
        })?;
        (!values.is_empty()).then_some(values)
    }

    /// The classes that implement an interface or trait.
    pub(crate) fn implementors(&self, interface: ClassRef) -> Arc<Vec<ClassRef>> {
        self.shared.implementors.get(&interface, || Arc::new(self.find_implementors(interface)))
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
                        .any(|base| super::known_as::last_name(&lowered.ir, *base).as_ref() == Some(&name));
                if implements {
                    found.push(ClassRef { file, class });
                }
            }
        }
        found.truncate(super::engine::ALTERNATIVES);
        found
    }
}
