//! Strings and URLs that grow in place, by calls on the variable that holds them.

use super::calls::Site;
use super::conditions::Runs;
use super::engine::{ALTERNATIVES, Eval};
use super::matching::with_part;
use super::reach::{Event, reaching};
use super::value::{Ctx, Node, Pattern, Traced, Vals, Value};
use crate::ir::{BindingId, CallKind, Expr, Key, Name};
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
        let values = self.with_parts_set(lowered, values, binding, node, ctx);
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

    /// A URL whose parts are written to before it is read at `node`: `url.pathname = …`, `url.set_path(…)`.
    fn with_parts_set(
        &mut self,
        lowered: &'s Lowered,
        values: Vals,
        binding: BindingId,
        node: Node,
        ctx: &Ctx,
    ) -> Vals {
        let ir = &lowered.ir;
        let (at, around) = (ir.span(node.expr).start, ir.block_of(node.expr));
        let mut set = Vec::new();
        for effect in lowered.index.effects(&Root::Local(binding)) {
            if effect.at > at || !effect.path.is_empty() {
                continue;
            }
            let (name, value) = match effect.kind {
                EffectKind::Write(nth) => match &ir.writes[nth].key {
                    Key::Name(name) => (name.clone(), ir.writes[nth].value),
                    _ => continue,
                },
                EffectKind::Method(call) => match ir.expr(call) {
                    Expr::Call { callee, args, .. } => match (super::callers::last_name(ir, *callee), args.first()) {
                        (Some(name), Some(first)) => (name, first.expr),
                        _ => continue,
                    },
                    _ => continue,
                },
                EffectKind::Passed(..) => continue,
            };
            if let Some(part) = self.rules.url_setters.get(&*name) {
                set.push((*part, value, Event { at: effect.at, block: effect.block }));
            }
        }
        // what is not known is a URL only where it was made as one
        let made =
            |value: crate::ir::ExprId| matches!(ir.expr(ir.strip(value)), Expr::Call { kind: CallKind::New, .. });
        let is_made = ir.binding(binding).defs.iter().any(|def| made(def.value));
        let is_url = |value: &Traced| match &value.value {
            Value::Str(_) => true,
            Value::Unknown(_) | Value::Api(_) => is_made,
            _ => false,
        };
        if set.is_empty() || !values.iter().any(is_url) {
            return values;
        }
        set.sort_by_key(|(.., event)| event.at);
        let mut urls = values;
        for (part, value, mut event) in set {
            match self.runs(node.file, event.block, around, ctx) {
                Runs::Never => continue,
                Runs::Always => event.block = self.lifted(node.file, event.block, ctx),
                Runs::Perhaps { .. } => {}
            }
            let settled = reaching(ir, &[event], at, around).settled;
            let texts = self.eval(Node { file: node.file, expr: value }, ctx);
            if texts.is_empty() {
                continue;
            }
            let mut changed = if settled { Vals::new() } else { urls.clone() };
            for url in &urls {
                if !is_url(url) {
                    changed.push(url.clone());
                    continue;
                }
                for text in &texts {
                    let pattern = with_part(&Pattern::of(url), part, &Pattern::of(text));
                    changed.push(Traced { value: Value::Str(pattern), trail: url.trail.clone() });
                }
            }
            changed.truncate(ALTERNATIVES);
            urls = changed;
        }
        urls
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
