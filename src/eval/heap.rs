//! Objects that change: literals, spreads, and everything written to them where they are held.

use super::conditions::Runs;
use super::engine::{Eval, drop_null, owners_of_member};
use super::reach::{Event, reaching};
use super::store_keys::is_made_key;
use super::value::{Args, ClassRef, Closure, Ctx, Node, Object, Owner, Traced, Vals, Value};
use crate::ir::{BlockId, Expr, Key, Lang, Name, Prop, ThisOf};
use crate::project::{EffectKind, PlaceKey, Root};
use crate::rules::Fact;
use crate::text::FileId;
use std::rc::Rc;

/// What was written to a member.
pub(crate) struct Written {
    /// The values.
    pub(crate) values: Vals,
    /// Whether one of the writes always comes before the read: what was there before counts no more.
    pub(crate) settled: bool,
    /// Those of the values that are written only where there is none yet, by their place in the list.
    fills: Vec<usize>,
}

impl<'s> Eval<'s> {
    /// A member of a literal or merged object, with what is written to it later. Empty where there is none.
    /// With `any_case` keys are compared without case, as header names are.
    pub(crate) fn own_member(&mut self, object: &Rc<Object>, key: &PlaceKey, any_case: bool, node: Node) -> Vals {
        let context = object.ctx.as_ref().map_or(0, |frame| Rc::as_ptr(frame) as usize);
        let looked_for = (object.node, context, Name::from(shown(key)));
        // an object made of itself, `p = { ...p, a }`, has no more than the rest gives it
        self.deeper(looked_for, |eval| eval.member_of_literal(object, key, any_case, node)).unwrap_or_default()
    }

    fn member_of_literal(&mut self, object: &Rc<Object>, key: &PlaceKey, any_case: bool, node: Node) -> Vals {
        let mut owners = object.owners.clone();
        // what a literal's own methods write to `this`
        let own = Root::This(ThisOf::Object(object.node.expr));
        if !owners.iter().any(|owner| owner.root == own) {
            owners.push(Owner::new(object.node.file, own));
        }
        let mut written = self.written(&owners, key, any_case, node);
        let mut values = if written.settled { Vals::new() } else { self.literal_member(object, key, any_case, node) };
        if !values.is_empty() && values.iter().all(|value| value.value.is_there()) {
            for nth in written.fills.drain(..).rev() {
                written.values.remove(nth);
            }
        }
        values.extend(written.values);
        if let PlaceKey::Name(name) = key {
            let elsewhere = self.importers(&object.owners, Some(name));
            values.extend(self.written(&elsewhere, key, any_case, node).values);
        }
        // a member that is an object lives where its holder does
        let owners = owners_of_member(&owners, key);
        values = values.into_iter().map(|value| super::engine::own_all(value, &owners)).collect();
        // `{ token: '' }` only says what there will be
        let is_blank = values.iter().all(|value| match &value.value {
            Value::Str(text) => text.text() == Some(""),
            Value::Null | Value::Plain => true,
            _ => false,
        });
        if !written.settled {
            values.extend(self.handed_on(&object.owners, key, any_case, !is_blank, node));
        }
        if values.is_empty() { values } else { drop_null(values) }
    }

