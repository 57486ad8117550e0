//! A request as the calls that build it, from the client's making to the sending.

use super::effects::Changes;
use super::hooks::{Hooked, asked_for, hook_header};
use crate::eval::ambient::{Ambient, Reach, Source};
use crate::eval::keys::Keys;
use crate::eval::value::{Api, ApiStep, Ctx, Node, Pattern, Piece, Traced, Vals, Value};
use crate::eval::{AtHand, Eval, Site};
use crate::ir::{CallKind, Expr};
use crate::rules::automaton::{State, States};
use crate::rules::path::{Root, Step};
use crate::rules::slot::{Base, Into, Slot};
use crate::rules::{CallFact, Fact, Rules, TokenKind};
use std::sync::Arc;

/// The header that carries the credential.
pub(super) const AUTHORIZATION: &str = "authorization";

/// How deep requests made of requests are followed.
pub(super) const NESTING: u8 = 4;

/// One call that adds to a request.
#[derive(Clone)]
pub(super) struct Part<'r> {
    /// What it adds.
    pub fact: &'r CallFact,
    /// The call.
    pub site: Site,
    /// Whether it is handed a whole request, which fixes the target.
    carries: bool,
    /// The function of the client's caller in which the call stands, by its place in the request's list.
    pub hook: Option<usize>,
    /// Whether it hangs on a condition about the request that was not decided.
    pub doubtful: bool,
    /// Whether it only gives what the calls before it have not given.
    pub fills: bool,
}

/// Everything that adds to one request, in the order in which it happens.
#[derive(Clone, Default)]
pub(super) struct Request<'r> {
    /// The calls.
    pub parts: Vec<Part<'r>>,
    /// The instances that the requests are made with, for what is said about them elsewhere.
    pub(super) reaches: Vec<Reach>,
    /// Functions that the library calls with it.
    pub(super) hooks: Vec<Hooked<'r>>,
}

/// Where a request's credential comes from.
pub(super) enum Credential {
    /// The Authorization header's value.
    Header(Vals),
    /// The token alone.
    Bearer(Vals),
    /// What the client adds by itself: the header's value or the token.
    Ambient(Vals),
    /// The library's own.
    Library(TokenKind, Node),
    /// None was found.
    None,
}

