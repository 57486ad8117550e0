//! Objects of which there is one for the whole program, whoever asks for it: what others write to them.

use super::engine::{Eval, drop_null};
use super::value::{ApiStep, Args, ClassRef, FuncRef, Node, Object, Owner, Traced, Vals, Value};
use crate::ir::{CallKind, Expr, ExprId, FileIr, FuncId, Key, Name, Prop, ThisOf};
use crate::project::{PlaceKey, Root};
use crate::rules::Fact;
use crate::rules::path::Step;
use std::rc::Rc;

/// Files that are looked through for writes to one member.
const FILES: usize = 32;

impl<'s> Eval<'s> {
    /// A member of an object, with what the rest of the program writes to it where the object is one for all.
    pub(crate) fn with_others(&mut self, found: Vals, object: &Rc<Object>, name: &Name, node: Node) -> Vals {
        let Some(whole) = self.shared_whole(object) else { return found };
        if self.rules.any_of(&self.rules.component.itself, |itself| **itself == **name) {
            return vec![Traced::new(Value::Object(object.clone()))];
        }
        let looked_for = (whole, usize::MAX, name.clone());
        let others = self.deeper(looked_for, |eval| eval.written_by_others(whole, name, node));
        let mut found = found;
        found.extend(others.unwrap_or_default());
        drop_null(found)
    }

    /// The literal of the object that everybody gets, where `object` is it or is a section of it.
    fn shared_whole(&mut self, object: &Object) -> Option<Node> {
        let file = object.node.file;
        let lowered = self.lowered(file)?;
        let ir = &lowered.ir;
        let is_section = |key: &str| self.rules.component.sections.iter().any(|section| section == key);
        let mut whole = object.node.expr;
        if let Some((key, options)) = ir.held_under(whole)
            && is_section(key)
        {
            whole = options;
        }
        // given to the call, or returned by a function that is
        let mut given = match lowered.index.returned_by.get(&whole) {
            Some(func) => ir.func(*func).expr,
            None => whole,
        };
        let mut call = ir.parents[given.index()]?;
        while let Expr::Through(..) = ir.expr(call) {
            given = call;
            call = ir.parents[call.index()]?;
        }
        let Expr::Call { args, kind, .. } = ir.expr(call) else { return None };
        if !args.iter().any(|arg| arg.expr == given) {
            return None;
        }
        let rules = self.rules;
        let step = if *kind == CallKind::New { Step::New } else { Step::Call };
        let is_shared = self.callees(Node { file, expr: call }, &None).iter().any(|called| match &called.value {
            Value::Api(api) => {
                let states = rules.automaton.step(&api.states, &step);
                rules.facts(&states).any(|fact| match fact {
                    Fact::Pass(pass) if pass.shared => {
                        rules.answered(&**pass);
                        true
                    }
                    _ => false,
                })
            }
            _ => false,
        });
        is_shared.then_some(Node { file, expr: whole })
    }

    /// What is written to a member of the object that the literal `whole` makes, where it is not `this`.
    fn written_by_others(&mut self, whole: Node, name: &Name, node: Node) -> Vals {
        let mut values = Vals::new();
        for file in self.project.files_with(name, FILES).0 {
            let Some(lowered) = self.lowered(file) else { continue };
            for &nth in lowered.index.writes_by_key.get(name).into_iter().flatten() {
                let write = &lowered.ir.writes[nth];
                let base = Node { file, expr: write.base };
                if !matches!(lowered.ir.expr(lowered.ir.strip(write.base)), Expr::This(_))
                    && self.is_made_by(base, whole)
                {
                    let written = self.eval(Node { file, expr: write.value }, &None);
                    let note = || format!("written to `.{name}`");
                    values.extend(written.into_iter().map(|value| value.step(file, write.span, note)));
                }
            }
            for method in &self.rules.component.patch {
                for &call in lowered.index.calls_by_name.get(method.as_str()).into_iter().flatten() {
                    let Expr::Call { callee, .. } = lowered.ir.expr(call) else { continue };
                    let Expr::Field { base, .. } = lowered.ir.expr(lowered.ir.strip(*callee)) else { continue };
                    if self.is_made_by(Node { file, expr: *base }, whole) {
                        self.rules.answered(method);
                        values.extend(self.patched(Node { file, expr: call }, name, node));
                    }
                }
            }
        }
        for call in self.setting_calls(whole) {
            values.extend(self.patched(call, name, node));
        }
        values
    }