    fn literal_member(&mut self, object: &Rc<Object>, key: &PlaceKey, any_case: bool, node: Node) -> Vals {
        let Some(lowered) = self.lowered(object.node.file) else { return Vals::new() };
        let at = |expr| Node { file: object.node.file, expr };
        if !object.parts.is_empty() {
            let mut values = Vals::new();
            for part in object.parts.iter().rev() {
                let (found, sure) = self.part_member(part, key, any_case, node);
                values.extend(found);
                if sure {
                    break;
                }
            }
            return values;
        }
        match lowered.ir.expr(object.node.expr) {
            Expr::Object { props, .. } => {
                let mut values = Vals::new();
                for prop in props.iter().rev() {
                    match prop {
                        Prop::Field(Key::Computed(computed), value) => {
                            let keys = self.eval(at(*computed), &object.ctx);
                            let is_made = matches!(key, PlaceKey::Name(name) if is_made_key(name));
                            let texts: Vec<Option<String>> = keys
                                .iter()
                                .map(|key| match &key.value {
                                    // a named constant of a library: its last name
                                    Value::Api(api) if !is_made => api.names().last().map(ToString::to_string),
                                    _ => super::middleware::key_of(key).map(|text| text.to_string()),
                                })
                                .collect();
                            let hits = texts.iter().flatten().any(|text| hits(text, key, any_case));
                            if hits || texts.iter().any(Option::is_none) {
                                values.extend(self.eval(at(*value), &object.ctx));
                            }
                            if hits && texts.len() == 1 {
                                return values;
                            }
                        }
                        Prop::Field(known, value) if key_hits(known, key, any_case) => {
                            let mut found = self.eval(at(*value), &object.ctx);
                            // a method knows its object
                            for value in &mut found {
                                if let Value::Func(closure) = &value.value
                                    && closure.this.is_none()
                                {
                                    let this = Some(Traced::new(Value::Object(object.clone())));
                                    value.value = Value::Func(Rc::new(Closure { this, ..Closure::clone(closure) }));
                                }
                            }
                            // what is not known of an element's other attributes does not put these in doubt
                            if self.is_of_element(object) && !found.iter().all(|value| value.value.is_unknown()) {
                                values.retain(|value: &Traced| !value.value.is_unknown());
                            }
                            values.extend(found);
                            return values;
                        }
                        Prop::Getter(known, func) if key_hits(known, key, any_case) => {
                            let func = super::value::FuncRef { file: object.node.file, func: *func };
                            let this = Some(Traced::new(Value::Object(object.clone())));
                            let closure = Closure { func, ctx: object.ctx.clone(), this: this.clone() };
                            values.extend(self.result(&Rc::new(closure), Args::Given(Vec::new()), this));
                            return values;
                        }
                        Prop::Spread(spread) => {
                            let part = self.eval(at(*spread), &object.ctx);
                            let (found, sure) = self.part_member(&part, key, any_case, node);
                            values.extend(found);
                            if sure {
                                return values;
                            }
                        }
                        _ => {}
                    }
                }
                values
            }
            Expr::List(items) => {
                let index = match key {
                    PlaceKey::Index(index) => Some(*index as usize),
                    PlaceKey::Name(name) => name.parse().ok(),
                    _ => None,
                };
                match index {
                    Some(index) if items.iter().take(index + 1).all(|item| !item.spread) => {
                        items.get(index).map(|item| self.eval(at(item.expr), &object.ctx)).unwrap_or_default()
                    }
                    Some(index) => {
                        let item = self.items(object).and_then(|items| items.get(index).cloned());
                        item.map(|item| self.item(&item)).unwrap_or_default()
                    }
                    None => Vals::new(),
                }
            }
            // a tuple struct or variant, made by calling it
            Expr::Call { args, .. } => match key {
                PlaceKey::Index(index) if lowered.ir.lang == Lang::Rust => {
                    args.get(*index as usize).map(|arg| self.eval(at(arg.expr), &object.ctx)).unwrap_or_default()
                }
                _ => Vals::new(),
            },
            _ => Vals::new(),
        }
    }

    /// Whether a literal holds the attributes of an element.
    fn is_of_element(&self, object: &Object) -> bool {
        self.lowered(object.node.file).is_some_and(|lowered| lowered.ir.is_of_element(object.node.expr))
    }

