//! What is done to an object that takes part in a request, besides the call that makes it: calls on the variable that
//! holds it, on its parts, and calls that it is given to.

use super::request::Request;
use crate::eval::value::{Args, Ctx, Node, Owner, Value};
use crate::eval::{Eval, Site};
use crate::ir::{BindingKind, CallKind, Expr, ExprId, Key, Name};
use crate::project::{Effect, EffectKind, Lowered, PlaceKey, Root};
use crate::rules::automaton::{State, States};
use crate::rules::path::Step;
use crate::rules::{Fact, Rules};

/// Which calls on an object count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Changes {
    /// Those that change it: it is a class or module, and what is made by its functions is no part of it.
    Itself,
    /// Those that change it or a part of it.
    InPlace,
    /// Also those that make a changed copy: the code gets it on its way and hands on what it makes of it.
    OnTheWay,
}

impl<'r> Request<'r> {
    /// Calls that change the object that an owner holds.
    pub(super) fn add_effects(
        &mut self,
        eval: &mut Eval<'r>,
        owner: &Owner,
        states: &[State],
        ctx: &Ctx,
        changes: Changes,
        nesting: u8,
    ) {
        let Some(lowered) = eval.lowered(owner.file) else { return };
        for effect in lowered.index.effects(&owner.root) {
            match effect.kind {
                EffectKind::Method(call) => {
                    self.add_method(eval, lowered, effect, call, (owner, states, ctx), changes, nesting);
                }
                EffectKind::Passed(call, nth) if effect.path == owner.path => {
                    let call = Node { file: owner.file, expr: call };
                    self.add_passed(eval, lowered, call, nth, ctx, nesting);
                    if changes != Changes::Itself && nesting > 0 && is_of_project(lowered, call.expr) {
                        self.add_helpers(eval, call, nth, states, ctx, nesting - 1);
                    }
                }
                EffectKind::Passed(..) | EffectKind::Write(_) => {}
            }
        }
    }

    #[allow(clippy::too_many_arguments, reason = "one place of the object with all that is known of it")]
    fn add_method(
        &mut self,
        eval: &mut Eval<'r>,
        lowered: &'r Lowered,
        effect: &Effect,
        call: ExprId,
        (owner, states, ctx): (&Owner, &[State], &Ctx),
        changes: Changes,
        nesting: u8,
    ) {
        let rules = eval.rules();
        let Some(rest) = effect.path.strip_prefix(owner.path.as_slice()) else { return };
        let Some((call, name, rest)) = inner_call(rules, lowered, call, rest) else { return };
        // what is made of the object is another object: a request of a client
        let makes = |states: &[State]| {
            changes != Changes::OnTheWay
                && rules.facts(states).any(|fact| matches!(fact, Fact::Call(fact) if !fact.mutates))
        };
        let mut at: States = states.iter().copied().collect();
        for key in rest {
            match key {
                PlaceKey::Name(name) => at = rules.automaton.step(&at, &Step::Member(name.to_string())),
                PlaceKey::Call(name) => {
                    at = called(rules, &at, name);
                    if makes(&at) {
                        return;
                    }
                }
                _ => {}
            }
        }
        let node = Node { file: owner.file, expr: call };
        let Some(doubtful) = eval.running(node, ctx) else { return };
        at = called(rules, &at, name);
        let changes_it = |fact: &Fact| matches!(fact, Fact::Call(fact) if fact.mutates || changes == Changes::OnTheWay && !fact.sends);
        if rules.facts(&at).any(changes_it) {
            let before = self.parts.len();
            self.add_facts(eval, &at, &Site::new(node, ctx), nesting);
            let fills = fills_absent(lowered, call);
            for part in &mut self.parts[before..] {
                part.doubtful |= doubtful;
                part.fills |= fills;
            }
        } else if changes != Changes::Itself && !at.is_empty() && !makes(&at) && nesting > 0 {
            // a part of it under a name of its own: `let headers = request.headers_mut();`
            if let Some(binding) = holder(rules, lowered, call) {
                let part = Owner { ctx: ctx.clone(), ..Owner::new(owner.file, Root::Local(binding)) };
                self.add_effects(eval, &part, &at, ctx, Changes::InPlace, nesting - 1);
            }
        }
    }

    /// A call that changes the object which it is given.
    fn add_passed(&mut self, eval: &mut Eval<'r>, lowered: &'r Lowered, call: Node, nth: u32, ctx: &Ctx, nesting: u8) {
        let rules = eval.rules();
        let Expr::Call { callee, .. } = lowered.ir.expr(call.expr) else { return };
        let name = crate::project::last_name(&lowered.ir, *callee);
        if !name.is_some_and(|name| rules.changing_members.contains(&*name)) {
            return;
        }
        for function in eval.callees(call, ctx) {
            let Value::Api(api) = &function.value else { continue };
            let states = rules.automaton.step(&api.states, &Step::Call);
            if rules.facts(&states).any(|fact| matches!(fact, Fact::Call(fact) if fact.changes == Some(nth))) {
                self.add_facts(eval, &states, &Site::of(call, ctx, api), nesting);
            }
        }
    }