impl<'r> Request<'r> {
    /// The request that a call at `node` makes or sends, if the rules know it as one.
    pub(super) fn of_call(eval: &mut Eval<'r>, node: Node, ctx: &Ctx) -> Vec<Request<'r>> {
        let rules = eval.rules();
        let Some(kind) = call_kind(eval, node) else { return Vec::new() };
        let step = if kind == CallKind::New { Step::New } else { Step::Call };
        let mut requests = Vec::new();
        let mut nameless = false;
        let mut of_nameless = None;
        for called in eval.callees(node, ctx) {
            let known: Option<(States, Site)> = match &called.value {
                Value::Api(api) => {
                    let states = rules.automaton.step(&api.states, &step);
                    let is_nameless = states.is_empty() && is_known_by_name_alone(rules, api);
                    (!is_nameless).then(|| (states, Site::of(node, ctx, api)))
                }
                Value::Unknown(_) => None,
                _ => continue,
            };
            let is_nameless = known.is_none();
            // all that is not known is the same request
            if is_nameless && std::mem::replace(&mut nameless, true) {
                continue;
            }
            let (states, site) = known.unwrap_or_else(|| {
                let any = rules.automaton.root(&Root::Any);
                (rules.automaton.step(&any, &step), Site::new(node, ctx))
            });
            let mut request = Request::default();
            // an instance that is called itself is part of the way, as what a method was read from is
            let is_made = matches!(&called.value, Value::Api(api) if matches!(api.step, ApiStep::Call | ApiStep::New));
            if let Some(from) = if is_made { Some(&called) } else { site.receiver.as_ref() } {
                request.add_chain(eval, from, NESTING);
            }
            request.add_facts(eval, &states, &site, NESTING);
            if request.parts.iter().any(|part| part.site.node == node) {
                if is_nameless {
                    of_nameless = Some(requests.len());
                }
                requests.push(request);
            }
        }
        // `options.fetch ?? fetch`: what is not known stands in for the client that is
        if let Some(nth) = of_nameless
            && requests.len() > 1
        {
            requests.remove(nth);
        }
        requests
    }

    /// The request that a value carries: a builder, an instance, a header map.
    pub(super) fn of_value(eval: &mut Eval<'r>, value: &Traced, nesting: u8) -> Request<'r> {
        let mut request = Request::default();
        request.add_chain(eval, value, nesting);
        request
    }

    /// Whether one of the calls sends it.
    pub(super) fn sends(&self) -> bool {
        self.parts.iter().any(|part| part.fact.sends)
    }

    /// Whether the client is not known.
    pub(super) fn tentative(&self) -> bool {
        self.parts.iter().filter(|part| part.fixes_target()).all(|part| part.fact.tentative)
    }

    /// The call that fixes the target: the last one that gives a URL or stands for an endpoint.
    pub(super) fn target(&self) -> Option<&Part<'r>> {
        self.parts.iter().rev().find(|part| part.fixes_target())
    }

    /// The client's name.
    pub(super) fn client(&self) -> Arc<str> {
        self.target().map_or_else(|| "".into(), |part| part.fact.client.clone())
    }

    /// Every URL the request may go to.
    pub(super) fn urls(&self, eval: &mut Eval<'r>) -> Vec<Pattern> {
        let urls = self.given_urls(eval);
        let bases = self.bases(eval, &urls);
        if bases.is_empty() { urls } else { against(&bases, &urls) }
    }

    /// Every URL as the call gives it.
    pub(super) fn given_urls(&self, eval: &mut Eval<'r>) -> Vec<Pattern> {
        let Some(part) = self.target() else { return Vec::new() };
        let mut urls: Vec<Pattern> = Vec::new();
        for slot in &part.fact.url {
            let found: Vals = eval.slot(slot, &part.site);
            for value in &found {
                match &value.value {
                    // `request('PATCH', url)`
                    Value::Str(pattern) if pattern.text().is_some_and(is_verb) => {}
                    Value::Str(pattern) => urls.push(pattern.clone()),
                    // a URL object or a library's setting, or not known
                    Value::Unknown(_) | Value::Api(_) => urls.push(Pattern::of(value)),
                    _ => {}
                }
            }
            if urls.iter().any(|url| url.prefix() != "" || url.pieces.len() > 1) {
                break;
            }
        }
        urls
    }

    /// What relative URLs are relative to.
    pub(super) fn bases(&self, eval: &mut Eval<'r>, urls: &[Pattern]) -> Vec<Pattern> {
        let mut bases: Vec<Pattern> = Vec::new();
        for part in &self.parts {
            let found = patterns(eval, &part.fact.base, &part.site);
            // options of which nothing is known most likely leave the base as it is
            let is_vague = |base: &Pattern| match base.pieces.as_slice() {
                [Piece::Hole(hole)] if hole.value.is_unknown() => {
                    let names = hole.value.names();
                    let mut members = part.fact.base.iter().filter_map(Slot::last_member);
                    members.any(|member| names.last().is_some_and(|last| **last == *member))
                }
                _ => false,
            };
            if bases.is_empty() || !found.iter().all(is_vague) {
                bases = found;
            }
            let behind = patterns(eval, &part.fact.path, &part.site);
            if !behind.is_empty() {
                bases = if bases.is_empty() { behind } else { against(&bases, &behind) };
            }
        }
        // what is said elsewhere about the client is asked for only where a path of an endpoint may come behind it
        if bases.is_empty() && urls.iter().any(|url| leads_to_endpoint(eval, url)) {
            let mut reaches = self.reaches.clone();
            reaches.push(Reach::Client(self.client()));
            for ambient in self.ambient_sources(eval, &reaches) {
                match ambient.source {
                    Source::Base(node) => {
                        let values = eval.value(node, &None);
                        bases.extend(values.iter().filter_map(as_pattern));
                    }
                    Source::Call(node, fact) => {
                        if let Some(fact) = eval.call_fact(fact).filter(|fact| !fact.base.is_empty()) {
                            let site = eval.ambient_site(node);
                            bases.extend(patterns(eval, &fact.base, &site));
                        }
                    }
                    Source::Write(..) | Source::Replaced(_) | Source::Method(..) => {}
                }
            }
        }
        bases
    }

    /// Where something is said about requests with one of these reaches that comes to this one.
    pub(super) fn ambient_sources(&self, eval: &mut Eval<'r>, reaches: &[Reach]) -> Vec<Ambient> {
        self.target().map_or_else(Vec::new, |target| eval.ambient(reaches, target.site.node.file))
    }

    /// What the method may be; empty where none is given.
    pub(super) fn methods(&self, eval: &mut Eval<'r>) -> Vals {
        let rules = eval.rules();
        // a whole request stands where other calls have the method: what made it says the method
        let is_request = |value: &Value| match value {
            Value::Api(api) => {
                rules.facts(&api.states).any(|fact| matches!(fact, Fact::Call(fact) if !fact.url.is_empty()))
            }
            _ => false,
        };
        let mut whole = Vals::new();
        for part in self.parts.iter().rev() {
            for slot in part.asked(eval, &part.fact.method) {
                // the argument of a client that is not known is a method only if it reads like one
                let positional = part.fact.tentative && slot.path.is_empty() && matches!(slot.base, Base::Arg(_));
                let found: Vals = eval
                    .slot(slot, &part.site)
                    .into_iter()
                    .filter(|value| match &value.value {
                        Value::Null => false,
                        Value::Str(pattern) if positional => pattern.text().is_some_and(is_verb),
                        _ => !positional,
                    })
                    .collect();
                if !found.is_empty() {
                    if found.iter().all(|value| is_request(&value.value)) {
                        whole = found;
                        continue;
                    }
                    return found;
                }
            }
        }
        whole
    }

    /// The keys of the body; `None` where nothing is known of a body.
    pub(super) fn body_keys(&self, eval: &mut Eval<'r>) -> Option<Keys> {
        for part in self.parts.iter().rev() {
            if !part.fact.body_keys.is_empty() {
                let names = part.fact.body_keys.iter().map(|key| key.as_str().into()).collect();
                return Some(Keys { names, open: false, any: true });
            }
            for slot in part.asked(eval, &part.fact.body) {
                let values = given(eval.slot(slot, &part.site));
                if !values.is_empty() {
                    return Some(eval.keys(&values));
                }
            }
        }
        None
    }

    /// The credential: the last call that gives one counts.
    pub(super) fn credential(&self, eval: &mut Eval<'r>) -> Credential {
        let at_hand = self.at_hand(eval);
        let request = self.hooked(eval, &at_hand);
        match request.header(eval, &at_hand, NESTING) {
            Credential::Header(values) => {
                // a header may be given as a function that makes it
                let values = eval.called_tokens(values);
                return Credential::Header(eval.as_text(values));
            }
            Credential::Bearer(values) => return Credential::Bearer(eval.as_text(values)),
            Credential::Ambient(_) | Credential::Library(..) | Credential::None => {}
        }
        let alone = |eval: &mut Eval<'r>, part: &Part<'r>| is_given(eval, &part.fact.alone, &part.site);
        if !self.parts.iter().any(|part| alone(eval, part)) {
            let ambient = self.ambient(eval, &at_hand);
            if !ambient.is_empty() {
                let ambient = eval.as_text(ambient);
                return Credential::Ambient(ambient);
            }
        }
        let stored: Vec<_> =
            self.parts.iter().filter_map(|part| Some((part.fact.stored.as_ref()?, &part.site))).collect();
        if !stored.is_empty() {
            return Credential::Bearer(eval.stored_defaults(&stored));
        }
        // what a value of a declared type was made with is not known
        let made = |part: &&Part<'r>| call_kind(eval, part.site.node).is_some();
        let mut made = self.parts.iter().rev().filter(made);
        let fallback = made.find_map(|part| Some((part.fact.fallback?, part.site.node)));
        fallback.map_or(Credential::None, |(kind, node)| Credential::Library(kind, node))
    }

    /// The credential that the calls give: that of the last one which surely runs, with those behind it that may.
    pub(super) fn header(&self, eval: &mut Eval<'r>, at_hand: &AtHand, nesting: u8) -> Credential {
        let mut perhaps = Vals::new();
        let mut filled = Vals::new();
        for part in self.parts.iter().rev() {
            let (mut values, is_header) = match part.credential(eval, at_hand, nesting) {
                Credential::Header(values) => (values, true),
                Credential::Bearer(values) => (values, false),
                _ => continue,
            };
            for value in &mut values {
                // a text has no way of its own to tell where it was written
                if value.trail.is_none() && matches!(value.value, Value::Str(_)) && !part.fixes_target() {
                    let (node, span) = (part.site.node, eval.span_of(part.site.node));
                    *value = value.clone().step(node.file, span, || "given to the client here".to_owned());
                }
            }
            if part.fills {
                filled.extend(values);
                continue;
            }
            if !values.iter().all(|value| value.value.is_there()) {
                values.append(&mut filled);
            }
            if part.doubtful {
                let span = eval.lowered(part.site.node.file).map(|lowered| lowered.ir.span(part.site.node.expr));
                let span = span.unwrap_or_default();
                perhaps.extend(values.into_iter().map(|value| value.doubted(part.site.node.file, span)));
                continue;
            }
            // with a token alone among them, none need be a whole header
            let is_header = is_header && perhaps.is_empty();
            values.extend(perhaps);
            return if is_header { Credential::Header(values) } else { Credential::Bearer(values) };
        }
        perhaps.append(&mut filled);
        for hook in self.hooks.iter().filter(|hook| hook.ty.is_none()) {
            let found = hook_header(eval, hook, at_hand);
            if !found.is_empty() {
                perhaps.extend(found);
                return Credential::Header(perhaps);
            }
        }
        if perhaps.is_empty() { Credential::None } else { Credential::Bearer(perhaps) }
    }

    /// The calls on the way to a value, from its root on.
    fn add_chain(&mut self, eval: &mut Eval<'r>, value: &Traced, nesting: u8) {
        let Value::Api(api) = &value.value else { return };
        let mut chain: Vec<std::rc::Rc<Api>> = vec![api.clone()];
        while let Some(Traced { value: Value::Api(from), .. }) = chain.last().and_then(|api| api.from.as_ref()) {
            let from = from.clone();
            if chain.len() > 200 {
                break;
            }
            chain.push(from);
        }
        self.reaches.extend(eval.reaches(api));
        for api in chain.iter().rev() {
            if matches!(api.step, ApiStep::Call | ApiStep::New) {
                let site = match api.from.as_ref().map(|from| &from.value) {
                    Some(Value::Api(function)) => Site::of(api.node, &api.ctx, function),
                    _ => Site::new(api.node, &api.ctx),
                };
                // a struct literal may take the rest from another
                let mut has_target = false;
                if nesting > 0 {
                    for rest in eval.rest_of_struct(api.node, &api.ctx) {
                        let inner = Request::of_value(eval, &rest, nesting - 1);
                        has_target |= inner.target().is_some();
                        self.take_in(inner);
                    }
                }
                let before = self.parts.len();
                self.add_facts(eval, &api.states, &site, nesting);
                for part in self.parts.iter_mut().skip(before).filter(|_| has_target) {
                    let names = part.fact.url.iter().filter_map(Slot::last_member);
                    part.carries |= !names.into_iter().any(|name| eval.is_field_given(api.node, name));
                }
            }
            let is_made = matches!(api.step, ApiStep::Call | ApiStep::New | ApiStep::Given);
            let changes = if is_made { Changes::InPlace } else { Changes::Itself };
            for owner in &api.owners {
                self.add_effects(eval, owner, &api.states, &owner.ctx, changes, nesting);
            }
        }
    }

    pub(super) fn add_facts(&mut self, eval: &mut Eval<'r>, states: &[State], site: &Site, nesting: u8) {
        let rules = eval.rules();
        for fact in rules.facts(states) {
            if let Fact::Call(fact) = fact
                && eval.applies(&fact.versions, site.node.file)
                && !is_given(eval, &fact.unless, site)
            {
                self.add_fact(eval, fact, site, nesting);
            }
        }
    }

    pub(super) fn add_fact(&mut self, eval: &mut Eval<'r>, fact: &'r CallFact, site: &Site, nesting: u8) {
        {
            if self.parts.iter().any(|part| part.site.node == site.node && std::ptr::eq(part.fact, fact)) {
                return;
            }
            // a request that is handed over whole
            let mut carries = false;
            if nesting > 0 {
                for slot in &fact.url {
                    for value in eval.slot(slot, site) {
                        if matches!(value.value, Value::Api(_)) {
                            let inner = Request::of_value(eval, &value, nesting - 1);
                            if inner.target().is_some() {
                                carries = true;
                                self.take_in(inner);
                            }
                        }
                    }
                }
            }
            for slot in fact.options.iter().filter(|_| nesting > 0) {
                for value in eval.slot(slot, site) {
                    let inner = Request::of_value(eval, &value, nesting - 1);
                    self.take_in(inner);
                }
            }
            eval.rules().answered(fact);
            self.parts.push(Part { fact, site: site.clone(), carries, hook: None, doubtful: false, fills: false });
            for hook in &fact.hooks {
                for value in eval.slot(&hook.function, site) {
                    let names = eval.names_handed(&value);
                    for closure in eval.hook_functions(&value, hook.member.as_deref(), site.node) {
                        let handed = hook.handed.as_deref();
                        let names = names.clone();
                        match hook.ty {
                            Some(ty) => {
                                self.add_hook(
                                    eval,
                                    closure,
                                    (hook.param, hook.within.as_ref()),
                                    ty,
                                    handed,
                                    names,
                                    nesting,
                                );
                            }
                            None => {
                                let owners = match &hook.within {
                                    Some(member) => eval.member_owners(closure.func, hook.param, member),
                                    None => eval.param_owners(closure.func, hook.param),
                                };
                                let names = names.unwrap_or_else(|| eval.param_names(closure.func));
                                let param = hook.param;
                                self.hooks.push(Hooked { owners, closure, names, handed, param, ty: None });
                            }
                        }
                    }
                }
            }
        }
    }

    /// The calls and functions of a request that is part of this one.
    fn take_in(&mut self, inner: Request<'r>) {
        let before = self.hooks.len();
        self.parts.extend(inner.parts.into_iter().map(|part| Part { hook: part.hook.map(|nth| before + nth), ..part }));
        self.hooks.extend(inner.hooks);
    }
}

impl<'r> Part<'r> {
    /// The slots that count at this call: where the first argument may be the options or they may follow it, an object in
    /// the first place is the options, and what follows is a callback.
    fn asked(&self, eval: &mut Eval<'r>, slots: &'r [Slot]) -> Vec<&'r Slot> {
        let mut asked: Vec<&Slot> = Vec::with_capacity(slots.len());
        for slot in slots {
            let same = asked.iter().find(|earlier| !slot.path.is_empty() && earlier.path == slot.path);
            let is_behind = match (same.map(|earlier| &earlier.base), &slot.base) {
                (Some(Base::Arg(0)), Base::Arg(_)) => {
                    let options = eval.arg(self.site.node, 0, &self.site.ctx);
                    !options.is_empty() && options.iter().all(|value| matches!(value.value, Value::Object(_)))
                }
                _ => false,
            };
            if !is_behind {
                asked.push(slot);
            }
        }
        asked
    }

