//! Functions that clients call with a request before it goes out, and what is said of requests elsewhere: interceptors,
//! defaults, token getters. They run for the request at hand, and what they do for others is left out.

use super::effects::Changes;
use super::host;
use super::request::{
    AUTHORIZATION, Credential, NESTING, Request, against, given, header_in, is_authorization, is_given,
};
use crate::eval::ambient::{Reach, Source};
use crate::eval::value::{Args, Closure, Ctx, Node, Owner, Pattern, Traced, Vals, Value};
use crate::eval::{AtHand, Eval, Site};
use crate::ir::{BindingKind, Expr, Name};
use crate::project::{EffectKind, PlaceKey};
use crate::rules::automaton::{State, States};
use crate::rules::{CallFact, HandedFact};
use crate::text::{FileId, Span};
use smallvec::smallvec;

/// A function that a library calls with a request before it goes out.
#[derive(Clone)]
pub(super) struct Hooked<'r> {
    /// Variables that hold the options which it changes; where it gets an object of the library, its calls are parts.
    pub(super) owners: Vec<Owner>,
    /// The function.
    pub(super) closure: std::rc::Rc<Closure>,
    /// The names of its parameters.
    pub(super) names: Vec<Option<Name>>,
    /// Where it finds the request.
    pub(super) handed: Option<&'r HandedFact>,
    /// Which parameter has the request or its options.
    pub(super) param: u32,
    /// Of which type of the library that is; without it, it is the options.
    pub(super) ty: Option<State>,
}

impl<'r> Request<'r> {
    /// What functions can learn of it that are called with it.
    pub(super) fn at_hand(&self, eval: &mut Eval<'r>) -> AtHand {
        let given = self.given_urls(eval);
        let bases = self.bases(eval, &given);
        let whole = if bases.is_empty() { given.clone() } else { against(&bases, &given) };
        let as_values = |patterns: Vec<Pattern>| -> Vals {
            patterns.into_iter().map(|pattern| Traced::new(Value::Str(pattern))).collect()
        };
        let mut method = self.methods(eval);
        if method.is_empty() {
            method.push(Traced::new(Value::Str(Pattern::lit("GET"))));
        }
        AtHand { url: as_values(given), base: as_values(bases), whole: as_values(whole), method }
    }