    /// A member of a spread or merged part, and whether the part surely has it.
    fn part_member(&mut self, part: &Vals, key: &PlaceKey, any_case: bool, node: Node) -> (Vals, bool) {
        let mut values = Vals::new();
        let mut sure = !part.is_empty();
        for value in part {
            match &value.value {
                Value::Object(inner) => {
                    let found = self.own_member(inner, key, any_case, node);
                    sure &= !found.is_empty();
                    values.extend(found);
                }
                Value::Handed(handed) => {
                    let (found, _) = self.part_member(&vec![handed.otherwise.clone()], key, any_case, node);
                    sure = false;
                    values.extend(found);
                }
                Value::Module(_) => match self.header_like(value, key, any_case, node) {
                    Some(found) => values.extend(found),
                    None => sure = false,
                },
                Value::Instance(_) | Value::Api(_) => {
                    sure = false;
                    if let Some(found) = self.header_like(value, key, any_case, node) {
                        values.extend(found);
                    }
                }
                Value::Unknown(_) => {
                    sure = false;
                    values.push(value.clone());
                }
                _ => sure = false,
            }
        }
        (values, sure)
    }

    /// The member of something that is not a literal, where it has it.
    fn header_like(&mut self, value: &Traced, key: &PlaceKey, any_case: bool, node: Node) -> Option<Vals> {
        let PlaceKey::Name(name) = key else { return None };
        if any_case {
            let found = self.entry(value, name, node);
            return (!found.is_empty()).then_some(found);
        }
        let found = self.members(&vec![value.clone()], key, node, &None);
        let useful = found.iter().any(|found| !found.value.is_unknown());
        useful.then_some(found)
    }

    /// What is written to the member of an object that is held at `owners`.
    pub(crate) fn written(&mut self, owners: &[Owner], key: &PlaceKey, any_case: bool, node: Node) -> Written {
        let mut all = Written { values: Vals::new(), settled: false, fills: Vec::new() };
        let mut done: Vec<(crate::text::FileId, usize)> = Vec::new();
        for owner in owners {
            let Some(lowered) = self.lowered(owner.file) else { continue };
            let mut writes = Vec::new();
            for effect in lowered.index.effects(&owner.root) {
                let EffectKind::Write(nth) = effect.kind else { continue };
                if effect.path != owner.path || done.contains(&(owner.file, nth)) {
                    continue;
                }
                let write = &lowered.ir.writes[nth];
                let hit = match &write.key {
                    Key::Computed(computed) => {
                        self.eval(Node { file: owner.file, expr: *computed }, &None).iter().any(|key_value| {
                            match &key_value.value {
                                Value::Str(pattern) => pattern.text().is_some_and(|text| hits(text, key, any_case)),
                                _ => false,
                            }
                        })
                    }
                    known => key_hits(known, key, any_case),
                };
                if hit {
                    writes.push(nth);
                }
            }
            let seen = owner.seen.or((owner.file == node.file).then_some(node.expr));
            let around = seen.map_or(crate::ir::BlockId(0), |seen| lowered.ir.block_of(seen));
            let (writes, events, doubtful) = self.running_writes(owner.file, &writes, around, &owner.ctx);
            let reached = match seen {
                Some(seen) => {
                    let found = reaching(&lowered.ir, &events, lowered.ir.span(seen).start, lowered.ir.block_of(seen));
                    all.settled |= found.settled;
                    found.events
                }
                None => (0..events.len()).collect(),
            };
            for nth in reached {
                let write = &lowered.ir.writes[writes[nth]];
                done.push((owner.file, writes[nth]));
                let word = match &write.key {
                    Key::Name(name) => Some(name),
                    Key::Computed(name) => lowered.ir.key_word(*name),
                    Key::Index(_) => None,
                };
                let fills = word.is_some_and(|word| lowered.ir.is_where_absent(write.block, write.base, word));
                for value in self.eval(Node { file: owner.file, expr: write.value }, &owner.ctx) {
                    if fills {
                        all.fills.push(all.values.len());
                    }
                    let value = value.step(owner.file, write.span, || format!("written to `{}`", shown(key)));
                    let is_doubtful = doubtful.contains(&writes[nth]);
                    all.values.push(if is_doubtful { value.doubted(owner.file, write.span) } else { value });
                }
            }
        }
        all
    }

