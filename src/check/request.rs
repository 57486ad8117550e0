//! A request as the calls that build it, from the client's making to the sending.

use super::effects::Changes;
use super::host;
use crate::eval::ambient::{Reach, Source};
use crate::eval::keys::Keys;
use crate::eval::value::{Api, ApiStep, Args, Closure, Ctx, Node, Owner, Pattern, Piece, Traced, Vals, Value};
use crate::eval::{Eval, Site};
use crate::ir::{CallKind, Expr};
use crate::project::{EffectKind, PlaceKey};
use crate::rules::automaton::{State, States};
use crate::rules::path::{Root, Step};
use crate::rules::slot::{Base, Into, Slot};
use crate::rules::{CallFact, Fact, Segment, TokenKind};
use smallvec::smallvec;
use std::sync::Arc;

/// The header that carries the credential.
const AUTHORIZATION: &str = "authorization";

/// How deep requests made of requests are followed.
const NESTING: u8 = 4;

/// One call that adds to a request.
#[derive(Clone)]
pub(super) struct Part<'r> {
    /// What it adds.
    pub fact: &'r CallFact,
    /// The call.
    pub site: Site,
    /// Whether it is handed a whole request, which fixes the target.
    carries: bool,
}

/// Everything that adds to one request, in the order in which it happens.
#[derive(Clone, Default)]
pub(super) struct Request<'r> {
    /// The calls.
    pub parts: Vec<Part<'r>>,
    /// The instances that the requests are made with, for what is said about them elsewhere.
    reaches: Vec<Reach>,
    /// Options objects that a hook of the library hands out: who holds them, and what the hook returns.
    hooks: Vec<(Vec<Owner>, Ctx, std::rc::Rc<Closure>)>,
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
            let (states, site): (States, Site) = match &called.value {
                Value::Api(api) => (rules.automaton.step(&api.states, &step), Site::of(node, ctx, api)),
                // all that is not known is the same request
                Value::Unknown(_) if !std::mem::replace(&mut nameless, true) => {
                    let any = rules.automaton.root(&Root::Any);
                    (rules.automaton.step(&any, &step), Site::new(node, ctx))
                }
                _ => continue,
            };
            let mut request = Request::default();
            // an instance that is called itself is part of the way, as what a method was read from is
            let is_made = matches!(&called.value, Value::Api(api) if matches!(api.step, ApiStep::Call | ApiStep::New));
            if let Some(from) = if is_made { Some(&called) } else { site.receiver.as_ref() } {
                request.add_chain(eval, from, NESTING);
            }
            request.add_facts(eval, &states, &site, NESTING);
            if request.parts.iter().any(|part| part.site.node == node) {
                if called.value.is_unknown() {
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
        let bases = self.bases(eval, &urls);
        if bases.is_empty() { urls } else { against(&bases, &urls) }
    }

    /// What relative URLs are relative to.
    fn bases(&self, eval: &mut Eval<'r>, urls: &[Pattern]) -> Vec<Pattern> {
        let mut bases: Vec<Pattern> = Vec::new();
        for part in &self.parts {
            let found = patterns(eval, &part.fact.base, &part.site);
            if !found.is_empty() {
                bases = found;
            }
            let behind = patterns(eval, &part.fact.path, &part.site);
            if !behind.is_empty() {
                bases = if bases.is_empty() { behind } else { against(&bases, &behind) };
            }
        }
        // what is said elsewhere about the client is asked for only where a path of an endpoint may come behind it
        if bases.is_empty() && urls.iter().any(|url| leads_to_endpoint(eval, url)) {
            for ambient in eval.ambient(&self.reaches) {
                if let Source::Base(node) = ambient.source {
                    let values = eval.value(node, &None);
                    bases.extend(values.iter().filter_map(as_pattern));
                }
            }
        }
        bases
    }

    /// What the method may be; empty where none is given.
    pub(super) fn methods(&self, eval: &mut Eval<'r>) -> Vals {
        for part in self.parts.iter().rev() {
            for slot in &part.fact.method {
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
                    return found;
                }
            }
        }
        Vals::new()
    }

    /// The keys of the body; `None` where nothing is known of a body.
    pub(super) fn body_keys(&self, eval: &mut Eval<'r>) -> Option<Keys> {
        for part in self.parts.iter().rev() {
            if !part.fact.body_keys.is_empty() {
                let names = part.fact.body_keys.iter().map(|key| key.as_str().into()).collect();
                return Some(Keys { names, open: false, any: true });
            }
            for slot in &part.fact.body {
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
        match self.header(eval, NESTING) {
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
            let ambient = self.ambient(eval);
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

    /// What is said about the client's requests elsewhere.
    fn ambient(&self, eval: &mut Eval<'r>) -> Vals {
        let mut reaches = self.reaches.clone();
        reaches.push(Reach::Client(self.client()));
        let mut found = Vals::new();
        for ambient in eval.ambient(&reaches) {
            match ambient.source {
                Source::Call(node, fact) => {
                    let Some(fact) = eval.call_fact(fact) else { continue };
                    let site = eval.ambient_site(node);
                    if is_given(eval, &fact.unless, &site) || !self.is_allowed(eval, fact, &site) {
                        continue;
                    }
                    let mut request = Request::default();
                    request.add_fact(eval, fact, &site, NESTING);
                    match (request.header(eval, NESTING), &fact.stored, fact.fallback) {
                        (Credential::Header(values) | Credential::Bearer(values), ..) => found.extend(values),
                        (_, Some(stored), _) => found.extend(eval.stored_defaults(&[(stored, &site)])),
                        (_, None, Some(kind)) => found.push(eval.own_token(kind, node)),
                        (_, None, None) => {}
                    }
                }
                Source::Write(node, is_getter) => {
                    let values = eval.value(node, &None);
                    let (objects, values): (Vals, Vals) =
                        values.into_iter().partition(|value| matches!(value.value, Value::Object(_)) && !is_getter);
                    found.extend(header_in(eval, &objects, node, 0));
                    found.extend(if is_getter { eval.called_tokens(values) } else { values });
                }
                Source::Base(_) => {}
                Source::Method(func, ty) => {
                    let mut request = Request::default();
                    for owner in eval.param_owners(func, 0) {
                        let states: States = smallvec![ty];
                        request.add_effects(eval, &owner, &states, &None, Changes::OnTheWay, NESTING);
                    }
                    if let Credential::Header(values) = request.header(eval, NESTING) {
                        found.extend(values);
                    }
                }
            }
        }
        given(found)
    }

    /// Whether what a call says about a client's requests is meant for the host of this one.
    fn is_allowed(&self, eval: &mut Eval<'r>, fact: &CallFact, site: &Site) -> bool {
        if fact.allowed.is_empty() {
            return true;
        }
        let entries: Vals = fact.allowed.iter().flat_map(|slot| eval.slot(slot, site)).collect();
        let urls = self.urls(eval);
        entries.iter().any(|entry| host::allows(eval.rules(), entry, &urls))
    }

    fn header(&self, eval: &mut Eval<'r>, nesting: u8) -> Credential {
        for part in self.parts.iter().rev() {
            for slot in &part.fact.bearer {
                let found = given(eval.slot(slot, &part.site));
                if !found.is_empty() {
                    return Credential::Bearer(eval.called_tokens(found));
                }
            }
            for slot in &part.fact.header_lines {
                let lines = eval.slot(slot, &part.site);
                let found = lines.iter().filter_map(header_of_line).collect::<Vals>();
                if !found.is_empty() {
                    return Credential::Header(found);
                }
            }
            for slot in &part.fact.authorization {
                let found = given(eval.slot(slot, &part.site));
                if !found.is_empty() {
                    return Credential::Header(found);
                }
            }
            if let Some((name, value)) = &part.fact.header {
                let named = eval.slot(name, &part.site).iter().any(is_authorization);
                if named {
                    let found = given(eval.slot(value, &part.site));
                    if !found.is_empty() {
                        return Credential::Header(found);
                    }
                }
            }
            for slot in &part.fact.headers {
                let mut values = eval.slot(slot, &part.site);
                if let [outer @ .., Into::Member(_)] = slot.path.as_slice() {
                    // options that are a library's object, with headers of their own
                    let outer = Slot { base: slot.base.clone(), path: outer.to_vec() };
                    let outer = eval.slot(&outer, &part.site);
                    values.extend(outer.into_iter().filter(|value| matches!(value.value, Value::Api(_))));
                }
                let found = header_in(eval, &values, part.site.node, nesting);
                if !found.is_empty() {
                    return Credential::Header(found);
                }
            }
        }
        for (owners, ctx, closure) in &self.hooks {
            let found = hook_header(eval, owners, ctx, closure);
            if !found.is_empty() {
                return Credential::Header(found);
            }
        }
        Credential::None
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
                self.add_facts(eval, &api.states, &site, nesting);
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

    fn add_fact(&mut self, eval: &mut Eval<'r>, fact: &'r CallFact, site: &Site, nesting: u8) {
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
                                self.parts.extend(inner.parts);
                                self.hooks.extend(inner.hooks);
                            }
                        }
                    }
                }
            }
            for slot in fact.options.iter().filter(|_| nesting > 0) {
                for value in eval.slot(slot, site) {
                    self.parts.extend(Request::of_value(eval, &value, nesting - 1).parts);
                }
            }
            eval.rules().answered(fact);
            self.parts.push(Part { fact, site: site.clone(), carries });
            for hook in &fact.hooks {
                let values = eval.slot(&hook.function, site);
                let functions: Vec<_> = values
                    .iter()
                    .flat_map(|value| eval.hook_functions(value, hook.member.as_deref(), site.node))
                    .collect();
                for closure in functions {
                    let owners = match &hook.within {
                        Some(member) => eval.member_owners(closure.func, hook.param, member),
                        None => eval.param_owners(closure.func, hook.param),
                    };
                    match hook.ty {
                        Some(ty) => {
                            for owner in &owners {
                                let states: States = smallvec![ty];
                                self.add_effects(eval, owner, &states, &closure.ctx, Changes::OnTheWay, nesting);
                            }
                        }
                        None => self.hooks.push((owners, closure.ctx.clone(), closure)),
                    }
                }
            }
        }
    }
}