    /// The request as it is when the functions that are called with it have run: those of their calls that do not run for
    /// it are left out.
    pub(super) fn hooked(&self, eval: &mut Eval<'r>, at_hand: &AtHand) -> Request<'r> {
        let mut request = self.clone();
        let mut contexts: Vec<Option<Ctx>> = Vec::new();
        for hook in &self.hooks {
            let handed = hook.handed.filter(|_| hook.ty.is_some());
            contexts.push(handed.map(|fact| {
                eval.called_for(&hook.closure, fact, at_hand, &hook.names, hook.ty.map(|ty| (hook.param, ty))).0
            }));
        }
        request.parts.retain_mut(|part| {
            let Some(ctx) = part.hook.and_then(|nth| contexts.get(nth)?.clone()) else { return true };
            part.site.ctx = ctx;
            match eval.running(part.site.node, &part.site.ctx) {
                None => false,
                Some(doubtful) => {
                    part.doubtful = doubtful;
                    true
                }
            }
        });
        request
    }

    /// What is said about the client's requests elsewhere.
    pub(super) fn ambient(&self, eval: &mut Eval<'r>, at_hand: &AtHand) -> Vals {
        let mut reaches = self.reaches.clone();
        reaches.push(Reach::Client(self.client()));
        let sources = self.ambient_sources(eval, &reaches);
        let mut said: Vec<Vals> =
            sources.iter().map(|ambient| self.said(eval, &ambient.source, at_hand, &None)).collect();
        // of what one place after the other sets, the last before the call counts
        let set: Vec<(usize, Node)> = sources
            .iter()
            .enumerate()
            .filter(|(nth, _)| !said[*nth].is_empty())
            .filter_map(|(nth, ambient)| Some((nth, is_set_at(eval, &ambient.source)?)))
            .collect();
        let is_mixed = set.len() > 1 || set.iter().any(|(nth, _)| said[*nth].len() > 1);
        if let Some(target) = self.target().filter(|_| is_mixed) {
            let places: Vec<Node> = set.iter().map(|(_, node)| *node).collect();
            let last = eval.last_set(&places, target.site.node, &target.site.ctx);
            if !last.is_empty() {
                set.iter().for_each(|(nth, _)| said[*nth].clear());
            }
            for (place, ctx) in last {
                let nth = set[place].0;
                let values = self.said(eval, &sources[nth].source, at_hand, &ctx);
                said[nth].extend(values);
            }
        }
        given(said.into_iter().flatten().collect())
    }

    /// What is said at one place, under the calls of the function around it.
    fn said(&self, eval: &mut Eval<'r>, source: &Source, at_hand: &AtHand, ctx: &Ctx) -> Vals {
        let mut found = Vals::new();
        match *source {
            Source::Call(node, fact) => {
                let Some(fact) = eval.call_fact(fact) else { return found };
                let site = Site { ctx: ctx.clone(), ..eval.ambient_site(node) };
                if is_given(eval, &fact.unless, &site) || !self.is_allowed(eval, fact, &site) {
                    return found;
                }
                let mut request = Request::default();
                request.add_fact(eval, fact, &site, NESTING);
                let request = request.hooked(eval, at_hand);
                match (request.header(eval, at_hand, NESTING), &fact.stored, fact.fallback) {
                    (Credential::Header(values) | Credential::Bearer(values), ..) => found.extend(values),
                    (_, Some(stored), _) => found.extend(eval.stored_defaults(&[(stored, &site)])),
                    (_, None, Some(kind)) => found.push(eval.own_token(kind, node)),
                    (_, None, None) => {}
                }
            }
            Source::Write(node, is_getter, handed) => {
                let handed = handed.and_then(|nth| eval.rules().ambient[nth].handed.as_deref());
                let values = eval.value(node, ctx);
                let (objects, values): (Vals, Vals) =
                    values.into_iter().partition(|value| matches!(value.value, Value::Object(_)) && !is_getter);
                found.extend(header_in(eval, &objects, node, 0));
                found.extend(if is_getter { asked_for(eval, values, handed, at_hand) } else { values });
            }
            Source::Replaced(node) => found.extend(self.replaced(eval, node, at_hand)),
            Source::Base(_) => {}
            Source::Method(func, ty, nth) => {
                let mut request = Request::default();
                let closure = std::rc::Rc::new(Closure { func, ctx: None, this: None });
                let handed = eval.rules().ambient.get(nth).and_then(|fact| fact.handed.as_deref());
                request.add_hook(eval, closure, (0, None), ty, handed, None, NESTING);
                let request = request.hooked(eval, at_hand);
                if let Credential::Header(values) | Credential::Bearer(values) = request.header(eval, at_hand, NESTING)
                {
                    found.extend(values);
                }
            }
        }
        // the way from a store to the request leads through here, where nothing else may tell
        let place = match *source {
            Source::Call(node, _) | Source::Write(node, ..) | Source::Replaced(node) => Some(node),
            Source::Base(_) | Source::Method(..) => None,
        };
        let Some((node, span)) = place.map(|node| (node, eval.span_of(node))) else { return given(found) };
        let through = |value: Traced| match &value.trail {
            Some(trail) if trail.file != node.file || !span.contains(trail.span) => {
                value.step(node.file, span, || "given to the client here".to_owned())
            }
            _ => value,
        };
        given(found.into_iter().map(through).collect())
    }

    /// What a function adds that is called in the client's place: the credential of the requests that it sends for this one.
    fn replaced(&self, eval: &mut Eval<'r>, function: Node, at_hand: &AtHand) -> Vals {
        let (mut found, Some(target)) = (Vals::new(), self.target()) else { return Vals::new() };
        for value in eval.value(function, &None) {
            let Value::Func(closure) = &value.value else { continue };
            let file = closure.func.file;
            let Some(lowered) = eval.lowered(file) else { continue };
            let ir = &lowered.ir;
            let region = ir.func(closure.func.func).span;
            // its own requests go to the client that it stands for
            if target.site.node.file == file && region.contains(ir.span(target.site.node.expr)) {
                continue;
            }
            let args = Args::Of(target.site.node, target.site.ctx.clone());
            let ctx = eval.call_frame(closure, args, None);
            for call in ir.calls_within(region) {
                let node = Node { file, expr: call };
                let Some(doubtful) = eval.running(node, &ctx) else { continue };
                for request in Request::of_call(eval, node, &ctx).into_iter().filter(Request::sends) {
                    if request.client() != self.client() {
                        continue;
                    }
                    if let Credential::Header(values) | Credential::Bearer(values) =
                        request.header(eval, at_hand, NESTING)
                    {
                        found.extend(of_call(values, doubtful, file, ir.span(call)));
                    }
                }
            }
        }
        found
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

    /// A function that is called with an object of the library, of type `ty`: its calls on that add to the request.
    #[allow(clippy::too_many_arguments, reason = "all that a rule says of a hook")]
    pub(super) fn add_hook(
        &mut self,
        eval: &mut Eval<'r>,
        closure: std::rc::Rc<Closure>,
        (param, within): (u32, Option<&Name>),
        ty: State,
        handed: Option<&'r HandedFact>,
        names: Option<Vec<Option<Name>>>,
        nesting: u8,
    ) {
        let owners = match within {
            Some(member) => eval.member_owners(closure.func, param, member),
            None => eval.param_owners(closure.func, param),
        };
        let before = self.parts.len();
        for owner in &owners {
            let states: States = smallvec![ty];
            self.add_effects(eval, owner, &states, &closure.ctx, Changes::OnTheWay, nesting);
        }
        let nth = self.hooks.len();
        for part in &mut self.parts[before..] {
            part.hook.get_or_insert(nth);
        }
        let names = names.unwrap_or_else(|| eval.param_names(closure.func));
        self.hooks.push(Hooked { owners, closure, names, handed, param, ty: Some(ty) });
    }
}

/// Where something is set once and for all that is said about requests: not by what runs for each of them.
fn is_set_at(eval: &Eval<'_>, source: &Source) -> Option<Node> {
    match *source {
        Source::Write(node, false, _) => Some(node),
        Source::Call(node, fact) => eval.call_fact(fact).filter(|fact| fact.hooks.is_empty()).map(|_| node),
        Source::Write(..) | Source::Replaced(_) | Source::Base(_) | Source::Method(..) => None,
    }
}

/// What a hook puts into the options it is given or returns.
pub(super) fn hook_header<'r>(eval: &mut Eval<'r>, hook: &Hooked<'r>, at_hand: &AtHand) -> Vals {
    let closure = &hook.closure;
    let node = match eval.lowered(closure.func.file) {
        Some(lowered) => Node { file: closure.func.file, expr: lowered.ir.func(closure.func.func).expr },
        None => return Vals::new(),
    };
    let (ctx, args) = match hook.handed {
        Some(fact) => eval.called_for(closure, fact, at_hand, &hook.names, None),
        None => (closure.ctx.clone(), Args::Given(Vec::new())),
    };
    let ctx = &ctx;
    let mut found = Vals::new();
    for owner in &hook.owners {
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
            let entries = given(eval.entry(&headers, AUTHORIZATION, node));
            found.extend(entries.into_iter().map(|entry| entry.doubted_like(&headers)));
        }
    }
    if found.is_empty() {
        for returned in eval.result(closure, args, None) {
            if matches!(returned.value, Value::Object(_)) {
                let headers = eval.members(&vec![returned.clone()], &PlaceKey::Name("headers".into()), node, ctx);
                for headers in headers {
                    if matches!(headers.value, Value::Object(_)) {
                        let entries = given(eval.entry(&headers, AUTHORIZATION, node));
                        found.extend(entries.into_iter().map(|entry| entry.doubted_like(&returned)));
                    }
                }
            }
        }
    }
    if found.is_empty() {
        found.extend(handed_on(eval, hook, ctx));
    }
    given(found)
}