    /// Those of a file's property writes that may run, seen from `around`: as events, where they run for sure, and which
    /// of them hang on a condition about the request that was not decided.
    fn running_writes(
        &mut self,
        file: FileId,
        writes: &[usize],
        around: BlockId,
        ctx: &Ctx,
    ) -> (Vec<usize>, Vec<Event>, Vec<usize>) {
        let (mut running, mut events, mut doubtful) = (Vec::new(), Vec::new(), Vec::new());
        let Some(lowered) = self.lowered(file) else { return (running, events, doubtful) };
        for &nth in writes {
            let write = &lowered.ir.writes[nth];
            let mut block = write.block;
            match self.runs(file, block, around, ctx) {
                Runs::Never => continue,
                Runs::Always => block = self.lifted(file, block, ctx),
                Runs::Perhaps { on_request: true, .. } => doubtful.push(nth),
                Runs::Perhaps { .. } => {}
            }
            running.push(nth);
            events.push(Event { at: write.at, block });
        }
        (running, events, doubtful)
    }

    /// What functions to which the object is given write to the member; with `merges`, only what merges others into it.
    fn handed_on(&mut self, owners: &[Owner], key: &PlaceKey, any_case: bool, merges: bool, node: Node) -> Vals {
        let mut values = Vals::new();
        for owner in owners {
            let Some(lowered) = self.lowered(owner.file) else { continue };
            let effects = lowered.index.effects(&owner.root).to_vec();
            for effect in effects {
                let EffectKind::Passed(call, nth) = effect.kind else { continue };
                if effect.path != owner.path {
                    continue;
                }
                let Expr::Call { callee, .. } = lowered.ir.expr(call) else { continue };
                let call = Node { file: owner.file, expr: call };
                for called in self.eval(Node { file: owner.file, expr: *callee }, &None) {
                    match &called.value {
                        Value::Func(closure) if !merges => {
                            let inner = self.param_owners(closure.func, nth);
                            let ctx = self.call_frame(closure, Args::Of(call, owner.ctx.clone()), None);
                            values.extend(self.written_under(&inner, key, any_case, node, &ctx));
                        }
                        Value::Api(api) if nth == 0 => {
                            let states = self.rules.automaton.step(&api.states, &crate::rules::path::Step::Call);
                            let rules = self.rules;
                            let merging = rules.facts(&states).find_map(|fact| match fact {
                                Fact::Pass(pass) if !pass.merge.is_empty() => Some(pass),
                                _ => None,
                            });
                            if let Some(pass) = merging {
                                rules.answered(&**pass);
                                for part in self.rest_args(call, 1) {
                                    let (found, _) = self.part_member(&part, key, any_case, node);
                                    values.extend(found);
                                }
                            }
                        }
                        _ => {}
                    }
                }
            }
        }
        values
    }

    fn rest_args(&mut self, call: Node, from: usize) -> Vec<Vals> {
        let Some(lowered) = self.lowered(call.file) else { return Vec::new() };
        let Expr::Call { args, .. } = lowered.ir.expr(call.expr) else { return Vec::new() };
        args.iter().skip(from).map(|arg| self.eval(Node { file: call.file, expr: arg.expr }, &None)).collect()
    }

    /// The variables that hold a function's parameter.
    pub(crate) fn param_owners(&self, func: super::value::FuncRef, index: u32) -> Vec<Owner> {
        let Some(lowered) = self.lowered(func.file) else { return Vec::new() };
        let bindings = lowered.index.param_bindings.get(&(func.func, index)).cloned().unwrap_or_default();
        bindings.into_iter().map(|binding| Owner::new(func.file, Root::Local(binding))).collect()
    }