    /// The credential that this call gives.
    fn credential(&self, eval: &mut Eval<'r>, at_hand: &AtHand, nesting: u8) -> Credential {
        for slot in self.asked(eval, &self.fact.bearer) {
            let found = given(eval.slot(slot, &self.site));
            if !found.is_empty() {
                return Credential::Bearer(asked_for(eval, found, self.fact.handed.as_deref(), at_hand));
            }
        }
        for slot in &self.fact.header_lines {
            let lines = eval.slot(slot, &self.site);
            let found = lines.iter().filter_map(header_of_line).collect::<Vals>();
            if !found.is_empty() {
                return Credential::Header(found);
            }
        }
        for slot in &self.fact.authorization {
            let found = given(eval.slot(slot, &self.site));
            if !found.is_empty() {
                return Credential::Header(found);
            }
        }
        if let Some((name, value)) = &self.fact.header {
            let named = eval.slot(name, &self.site).iter().any(is_authorization);
            if named {
                let found = given(eval.slot(value, &self.site));
                if !found.is_empty() {
                    return Credential::Header(found);
                }
            }
        }
        for slot in self.asked(eval, &self.fact.headers) {
            let mut values = eval.slot(slot, &self.site);
            if let [outer @ .., Into::Member(_)] = slot.path.as_slice() {
                // options that are a library's object, with headers of their own
                let outer = Slot { base: slot.base.clone(), path: outer.to_vec() };
                let outer = eval.slot(&outer, &self.site);
                values.extend(outer.into_iter().filter(|value| matches!(value.value, Value::Api(_))));
            }
            let found = header_in(eval, &values, self.site.node, nesting);
            if !found.is_empty() {
                return Credential::Header(found);
            }
        }
        Credential::None
    }