    /// What functions of the project do to the object that they are given by a call.
    fn add_helpers(&mut self, eval: &mut Eval<'r>, call: Node, nth: u32, states: &[State], ctx: &Ctx, nesting: u8) {
        for function in eval.callees(call, ctx) {
            let Value::Func(helper) = &function.value else { continue };
            let inner = eval.call_frame(helper, Args::Of(call, ctx.clone()), helper.this.clone());
            for owner in eval.param_owners(helper.func, nth) {
                let owner = Owner { ctx: inner.clone(), ..owner };
                self.add_effects(eval, &owner, states, &inner, Changes::InPlace, nesting);
            }
        }
    }
}

/// Whether a call sets something only where the object that it is called on lacks it.
fn fills_absent(lowered: &Lowered, call: ExprId) -> bool {
    let ir = &lowered.ir;
    let (Expr::Call { args, .. }, Some(object)) = (ir.expr(call), ir.receiver(call)) else { return false };
    let key = args.first().and_then(|arg| ir.key_word(arg.expr));
    key.is_some_and(|key| ir.is_where_absent(ir.block_of(call), object, key))
}

/// Whether a call may call a function of the project, by syntax alone: by its name or path, or a method of an object that
/// is made here or held by the one around it.
fn is_of_project(lowered: &Lowered, call: ExprId) -> bool {
    let ir = &lowered.ir;
    let Expr::Call { callee, .. } = ir.expr(call) else { return false };
    let is_made = |value: ExprId| {
        matches!(ir.expr(ir.strip(value)), Expr::Object { .. } | Expr::Call { kind: CallKind::New, .. })
    };
    match ir.expr(ir.strip(*callee)) {
        Expr::Local(_) => true,
        Expr::Field { base, .. } => match ir.expr(ir.strip(*base)) {
            Expr::This(_) | Expr::Import(_) => true,
            Expr::Field { base, .. } => matches!(ir.expr(ir.strip(*base)), Expr::This(_)),
            Expr::Local(binding) => {
                let binding = ir.binding(*binding);
                matches!(binding.kind, BindingKind::Import | BindingKind::Class)
                    || binding.defs.iter().any(|def| is_made(def.value))
            }
            _ => false,
        },
        _ => false,
    }
}

/// The call that does something, its name and the way to it: `easy.url(u)` of `easy.url(u).unwrap()`.
fn inner_call<'a>(
    rules: &Rules,
    lowered: &'a Lowered,
    mut call: ExprId,
    mut rest: &'a [PlaceKey],
) -> Option<(ExprId, &'a Name, &'a [PlaceKey])> {
    loop {
        let Expr::Call { callee, .. } = lowered.ir.expr(call) else { return None };
        let Expr::Field { base, key: Key::Name(name) } = lowered.ir.expr(lowered.ir.strip(*callee)) else {
            return None;
        };
        let inner = lowered.ir.strip(*base);
        match rest.split_last() {
            Some((PlaceKey::Call(_), before))
                if rules.hands_on(name) && matches!(lowered.ir.expr(inner), Expr::Call { .. }) =>
            {
                (call, rest) = (inner, before);
            }
            _ => return Some((call, name, rest)),
        }
    }
}

/// The states after a method's call; those before it where the method only hands the value on: `.unwrap()`.
fn called(rules: &Rules, states: &[State], name: &Name) -> States {
    let called = |states: &[State]| {
        rules.automaton.step(&rules.automaton.step(states, &Step::Member(name.to_string())), &Step::Call)
    };
    let next = called(states);
    if next.is_empty() && rules.hands_on(name) { states.iter().copied().collect() } else { next }
}

/// The variable that holds a call's result, handed on by methods that do no more than that.
fn holder(rules: &Rules, lowered: &Lowered, call: ExprId) -> Option<crate::ir::BindingId> {
    let ir = &lowered.ir;
    let mut at = call;
    loop {
        if let Some(binding) = lowered.index.binding_of.get(&at) {
            return Some(*binding);
        }
        let parent = ir.parents[at.index()]?;
        match ir.expr(parent) {
            Expr::Through(..) => at = parent,
            Expr::Field { base, key: Key::Name(name) } if *base == at && rules.hands_on(name) => {
                let outer = ir.parents[parent.index()]?;
                let is_called = matches!(ir.expr(outer), Expr::Call { callee, .. } if *callee == parent);
                at = is_called.then_some(outer)?;
            }
            _ => return None,
        }
    }
}