    /// The variables that hold a member of a parameter, under the parameter's own name or taken out of it.
    pub(crate) fn member_owners(&self, func: super::value::FuncRef, index: u32, member: &Name) -> Vec<Owner> {
        let mut owners = self.param_owners(func, index);
        for owner in &mut owners {
            owner.path.push(PlaceKey::Name(member.clone()));
        }
        let Some(lowered) = self.lowered(func.file) else { return owners };
        let ir = &lowered.ir;
        let takes_it_out = |value: crate::ir::ExprId| match ir.expr(ir.strip(value)) {
            Expr::Field { base, key: Key::Name(name) } => {
                let from = ir.expr(ir.strip(*base));
                name == member
                    && matches!(from, Expr::Param { func: of, index: at, .. } if *of == func.func && *at == index)
            }
            _ => false,
        };
        for (id, binding) in (0u32..).map(crate::ir::BindingId).zip(&ir.bindings) {
            if binding.defs.iter().any(|def| takes_it_out(def.value)) {
                owners.push(Owner::new(func.file, Root::Local(id)));
            }
        }
        owners
    }

    /// [`written`](Eval::written), the values evaluated under a context.
    pub(crate) fn written_under(
        &mut self,
        owners: &[Owner],
        key: &PlaceKey,
        any_case: bool,
        _node: Node,
        ctx: &Ctx,
    ) -> Vals {
        let mut values = Vals::new();
        for owner in owners {
            let Some(lowered) = self.lowered(owner.file) else { continue };
            let hits = |effect: &crate::project::Effect| match effect.kind {
                EffectKind::Write(nth) => {
                    let hit = effect.path == owner.path && key_hits(&lowered.ir.writes[nth].key, key, any_case);
                    hit.then_some(nth)
                }
                _ => None,
            };
            let writes: Vec<usize> = lowered.index.effects(&owner.root).iter().filter_map(hits).collect();
            let Some(&first) = writes.first() else { continue };
            let (writes, events, doubtful) = self.running_writes(owner.file, &writes, BlockId(0), ctx);
            // what is there when the function has run
            let func = lowered.ir.blocks[lowered.ir.writes[first].block.index()].func;
            let func = lowered.ir.func(func);
            let reached = reaching(&lowered.ir, &events, func.span.end, func.block).events;
            for nth in reached {
                let write = &lowered.ir.writes[writes[nth]];
                for value in self.eval(Node { file: owner.file, expr: write.value }, ctx) {
                    let value = value.step(owner.file, write.span, || format!("written to `{}`", shown(key)));
                    let is_doubtful = doubtful.contains(&writes[nth]);
                    values.push(if is_doubtful { value.doubted(owner.file, write.span) } else { value });
                }
            }
        }
        values
    }