/// What a call in a hook says; `doubtful` where it hangs on a condition about the request that was not decided.
fn of_call(values: Vals, doubtful: bool, file: FileId, span: Span) -> impl Iterator<Item = Traced> {
    values.into_iter().map(move |value| if doubtful { value.doubted(file, span) } else { value })
}

/// What a middleware puts into the options that it hands on: it calls a parameter of the function that makes it with them,
/// `(next) => (url, options) => next(url, { ...options, headers })`.
fn handed_on<'r>(eval: &mut Eval<'r>, hook: &Hooked<'r>, ctx: &Ctx) -> Vals {
    let (mut found, file) = (Vals::new(), hook.closure.func.file);
    let Some(lowered) = eval.lowered(file) else { return found };
    let ir = &lowered.ir;
    let middleware = ir.func(hook.closure.func.func);
    for call in ir.calls_within(middleware.span) {
        let Expr::Call { callee, args, .. } = ir.expr(call) else { continue };
        let Expr::Local(next) = ir.expr(ir.strip(*callee)) else { continue };
        let next = ir.binding(*next);
        let Some(options) = args.get(hook.param as usize).filter(|arg| !arg.spread) else { continue };
        if next.kind != BindingKind::Param || Some(next.func) != middleware.parent {
            continue;
        }
        let node = Node { file, expr: call };
        let Some(doubtful) = eval.running(node, ctx) else { continue };
        let options = eval.value(Node { file, expr: options.expr }, ctx);
        let headers = eval.members(&options, &PlaceKey::Name("headers".into()), node, ctx);
        let entries = header_in(eval, &headers, node, NESTING);
        found.extend(of_call(entries, doubtful, file, ir.span(call)));
    }
    found
}