    /// The calls of the function that the library hands to the one that makes the literal `whole`, and that writes the
    /// members of what it is given.
    fn setting_calls(&mut self, whole: Node) -> Vec<Node> {
        let Some(lowered) = self.lowered(whole.file) else { return Vec::new() };
        let ir = &lowered.ir;
        let Some(&maker) = lowered.index.returned_by.get(&whole.expr) else { return Vec::new() };
        let Some(call) = ir.parents[ir.func(maker).expr.index()] else { return Vec::new() };
        let rules = self.rules;
        let mut sets = None;
        for called in self.callees(Node { file: whole.file, expr: call }, &None) {
            let Value::Api(api) = &called.value else { continue };
            let states = rules.automaton.step(&api.states, &Step::Call);
            sets = sets.or(rules.facts(&states).find_map(|fact| match fact {
                Fact::Pass(pass) => pass.sets,
                _ => None,
            }));
        }
        let Some(sets) = sets else { return Vec::new() };
        let mut calls = Vec::new();
        self.calls_of_setter(FuncRef { file: whole.file, func: maker }, sets, whole, &mut calls, 0);
        calls
    }

    /// The calls of a parameter by the function that has it, and by those that make parts of the literal `whole`, which are
    /// given it: `{ ...one(set), ...other(...all) }`.
    fn calls_of_setter(&mut self, maker: FuncRef, index: u32, whole: Node, calls: &mut Vec<Node>, depth: u8) {
        /// Makers of parts inside one another.
        const DEPTH: u8 = 2;
        let Some(lowered) = self.lowered(maker.file) else { return };
        let ir = &lowered.ir;
        let bindings = lowered.index.param_bindings.get(&(maker.func, index)).cloned().unwrap_or_default();
        for &binding in &bindings {
            let of_binding = lowered.index.calls_of(ir, binding);
            calls.extend(of_binding.map(|expr| Node { file: maker.file, expr }));
        }
        let Expr::Object { props, .. } = ir.expr(whole.expr) else { return };
        if depth > DEPTH {
            return;
        }
        for prop in props {
            let Prop::Spread(part) = prop else { continue };
            let part = ir.strip(*part);
            let Expr::Call { args, .. } = ir.expr(part) else { continue };
            let handed = (0u32..).zip(args).find_map(|(nth, arg)| {
                let Expr::Local(binding) = ir.expr(ir.strip(arg.expr)) else { return None };
                if !arg.spread {
                    return bindings.contains(binding).then_some(nth);
                }
                ir.binding(*binding).defs.iter().find_map(|def| match ir.expr(def.value) {
                    Expr::Param { func, index: from, rest: true } if *func == maker.func => {
                        index.checked_sub(*from).map(|behind| nth + behind)
                    }
                    _ => None,
                })
            });
            let Some(handed) = handed else { continue };
            for called in self.callees(Node { file: maker.file, expr: part }, &None) {
                let Value::Func(slice) = &called.value else { continue };
                let Some(there) = self.lowered(slice.func.file) else { continue };
                let func = there.ir.func(slice.func.func);
                let made = func.returns.iter().map(|value| there.ir.strip(*value));
                let literal = made.filter(|value| matches!(there.ir.expr(*value), Expr::Object { .. })).min();
                // without a literal of its own, it has no parts
                let literal = Node { file: slice.func.file, expr: literal.unwrap_or(func.expr) };
                self.calls_of_setter(slice.func, handed, literal, calls, depth + 1);
            }
        }
    }

    fn is_made_by(&mut self, read: Node, whole: Node) -> bool {
        let rules = self.rules;
        self.eval(read, &None).iter().any(|value| match &value.value {
            Value::Object(object) => object.node == whole,
            // a function that gives it
            Value::Api(api) if api.step == ApiStep::Call => {
                let is_shared = rules.facts(&api.states).any(|fact| matches!(fact, Fact::Pass(pass) if pass.shared));
                is_shared
                    && self.arg(api.node, 0, &None).iter().any(|made| match &made.value {
                        Value::Func(closure) => self
                            .free_result(closure)
                            .iter()
                            .any(|made| matches!(&made.value, Value::Object(object) if object.node == whole)),
                        _ => false,
                    })
            }
            _ => false,
        })
    }