    /// What a class's own code writes to `this.name`, seen from a read at `node`.
    pub(crate) fn this_writes(
        &mut self,
        class: ClassRef,
        name: &Name,
        made: Option<&Rc<Object>>,
        node: Node,
    ) -> Written {
        let mut all = Written { values: Vals::new(), settled: false, fills: Vec::new() };
        let Some(lowered) = self.lowered(class.file) else { return all };
        let root = Root::This(ThisOf::Class(class.class));
        let writes: Vec<usize> = lowered
            .index
            .effects(&root)
            .iter()
            .filter_map(|effect| match effect.kind {
                EffectKind::Write(nth) if effect.path.is_empty() => Some(nth),
                _ => None,
            })
            .filter(|&nth| super::members::same_key(&lowered.ir.writes[nth].key, &PlaceKey::Name(name.clone())))
            .collect();
        let events: Vec<Event> = writes
            .iter()
            .map(|&nth| Event { at: lowered.ir.writes[nth].at, block: lowered.ir.writes[nth].block })
            .collect();
        let mut reached: Vec<usize> = (0..events.len()).collect();
        if node.file == class.file {
            let span = lowered.ir.span(node.expr);
            let found = reaching(&lowered.ir, &events, span.start, lowered.ir.block_of(node.expr));
            if found.settled {
                reached = found.events;
                all.settled = true;
            }
        }
        let frame = self.constructor_frame(class, made);
        let constructor = lowered.ir.class(class.class).constructor().map(|method| method.func);
        let ctx_in = |block: crate::ir::BlockId| {
            let mut func = Some(lowered.ir.blocks[block.index()].func);
            let mut in_constructor = false;
            while let Some(current) = func {
                in_constructor |= Some(current) == constructor;
                func = lowered.ir.func(current).parent;
            }
            if in_constructor { frame.clone() } else { None }
        };
        for nth in reached {
            let write = &lowered.ir.writes[writes[nth]];
            let mut contexts = vec![ctx_in(write.block)];
            if let (None, Some(object)) = (&contexts[0], made) {
                let known = self.method_calls_on(class, write.block, object);
                contexts = if known.is_empty() { contexts } else { known };
            }
            for ctx in contexts {
                for value in self.eval(Node { file: class.file, expr: write.value }, &ctx) {
                    all.values.push(value.step(class.file, write.span, || format!("kept in `this.{name}`")));
                }
            }
        }
        if all.settled {
            return all;
        }
        for effect in lowered.index.effects(&root) {
            let EffectKind::Passed(call, 0) = effect.kind else { continue };
            let Expr::Call { callee, args, .. } = lowered.ir.expr(call) else { continue };
            if !effect.path.is_empty() || !self.merges(Node { file: class.file, expr: *callee }) {
                continue;
            }
            let ctx = ctx_in(lowered.ir.block_of(call));
            for arg in args.iter().skip(1) {
                let part = self.eval(Node { file: class.file, expr: arg.expr }, &ctx);
                let (found, _) = self.part_member(&part, &PlaceKey::Name(name.clone()), false, node);
                let span = lowered.ir.span(call);
                let stepped =
                    found.into_iter().map(|value| value.step(class.file, span, || "merged into `this`".to_owned()));
                all.values.extend(stepped);
            }
        }
        all
    }

    /// The calls of the method around a block on an object that was made at a known place: of those before the read through
    /// which it is seen, the last. None where none is known to be on this object.
    fn method_calls_on(&mut self, class: ClassRef, block: BlockId, object: &Rc<Object>) -> Vec<Ctx> {
        /// Calls of one method that are looked at.
        const CALLS: usize = 16;
        let Some(lowered) = self.lowered(class.file) else { return Vec::new() };
        let mut method = lowered.ir.blocks[block.index()].func;
        while lowered.ir.func(method).class != Some(class.class) {
            let Some(parent) = lowered.ir.func(method).parent else { return Vec::new() };
            method = parent;
        }
        if lowered.ir.func(method).params.is_empty() || !lowered.ir.func(method).is_method {
            return Vec::new();
        }
        let func = super::value::FuncRef { file: class.file, func: method };
        let callers = self.callers_of(func);
        if callers.cut || callers.calls.len() > CALLS {
            return Vec::new();
        }
        let mut on_it = Vec::new();
        for &call in &callers.calls {
            let Some(there) = self.lowered(call.file) else { continue };
            let Some(receiver) = there.ir.receiver(call.expr) else { continue };
            let receivers = self.eval(Node { file: call.file, expr: receiver }, &None);
            let is_it =
                |value: &Traced| matches!(&value.value, Value::Object(receiver) if receiver.node == object.node);
            if receivers.iter().any(is_it) {
                on_it.push(call);
            }
        }
        for owner in &object.owners {
            let Some((seen, there)) = owner.seen.zip(self.lowered(owner.file)) else { continue };
            let here: Vec<Node> = on_it.iter().filter(|call| call.file == owner.file).copied().collect();
            let event = |call: &Node| Event { at: there.ir.span(call.expr).end, block: there.ir.block_of(call.expr) };
            let events: Vec<Event> = here.iter().map(event).collect();
            let found = reaching(&there.ir, &events, there.ir.span(seen).start, there.ir.block_of(seen));
            if found.settled {
                on_it = found.events.into_iter().map(|nth| here[nth]).collect();
                break;
            }
        }
        let made_in = |call: &Node| {
            let there = self.lowered(call.file)?;
            let is_there =
                call.file == object.node.file && there.ir.func_of(call.expr) == there.ir.func_of(object.node.expr);
            object.ctx.clone().filter(|_| is_there)
        };
        let contexts: Vec<(Node, Ctx)> = on_it.iter().map(|call| (*call, made_in(call))).collect();
        let closure = Closure { func, ctx: None, this: None };
        let this = Traced::new(Value::Object(object.clone()));
        let frame = |(call, ctx): (Node, Ctx)| self.call_frame(&closure, Args::Of(call, ctx), Some(this.clone()));
        contexts.into_iter().map(frame).collect()
    }