    /// Whether it gives the request its URL or endpoint.
    fn fixes_target(&self) -> bool {
        !self.carries && (!self.fact.url.is_empty() || self.fact.endpoint.is_some())
    }
}

/// What kind of call a node is.
fn call_kind(eval: &Eval<'_>, node: Node) -> Option<CallKind> {
    match eval.lowered(node.file)?.ir.expr(node.expr) {
        Expr::Call { kind, .. } => Some(*kind),
        _ => None,
    }
}

/// Whether a value is taken for a library's for no other reason than its name: a function that is called `request` may be
/// anybody's.
fn is_known_by_name_alone(rules: &Rules, api: &Api) -> bool {
    let ApiStep::Root(name) = &api.step else { return false };
    let by = |root: fn(String) -> Root| rules.automaton.root(&root(name.to_string())) == api.states;
    by(Root::Name) || by(Root::Param)
}

/// The Authorization entry of header maps, objects and lists.
pub(super) fn header_in<'r>(eval: &mut Eval<'r>, values: &Vals, node: Node, nesting: u8) -> Vals {
    let mut found = Vals::new();
    for value in values {
        match &value.value {
            Value::Api(_) if nesting > 0 => {
                let container = Request::of_value(eval, value, nesting - 1);
                match container.header(eval, &AtHand::default(), nesting - 1) {
                    Credential::Header(values) => found.extend(values),
                    Credential::Bearer(values) => found.extend(values),
                    _ => {
                        let held = eval.held(value);
                        found.extend(header_in(eval, &held, node, nesting - 1));
                    }
                }
            }
            Value::Object(_) => {
                let entry = given(eval.entry(value, AUTHORIZATION, node));
                found.extend(entry);
            }
            _ => {}
        }
    }
    found
}