    /// What a call writes to a member: that of the object it is given, or what the function it is given writes.
    fn patched(&mut self, call: Node, name: &Name, node: Node) -> Vals {
        let key = PlaceKey::Name(name.clone());
        let mut values = Vals::new();
        for given in self.arg(call, 0, &None) {
            match &given.value {
                // `set('name', value)`
                Value::Str(text) if text.text() == Some(&**name) => values.extend(self.arg(call, 1, &None)),
                Value::Object(object) => values.extend(self.own_member(object, &key, false, node)),
                Value::Func(closure) => {
                    let owners = self.param_owners(closure.func, 0);
                    values.extend(self.written_under(&owners, &key, false, node, &None));
                    // what it makes of the object before takes its place, or is laid over it
                    let before = Args::Given(vec![vec![Traced::new(Value::Null)]]);
                    for made in self.result(closure, before, None) {
                        if let Value::Object(object) = &made.value {
                            values.extend(self.own_member(object, &key, false, node));
                        }
                    }
                }
                _ => {}
            }
        }
        let span = self.span_of(call);
        values.into_iter().map(|value| value.step(call.file, span, || format!("written to `.{name}`"))).collect()
    }

    /// What is written to a member of a class that continues a library's by the methods that this has for it.
    pub(crate) fn patched_on_class(&mut self, class: ClassRef, name: &Name, node: Node) -> Vals {
        let Some(lowered) = self.lowered(class.file) else { return Vals::new() };
        let rules = self.rules;
        let mut methods: Vec<&'s String> = Vec::new();
        for base in &lowered.ir.class(class.class).bases {
            for base in self.eval(Node { file: class.file, expr: *base }, &None) {
                let Value::Api(api) = &base.value else { continue };
                let made = rules.automaton.step(&api.states, &Step::New);
                methods.extend(rules.component.patch.iter().filter(|method| {
                    let states = rules.automaton.step(&made, &Step::Member((*method).clone()));
                    let states = rules.automaton.step(&states, &Step::Call);
                    rules.facts(&states).any(|fact| match fact {
                        Fact::Pass(pass) => {
                            rules.answered(&**pass);
                            true
                        }
                        _ => false,
                    })
                }));
            }
        }
        let mut values = Vals::new();
        if methods.is_empty() {
            return values;
        }
        let is_of_class = |value: &Traced| match &value.value {
            Value::Instance(of) => *of == class,
            Value::Object(object) => object.class == Some(class),
            _ => false,
        };
        for file in self.project.files_with(name, FILES).0 {
            let Some(lowered) = self.lowered(file) else { continue };
            for method in &methods {
                for &call in lowered.index.calls_by_name.get(method.as_str()).into_iter().flatten() {
                    let Some(receiver) = lowered.ir.receiver(call) else { continue };
                    if self.eval(Node { file, expr: receiver }, &None).iter().any(is_of_class) {
                        rules.answered(*method);
                        values.extend(self.patched(Node { file, expr: call }, name, node));
                    }
                }
            }
        }
        values
    }

    /// What the setter of a computed member gets: everything that is written to the member. `None` where `func` is none.
    pub(crate) fn accessor_param(&mut self, func: FuncRef, node: Node) -> Option<Vals> {
        let lowered = self.lowered(func.file)?;
        let (name, options) = self.accessor(&lowered.ir, func.func)?;
        let Expr::Object { props, .. } = lowered.ir.expr(options) else { return None };
        let is_section = |key: &str| self.rules.component.sections.iter().any(|section| section == key);
        let mut held = vec![options];
        held.extend(props.iter().filter_map(|prop| match prop {
            Prop::Field(Key::Name(key), section) if is_section(key) => Some(*section),
            _ => None,
        }));
        let this = |literal| Owner::new(func.file, Root::This(ThisOf::Object(literal)));
        let owners: Vec<Owner> = held.into_iter().map(this).collect();
        let whole = Node { file: func.file, expr: options };
        let mut values = self.written(&owners, &PlaceKey::Name(name.clone()), false, node).values;
        let others = self.deeper((whole, usize::MAX, name.clone()), |eval| eval.written_by_others(whole, &name, node));
        values.extend(others.unwrap_or_default());
        (!values.is_empty()).then(|| drop_null(values))
    }

    /// The computed member whose setter a function is, and the options around it.
    fn accessor(&self, ir: &FileIr, func: FuncId) -> Option<(Name, ExprId)> {
        let (set, pair) = ir.held_under(ir.func(func).expr)?;
        let (name, section) = ir.held_under(pair)?;
        let (kind, options) = ir.held_under(section)?;
        let is_computed = self.rules.any_of(&self.rules.component.computed, |computed| **computed == **kind);
        (&**set == "set" && is_computed).then(|| (name.clone(), options))
    }
}