    /// Whether a call of this merges its later arguments into the first.
    fn merges(&mut self, callee: Node) -> bool {
        self.eval(callee, &None).iter().any(|called| match &called.value {
            Value::Api(api) => {
                let states = self.rules.automaton.step(&api.states, &crate::rules::path::Step::Call);
                self.rules.facts(&states).any(|fact| matches!(fact, Fact::Pass(pass) if !pass.merge.is_empty()))
            }
            _ => false,
        })
    }

    /// The entry `name` of a header map, an options object or a list of pairs; keys compared without case.
    pub fn entry(&mut self, value: &Traced, name: &str, node: Node) -> Vals {
        let key = PlaceKey::Name(name.into());
        match &value.value {
            Value::Object(object) => {
                if let Some(items) = self.items(object) {
                    // a list of pairs, or of names each followed by its value
                    let mut values = Vals::new();
                    let is_it = |found: &Traced| match &found.value {
                        Value::Str(text) => text.text().is_some_and(|text| text.eq_ignore_ascii_case(name)),
                        // a library's constant of that name
                        value => {
                            let names = value.names();
                            // its place in the list is no part of its name
                            let last = names.iter().rev().find(|name| name.parse::<u32>().is_err());
                            last.is_some_and(|last| last.eq_ignore_ascii_case(name))
                        }
                    };
                    let mut follows = false;
                    for item in &items {
                        let item = self.item(item);
                        if std::mem::take(&mut follows) {
                            values.extend(item);
                            continue;
                        }
                        follows = item.iter().any(is_it);
                        let names = self.members(&item, &PlaceKey::Index(0), node, &None);
                        if names.iter().any(is_it) {
                            values.extend(self.members(&item, &PlaceKey::Index(1), node, &None));
                        }
                    }
                    return values;
                }
                self.own_member(object, &key, true, node)
            }
            Value::Unknown(_) => vec![value.clone()],
            _ => Vals::new(),
        }
    }
}

fn hits(text: &str, key: &PlaceKey, any_case: bool) -> bool {
    match key {
        PlaceKey::Name(name) => same_text(text, name, any_case),
        PlaceKey::Index(index) => text == index.to_string(),
        _ => false,
    }
}

fn key_hits(known: &Key, key: &PlaceKey, any_case: bool) -> bool {
    match (known, key) {
        (Key::Name(known), PlaceKey::Name(name)) => same_text(known, name, any_case),
        _ => super::members::same_key(known, key),
    }
}

fn same_text(left: &str, right: &str, any_case: bool) -> bool {
    left == right || (any_case && left.eq_ignore_ascii_case(right))
}

fn shown(key: &PlaceKey) -> String {
    match key {
        PlaceKey::Name(name) if is_made_key(name) => "[…]".to_owned(),
        PlaceKey::Name(name) | PlaceKey::Call(name) => name.to_string(),
        PlaceKey::Index(index) => index.to_string(),
        PlaceKey::Computed(_) => "[…]".to_owned(),
    }
}