/// Whether a header's name is the credential's: a string, or a library's constant of that name.
pub(super) fn is_authorization(name: &Traced) -> bool {
    match &name.value {
        Value::Str(pattern) => pattern.text().is_some_and(|text| text.eq_ignore_ascii_case(AUTHORIZATION)),
        value => value.names().last().is_some_and(|last| last.eq_ignore_ascii_case(AUTHORIZATION)),
    }
}

/// The credential in a header that is written as one string, `Name: value`.
fn header_of_line(line: &Traced) -> Option<Traced> {
    let Value::Str(pattern) = &line.value else { return None };
    let (name, rest) = pattern.prefix().split_once(':')?;
    if !name.trim().eq_ignore_ascii_case(AUTHORIZATION) {
        return None;
    }
    let mut value = Pattern::lit(rest.trim_start());
    value.append(&pattern.pieces[1..]);
    Some(Traced { value: Value::Str(value), trail: line.trail.clone() })
}

/// Whether one of the slots is given at a call.
pub(super) fn is_given(eval: &mut Eval<'_>, slots: &[Slot], site: &Site) -> bool {
    slots.iter().any(|slot| eval.slot(slot, site).iter().any(|value| !matches!(value.value, Value::Null)))
}

/// Without alternatives that say that nothing is given.
pub(super) fn given(values: Vals) -> Vals {
    values.into_iter().filter(|value| !matches!(value.value, Value::Null) && !value.value.is_plain()).collect()
}

