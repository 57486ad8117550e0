//! Strings and URLs that grow in place, by calls on the variable that holds them.

use super::calls::Site;
use super::engine::Eval;
use super::value::{Ctx, Node, Pattern, Traced, Vals, Value};
use crate::ir::{BindingId, Expr, Name};
use crate::project::{Effect, EffectKind, Lowered, PlaceKey, Root};
use crate::rules::Fact;
use crate::rules::automaton::States;
use crate::rules::path::{Root as ApiRoot, Step};

impl<'s> Eval<'s> {
    /// What was appended to a variable before it is read at `node`.
    pub(crate) fn appended(
        &mut self,
        lowered: &'s Lowered,
        values: Vals,
        binding: BindingId,
        node: Node,
        ctx: &Ctx,
    ) -> Vals {
        if !values.iter().any(|value| matches!(value.value, Value::Str(_))) {
            return values;
        }
        let at = lowered.ir.span(node.expr).start;
        let rules = self.rules;
        let mut parts = Vec::new();
        for effect in lowered.index.effects(&Root::Local(binding)) {
            let EffectKind::Method(call) = effect.kind else { continue };
            if effect.at > at {
                continue;
            }
            let states = self.after(lowered, effect, call);
            for fact in rules.facts(&states) {
                let Fact::Pass(pass) = fact else { continue };
                if pass.append.is_some() || pass.segment.is_some() {
                    rules.answered(&**pass);
                }
                let site = Site::new(Node { file: node.file, expr: call }, ctx);
                if let Some(slot) = &pass.append
                    && effect.path.is_empty()
                {
                    parts.push(self.slot(slot, &site));
                }
                if let Some(slot) = &pass.segment {
                    parts.push(vec![Traced::new(Value::Str(Pattern::lit("/")))]);
                    parts.push(self.slot(slot, &site));
                }
            }
        }
        if parts.is_empty() {
            return values;
        }
        parts.insert(0, values);
        self.join(parts)
    }

    /// What the rules for anything know after the calls on the way to an effect, and its own.
    fn after(&self, lowered: &Lowered, effect: &Effect, call: crate::ir::ExprId) -> States {
        let any = self.rules.automaton.root(&ApiRoot::Any);
        let called = |states: &States, name: &Name| {
            let next = self.rules.automaton.step(states, &Step::Member(name.to_string()));
            let next = self.rules.automaton.step(&next, &Step::Call);
            if next.is_empty() && self.rules.hands_on(name) { states.clone() } else { next }
        };
        let mut states = any;
        for key in &effect.path {
            states = match key {
                PlaceKey::Call(name) => called(&states, name),
                _ => States::new(),
            };
        }
        let Expr::Call { callee, .. } = lowered.ir.expr(call) else { return States::new() };
        super::callers::last_name(&lowered.ir, *callee).map_or_else(States::new, |name| called(&states, &name))
    }
}