impl Part<'_> {
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

/// The Authorization entry of header maps, objects and lists.
fn header_in<'r>(eval: &mut Eval<'r>, values: &Vals, node: Node, nesting: u8) -> Vals {
    let mut found = Vals::new();
    for value in values {
        match &value.value {
            Value::Api(_) if nesting > 0 => {
                let container = Request::of_value(eval, value, nesting - 1);
                match container.header(eval, nesting - 1) {
                    Credential::Header(values) => found.extend(values),
                    Credential::Bearer(values) => found.extend(values),
                    _ => {}
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

/// What a hook puts into the options it is given or returns.
fn hook_header(eval: &mut Eval<'_>, owners: &[Owner], ctx: &Ctx, closure: &std::rc::Rc<Closure>) -> Vals {
    let node = match eval.lowered(closure.func.file) {
        Some(lowered) => Node { file: closure.func.file, expr: lowered.ir.func(closure.func.func).expr },
        None => return Vals::new(),
    };
    let mut found = Vals::new();
    for owner in owners {
        for path in [vec!["headers"], vec!["headers", "common"]] {
            let mut owner = owner.clone();
            owner.path.extend(path.iter().map(|name| PlaceKey::Name((*name).into())));
            let key = PlaceKey::Name(AUTHORIZATION.into());
            found.extend(eval.written_under(&[owner.clone()], &key, true, node, ctx));
            found.extend(entries_set_on(eval, &owner, ctx));
        }
        // `config.headers = { … }`
        let key = PlaceKey::Name("headers".into());
        for headers in eval.written_under(std::slice::from_ref(owner), &key, false, node, ctx) {
            found.extend(given(eval.entry(&headers, AUTHORIZATION, node)));
        }
    }
    if found.is_empty() {
        for returned in eval.result(closure, Args::Given(Vec::new()), None) {
            if matches!(returned.value, Value::Object(_)) {
                let headers = eval.members(&vec![returned], &PlaceKey::Name("headers".into()), node, ctx);
                for headers in headers {
                    if matches!(headers.value, Value::Object(_)) {
                        found.extend(given(eval.entry(&headers, AUTHORIZATION, node)));
                    }
                }
            }
        }
    }
    given(found)
}

/// `config.headers.set('Authorization', …)` on the options of a hook.
fn entries_set_on(eval: &mut Eval<'_>, owner: &Owner, ctx: &Ctx) -> Vals {
    let Some(lowered) = eval.lowered(owner.file) else { return Vals::new() };
    let mut found = Vals::new();
    for effect in lowered.index.effects(&owner.root) {
        let EffectKind::Method(call) = effect.kind else { continue };
        let Expr::Call { args, .. } = lowered.ir.expr(call) else { continue };
        if effect.path != owner.path || args.len() < 2 {
            continue;
        }
        let at = |nth: usize| Node { file: owner.file, expr: args[nth].expr };
        if eval.value(at(0), ctx).iter().any(is_authorization) {
            found.extend(eval.value(at(1), ctx));
        }
    }
    found
}

/// Whether a header's name is the credential's: a string, or a library's constant of that name.
fn is_authorization(name: &Traced) -> bool {
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
fn is_given(eval: &mut Eval<'_>, slots: &[Slot], site: &Site) -> bool {
    slots.iter().any(|slot| eval.slot(slot, site).iter().any(|value| !matches!(value.value, Value::Null)))
}

/// Without alternatives that say that nothing is given.
fn given(values: Vals) -> Vals {
    values.into_iter().filter(|value| !matches!(value.value, Value::Null | Value::Plain)).collect()
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
    let mut endpoints = eval.rules().endpoints.iter();
    endpoints.any(|endpoint| matches!(endpoint.segments.first(), Some(Segment::Literal(text)) if first(text)))
        || !eval.rules().prefix().is_empty() && url.prefix().starts_with(eval.rules().prefix())
}

/// Every URL behind every base; one that is absolute stands for itself.
fn against(bases: &[Pattern], urls: &[Pattern]) -> Vec<Pattern> {
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