/// The strings that slots hold; from the first slot that holds one.
fn patterns(eval: &mut Eval<'_>, slots: &[Slot], site: &Site) -> Vec<Pattern> {
    for slot in slots {
        let found: Vec<Pattern> = eval.slot(slot, site).iter().filter_map(as_pattern).collect();
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

/// A value as a part of a URL.
fn as_pattern(value: &Traced) -> Option<Pattern> {
    match &value.value {
        Value::Str(pattern) if !pattern.pieces.is_empty() => Some(pattern.clone()),
        Value::Unknown(_) | Value::Api(_) => Some(Pattern::of(value)),
        _ => None,
    }
}

/// Whether a relative URL begins like the path of an endpoint.
fn leads_to_endpoint(eval: &Eval<'_>, url: &Pattern) -> bool {
    let path = url.prefix().trim_start_matches('/');
    let first = |text: &str| path.split(['/', '?']).next() == Some(text);
    eval.rules().literals.heads.iter().any(|head| first(head))
        || !eval.rules().prefix().is_empty() && url.prefix().starts_with(eval.rules().prefix())
}

/// Every URL behind every base; one that is absolute stands for itself.
pub(super) fn against(bases: &[Pattern], urls: &[Pattern]) -> Vec<Pattern> {
    let absolute = |url: &Pattern| url.prefix().contains("://") || url.prefix().starts_with("//");
    let mut joined = Vec::new();
    for url in urls {
        if absolute(url) {
            joined.push(url.clone());
            continue;
        }
        joined.extend(bases.iter().map(|base| join(base, url)));
    }
    joined
}

/// A relative URL behind its base, with one slash between them.
fn join(base: &Pattern, url: &Pattern) -> Pattern {
    let mut joined = base.clone();
    if let Some(Piece::Lit(last)) = joined.pieces.last_mut() {
        *last = last.trim_end_matches('/').into();
    }
    joined.pieces.retain(|piece| !matches!(piece, Piece::Lit(text) if text.is_empty()));
    let mut url = url.clone();
    match url.pieces.first_mut() {
        Some(Piece::Lit(first)) => *first = format!("/{}", first.trim_start_matches('/')).into(),
        // a path that is handed in brings its own slash or not: what follows decides
        Some(Piece::Hole(_)) | None => {}
    }
    joined.extend(&url);
    joined
}

/// Whether a text is an HTTP method.
fn is_verb(text: &str) -> bool {
    ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"].iter().any(|verb| text.eq_ignore_ascii_case(verb))
}
