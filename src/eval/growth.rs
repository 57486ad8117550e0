//! Strings and URLs that grow in place, by calls on the variable that holds them.

use super::calls::Site;
use super::conditions::Runs;
use super::engine::{ALTERNATIVES, Eval};
use super::matching::with_part;
use super::reach::{Event, reaching};
use super::value::{Ctx, Node, Pattern, Traced, Vals, Value};
use crate::ir::{BindingId, CallKind, Expr, ExprId, Key, Name};
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
        let any = self.rules.automaton.root(&ApiRoot::Any);
        let mut growth = Vec::new();
        self.collect_growth(lowered, binding, &any, 0, &mut growth);
        growth.retain(|(effect, _)| effect.at <= at);
        growth.sort_by_key(|(effect, _)| effect.at);
        let mut parts = Vec::new();
        for (effect, states) in growth {
            let EffectKind::Method(call) = effect.kind else { continue };
            let site = Site::new(Node { file: node.file, expr: call }, ctx);
            self.added(&states, &site, effect.path.is_empty(), &mut parts);
        }
        if parts.is_empty() {
            return values;
        }
        parts.insert(0, values);
        self.join(parts)
    }

    /// What a call adds to the text that it is called on, or (not `is_whole`) to a part of it.
    fn added(&mut self, states: &States, site: &Site, is_whole: bool, parts: &mut Vec<Vals>) {
        let rules = self.rules;
        for fact in rules.facts(states) {
            let Fact::Pass(pass) = fact else { continue };
            if pass.append.is_some() || pass.segment.is_some() {
                rules.answered(&**pass);
            }
            if let Some(slot) = &pass.append
                && is_whole
            {
                parts.push(self.slot(slot, site));
            }
            if let Some(slot) = &pass.segment {
                parts.push(vec![Traced::new(Value::Str(Pattern::lit("/")))]);
                let given = self.slot(slot, site);
                parts.push(self.segments(given));
            }
        }
    }

    /// What one call adds to the text in a variable, about which no more is known.
    pub(super) fn added_by(&mut self, lowered: &Lowered, effect: &Effect, call: Node, ctx: &Ctx) -> Vec<Vals> {
        let any = self.rules.automaton.root(&ApiRoot::Any);
        let states = self.after(lowered, &any, effect, call.expr);
        let mut parts = Vec::new();
        self.added(&states, &Site::new(call, ctx), effect.path.is_empty(), &mut parts);
        parts
    }

    /// The calls on a variable, each with what the rules for anything know of it; also those on a variable that holds
    /// what such a call makes: the guard of `let mut segments = url.path_segments_mut()?`.
    fn collect_growth(
        &self,
        lowered: &'s Lowered,
        binding: BindingId,
        from: &States,
        depth: u8,
        growth: &mut Vec<(&'s Effect, States)>,
    ) {
        let mut guards = vec![binding];
        for effect in lowered.index.effects(&Root::Local(binding)) {
            let EffectKind::Method(call) = effect.kind else { continue };
            let states = self.after(lowered, from, effect, call);
            if states.is_empty() {
                continue;
            }
            if depth == 0
                && let Some((guard, held)) = self.guard_of(lowered, call, &states)
                && !guards.contains(&guard)
            {
                guards.push(guard);
                self.collect_growth(lowered, guard, &held, depth + 1, growth);
            }
            growth.push((effect, states));
        }
    }

    /// The variable that holds what a call makes, as it is or behind calls that hand it on, and what is known of it.
    fn guard_of(&self, lowered: &Lowered, call: ExprId, states: &States) -> Option<(BindingId, States)> {
        let ir = &lowered.ir;
        let (mut child, mut states) = (call, states.clone());
        loop {
            if let Some(binding) = lowered.index.binding_of.get(&child) {
                return Some((*binding, states));
            }
            let parent = ir.parents[child.index()]?;
            states = match ir.expr(parent) {
                Expr::Through(..) => states,
                Expr::Field { base, .. } if *base == child => states,
                Expr::Call { callee, .. } if *callee == child => {
                    self.called(&states, &super::known_as::last_name(ir, *callee)?)
                }
                _ => return None,
            };
            if states.is_empty() {
                return None;
            }
            child = parent;
        }
    }

    /// Lists among what a URL's path grows by, as the texts of their elements with slashes between them.
    fn segments(&mut self, given: Vals) -> Vals {
        let mut texts = Vals::new();
        for value in given {
            let items = match &value.value {
                Value::Object(object) => self.items(object),
                _ => None,
            };
            let Some(items) = items else {
                texts.push(value);
                continue;
            };
            let mut parts = Vec::new();
            for item in &items {
                if !parts.is_empty() {
                    parts.push(vec![Traced::new(Value::Str(Pattern::lit("/")))]);
                }
                parts.push(self.item(item));
            }
            texts.extend(self.join(parts));
        }
        texts
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
                    Expr::Call { callee, args, .. } => match (super::known_as::last_name(ir, *callee), args.first()) {
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
        let made = |value: ExprId| matches!(ir.expr(ir.strip(value)), Expr::Call { kind: CallKind::New, .. });
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

    /// What the rules know after the calls on the way from a variable to an effect, and its own.
    fn after(&self, lowered: &Lowered, from: &States, effect: &Effect, call: ExprId) -> States {
        let mut states = from.clone();
        for key in &effect.path {
            states = match key {
                PlaceKey::Call(name) => self.called(&states, name),
                _ => States::new(),
            };
        }
        let Expr::Call { callee, .. } = lowered.ir.expr(call) else { return States::new() };
        super::known_as::last_name(&lowered.ir, *callee).map_or_else(States::new, |name| self.called(&states, &name))
    }

    /// What the rules know of what a method makes; what only hands the value on changes nothing.
    fn called(&self, states: &States, name: &Name) -> States {
        let next = self.rules.automaton.step(states, &Step::Member(name.to_string()));
        let next = self.rules.automaton.step(&next, &Step::Call);
        if next.is_empty() && self.rules.hands_on(name) { states.clone() } else { next }
    }
}