/// The tokens that functions give which are asked for a request; other values as they are.
pub(super) fn asked_for(eval: &mut Eval<'_>, values: Vals, handed: Option<&HandedFact>, at_hand: &AtHand) -> Vals {
    let Some(fact) = handed else { return eval.called_tokens(values) };
    let mut tokens = Vals::new();
    for value in values {
        let names = eval.names_handed(&value);
        let functions = eval.functions_in(&value);
        if functions.is_empty() {
            tokens.push(value);
        }
        for closure in functions {
            let names = names.clone().unwrap_or_else(|| eval.param_names(closure.func));
            let (_, args) = eval.called_for(&closure, fact, at_hand, &names, None);
            tokens.extend(given(eval.result(&closure, args, None)));
        }
    }
    tokens
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
        let Some(doubtful) = eval.running(Node { file: owner.file, expr: call }, ctx) else { continue };
        if eval.value(at(0), ctx).iter().any(is_authorization) {
            let values = eval.value(at(1), ctx);
            found.extend(of_call(values, doubtful, owner.file, lowered.ir.span(call)));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use crate::Options;
    use crate::rules::Rules;
    use crate::text::MemoryFiles;

    /// The places of the trace of the only call there is.
    fn trace(set_up: &str, token: &str) -> Vec<(String, u32)> {
        let mut files = MemoryFiles::new();
        files.insert("setup.js".to_owned(), format!("import axios from 'axios';\n{set_up}\n"));
        files.insert("token.js".to_owned(), token.to_owned());
        let call = "import axios from 'axios';\naxios.get(`https://acme.auth0.com/api/v2/users/${id}`);\n";
        files.insert("api.js".to_owned(), call.to_owned());
        let report = crate::analyze_with(&files, &Options::default(), &Rules::load(&[], &[]).unwrap()).unwrap();
        assert_eq!(report.calls.len(), 1);
        report.calls[0].trace.iter().map(|step| (step.at.path.clone(), step.at.start.line)).collect()
    }

    fn places(expected: &[(&str, u32)]) -> Vec<(String, u32)> {
        expected.iter().map(|(path, line)| ((*path).to_owned(), *line)).collect()
    }

    #[test]
    fn a_trace_leads_through_where_a_client_is_given_the_token() {
        let elsewhere = "export const header = localStorage.getItem('id_token');\n";
        let import = "import { header } from './token';\naxios.defaults.headers.common.Authorization = header;";
        let wanted = [("token.js", 1), ("setup.js", 3), ("api.js", 2)];
        assert_eq!(trace(import, elsewhere), places(&wanted));
        // where it comes from there anyway, once is enough
        let here = "axios.defaults.headers.common = { Authorization: localStorage.getItem('id_token') };";
        assert_eq!(trace(here, ""), places(&[("setup.js", 2), ("api.js", 2)]));
    }
}
