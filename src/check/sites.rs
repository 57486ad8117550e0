//! The calls that send requests to affected endpoints: found, expanded to the callers that decide them, judged.

use super::answered;
use super::body::Body;
use super::by_caller::{RECEIVERS, by_caller};
use super::chain::chain;
use super::host::{Host, host_of};
use super::methods::method_matches;
use super::model::{Confidence, Verdict};
use super::origin::base;
use super::request::{Credential, Request};
use super::subject::{Whose, whose};
use super::target::{Match, Target};
use super::verdict::{Judged, OTHER_TOKEN, judge, lower};
use crate::eval::value::{
    Args, Closure, Ctx, FrameKind, FuncRef, Node, Open, Owner, Pattern, Reason, Traced, Vals, Value,
};
use crate::eval::{ALTERNATIVES, Eval, GLANCE, Shared, own, push_frame};
use crate::ir::{Expr, ExprId, Key, Lang, Lit};
use crate::project::{Lowered, Root};
use crate::text::FileId;
use std::rc::Rc;

/// How many levels of wrappers are opened.
pub(super) const LEVELS: usize = 5;
/// Callers of one wrapper that are judged one by one.
const CALLERS: usize = 64;
/// Callers and elements of all levels together that are judged for one request.
const EXPANSIONS: u32 = 256;
/// Calls that are looked at together.
const BATCH: usize = 512;
/// Steps for all requests of one file, shared out evenly among its batches; behind them, each request gets no more than
/// a first look.
const FILE_STEPS: u64 = 400_000;
/// Steps for all requests of a run, shared out evenly among its files.
const RUN_STEPS: u64 = 400_000_000;
/// Steps for the first looks at all calls of one file.
const FILE_LOOKS: u32 = 6_000_000;
/// Steps for the first look at a call in a file that holds very many.
const BRIEF_LOOK: u32 = 200;
/// Steps for the requests of one batch at the least.
const BATCH_STEPS: u64 = 20_000;
/// Elements of one table that are judged one by one.
const ELEMENTS: usize = 64;

/// One call to an affected endpoint, judged.
pub(super) struct Record {
    /// The call that fixes the endpoint.
    pub site: Node,
    /// The request itself, where it is another call.
    pub request: Node,
    /// The endpoint's place in the migration table.
    pub endpoint: usize,
    /// The client.
    pub client: String,
    /// The credential.
    pub judged: Judged,
    /// How sure the whole record is.
    pub confidence: Confidence,
    /// Whose user.
    pub whose: Whose,
    /// What the request's body takes.
    pub body: Body,
    /// The calls that make up the request.
    pub parts: Vec<Node>,
    /// Where its URL begins, where it sends an ID token.
    pub base: Option<String>,
    /// Whether the request was seen going out.
    pub sent: bool,
    /// Whether the endpoint is certain.
    pub sure: bool,
    /// Whether its path may be that of several endpoints, of which this is the first.
    pub is_one_of_several: bool,
    /// Whether it stands for callers beyond the limits, which were not judged one by one.
    pub for_others: bool,
}

/// A level of the way from the request out to the call that decides it, innermost first.
#[derive(Clone, Copy)]
pub(super) enum Level {
    Caller(FuncRef, Node),
    /// A caller that hands in a whole request, which says itself where it was made.
    Handing(FuncRef, Node),
    /// An action that is dispatched to the function.
    Action(FuncRef, Node),
    Element(Node, usize),
}

/// How much one request may cost.
struct Effort {
    /// Callers and elements of all levels together that are looked at.
    expansions: u32,
    /// Whether each of them gets no more than a first look: a client that is not known is most likely none.
    glance: bool,
    /// Steps that are left for all requests of the batch.
    pool: u64,
}

impl Effort {
    fn new(tentative: bool, pool: u64) -> Effort {
        let expansions = if tentative {
            12
        } else if pool == 0 {
            8
        } else {
            EXPANSIONS
        };
        Effort { expansions, glance: tentative, pool }
    }
}

/// A possible endpoint of a request.
struct Candidate {
    endpoint: usize,
    sure: bool,
}

/// Some of the calls of a file: bundles hold thousands, and nobody waits for one thread to go through them.
pub(super) struct Batch {
    file: FileId,
    calls: std::ops::Range<usize>,
    steps: u64,
    /// Steps for the first look at each call.
    look: u32,
}

/// The records of a batch.
pub(super) struct Judgement {
    pub records: Vec<Record>,
    /// The file, where first looks were too brief to tell whether calls of clients that are not known are requests.
    pub brief: Option<FileId>,
}

/// The batches of a file, one of so many, in order.
pub(super) fn batches(shared: &Shared<'_>, file: FileId, files: usize) -> Vec<Batch> {
    let calls = shared.project.lowered(file).map_or(0, |lowered| lowered.ir.calls.len());
    let count = calls.div_ceil(BATCH).max(1) as u64;
    let steps = (FILE_STEPS.min(RUN_STEPS / files.max(1) as u64) / count).max(BATCH_STEPS);
    // a bundle of everything holds tens of thousands of calls, next to none of which is a request
    let each = FILE_LOOKS / u32::try_from(calls.max(1)).unwrap_or(u32::MAX);
    let look = each.clamp(BRIEF_LOOK, GLANCE);
    (0..calls).step_by(BATCH).map(|from| Batch { file, calls: from..calls.min(from + BATCH), steps, look }).collect()
}

/// All records of a batch.
pub(super) fn of_batch(shared: &Shared<'_>, batch: &Batch) -> Judgement {
    let file = batch.file;
    let (mut records, mut brief) = (Vec::new(), None);
    let Some(lowered) = shared.project.lowered(file) else { return Judgement { records, brief } };
    let mut eval = Eval::new(shared);
    let mut pool = batch.steps;
    for &call in &lowered.ir.calls[batch.calls.clone()] {
        let node = Node { file, expr: call };
        if !may_request(shared, lowered, call) {
            continue;
        }
        eval.glance_within(batch.look);
        let requests = Request::of_call(&mut eval, node, &None);
        let (mut sent, mut built) = (None, None);
        for request in &requests {
            let Some(target) = request.target() else { continue };
            if request.tentative() && !may_match(&mut eval, request) {
                continue;
            }
            if request.tentative() && batch.look < GLANCE && eval.exhausted() {
                brief = Some(file);
                continue;
            }
            // what is chained behind the sending call is not the request any more
            let sends_here = request.parts.iter().any(|part| part.fact.sends && part.site.node == node);
            // built here, sent somewhere else or by something that is not known
            let built_here = target.site.node == node && (!request.sends() || request.tentative());
            for (here, seen) in [(sends_here, &mut sent), (built_here, &mut built)] {
                if here {
                    *seen = Some(request.tentative() && seen.unwrap_or(true));
                }
            }
        }
        for (tentative, sent) in [(sent, true), (built, false)] {
            if let Some(tentative) = tentative {
                let mut effort = Effort::new(tentative, pool);
                open(&mut eval, node, &[], sent, &mut effort, &mut records);
                pool = effort.pool;
            }
        }
    }
    Judgement { records, brief }
}

/// Whether the URL of a request may be an endpoint's, as far as a first look tells: most calls that may be requests of a
/// client under any name are none.
fn may_match<'r>(eval: &mut Eval<'r>, request: &Request<'r>) -> bool {
    let urls = request.urls(eval);
    let cut = |url: &Pattern| {
        let beyond =
            |hole: &Traced| matches!(&hole.value, Value::Unknown(unknown) if unknown.reason == Reason::TooManyCallers);
        url.holes().any(beyond)
    };
    let matches = |url: &Pattern| {
        let rules = eval.rules();
        split(eval, url)
            .is_some_and(|target| rules.endpoints.iter().any(|endpoint| target.matches(endpoint) != Match::No))
    };
    eval.exhausted() || urls.len() >= ALTERNATIVES || urls.iter().any(|url| cut(url) || matches(url))
}

/// Whether a call may make or send a request, by syntax alone: a member whose name the rules know, a function called
/// directly, or, for clients under any name, a call with options or a path written into it.
pub(super) fn may_request(shared: &Shared<'_>, lowered: &Lowered, call: ExprId) -> bool {
    let ir = &lowered.ir;
    let Expr::Call { callee, args, .. } = ir.expr(call) else { return false };
    let callee = ir.strip(*callee);
    match ir.expr(callee) {
        Expr::Field { key: Key::Name(name), .. } if shared.rules.request_members.contains(&**name) => true,
        Expr::Field { .. } if ir.lang == Lang::Rust => false,
        Expr::Field { .. } => args.first().is_some_and(|arg| match ir.expr(ir.strip(arg.expr)) {
            Expr::Object { .. } => true,
            // `this.send(url)`: the URL is made nearby
            Expr::Local(_) if args.len() == 1 => true,
            _ => ir.may_be_path_text(arg.expr),
        }),
        // modules of bundles are asked for by number, and functions are called that take nothing but functions
        _ => args.iter().any(|arg| {
            let given = ir.expr(ir.strip(arg.expr));
            !matches!(
                given,
                Expr::Lit(Lit::Num(_) | Lit::Bool(_) | Lit::Null | Lit::Regex(_)) | Expr::Func(_) | Expr::Class(_)
            )
        }),
    }
}

/// The functions around a node, innermost first; the module's own code is the last.
pub(super) fn around(shared: &Shared<'_>, node: Node) -> Vec<FuncRef> {
    let Some(lowered) = shared.project.lowered(node.file) else { return Vec::new() };
    lowered.ir.functions_around(node.expr).map(|func| FuncRef { file: node.file, func }).collect()
}

/// The functions around a node and around the callers that were opened so far. A function comes as late as it can: its
/// callers tell nothing of which closure the functions inside it belong to, but theirs tell which call of it is meant.
pub(super) fn around_levels(shared: &Shared<'_>, node: Node, levels: &[Level]) -> Vec<FuncRef> {
    let mut functions = around(shared, node);
    for level in levels {
        if let Level::Caller(_, call) | Level::Handing(_, call) | Level::Action(_, call) = level {
            let outer = around(shared, *call);
            functions.retain(|function| !outer.contains(function));
            functions.extend(outer);
        }
    }
    functions
}

/// Judge the request at `node` under the levels that were opened so far. What `looking` learned at a first look is used
/// by others.
fn open<'r>(
    looking: &mut Eval<'r>,
    node: Node,
    levels: &[Level],
    sent: bool,
    effort: &mut Effort,
    into: &mut Vec<Record>,
) {
    let Some(fewer) = effort.expansions.checked_sub(1) else { return };
    effort.expansions = fewer;
    let shared = looking.shared();
    let mut whole = (!effort.glance).then(|| Eval::new(shared));
    let eval = whole.as_mut().unwrap_or(looking);
    if effort.glance || effort.pool == 0 {
        eval.glance();
    }
    let open_functions = around_levels(shared, node, levels);
    let Some(ctx) = context(eval, node, levels, &open_functions) else { return };
    let site = levels.iter().rev().find_map(|level| match level {
        Level::Caller(_, call) => Some(*call),
        Level::Element(..) | Level::Handing(..) | Level::Action(..) => None,
    });
    let all = requests(eval, node, &ctx, sent);
    if all.len() >= ALTERNATIVES
        && levels.len() < LEVELS
        && let Some(func) = handed_whole(eval, node, &ctx, &open_functions)
    {
        // more requests are handed in than are kept as alternatives of one value: each caller's by itself
        let callers = eval.callers_of(func);
        let mut handed = Vec::new();
        for call in callers.calls.iter().take(CALLERS) {
            let deeper = [levels, &[Level::Handing(func, *call)]].concat();
            open(eval, node, &deeper, sent, effort, &mut handed);
        }
        let is_whole = !handed.is_empty() && !callers.cut && callers.calls.len() <= CALLERS;
        into.append(&mut handed);
        if is_whole {
            return;
        }
    }
    let mut any = false;
    let mut any_cut = false;
    let mut accounted = eval.spent();
    for request in all {
        let (candidates, opens) = eval.with_open(open_functions.clone(), |eval| candidates(eval, &request));
        effort.pool = effort.pool.saturating_sub(eval.spent() - accounted);
        accounted = eval.spent();
        if candidates.is_empty() {
            continue;
        }
        // a call about which nothing is known, with a URL about which nothing is known: only a credential makes it
        // worth asking its callers
        let vague = request.tentative() && !candidates.iter().any(|candidate| candidate.sure);
        if vague && matches!(request.credential(eval), Credential::None) {
            continue;
        }
        // the innermost function first: its callers tell which closure it is
        let depth = |open: &Open| match open {
            Open::Param(func) => open_functions.iter().position(|around| around == func).unwrap_or(usize::MAX - 1),
            Open::Element(..) => usize::MAX,
        };
        let next = opens.into_iter().min_by_key(depth).filter(|_| levels.len() < LEVELS);
        if let Some(next) = next {
            // callers beyond the limits are not judged one by one, but they are not lost: the request stands for them
            let (steps, possible, mut cut, possible_cut): (Vec<Level>, Vec<Level>, bool, bool) = match next {
                Open::Param(func) => {
                    let callers = eval.callers_of(func);
                    let first = |calls: &[Node]| -> Vec<Level> {
                        calls.iter().take(CALLERS).map(|call| Level::Caller(func, *call)).collect()
                    };
                    let mut steps = first(&callers.calls);
                    steps.extend(first(&callers.by_library));
                    let (actions, more) = eval.actions_to(func);
                    steps.extend(actions.into_iter().map(|action| Level::Action(func, action)));
                    let cut = callers.cut || more || callers.calls.len() > CALLERS;
                    (steps, first(&callers.perhaps), cut, callers.perhaps.len() > CALLERS)
                }
                Open::Element(list, count) => {
                    let elements = (0..count.min(ELEMENTS)).map(|nth| Level::Element(list, nth));
                    (elements.collect(), Vec::new(), count > ELEMENTS, false)
                }
            };
            let mut open_all = |steps: &[Level], effort: &mut Effort| {
                let mut records: Vec<Record> = Vec::new();
                for step in steps {
                    let deeper = [levels, &[*step]].concat();
                    open(eval, node, &deeper, sent, effort, &mut records);
                }
                records
            };
            let mut expanded = open_all(&steps, effort);
            // where what the callers hand in changes nothing about the endpoint, the request itself is the place
            let sure: Vec<usize> =
                candidates.iter().filter(|candidate| candidate.sure).map(|candidate| candidate.endpoint).collect();
            let unchanged = match (sure.as_slice(), next) {
                ([only], Open::Param(_)) => expanded.iter().all(|record| record.endpoint == *only),
                _ => false,
            };
            cut |= effort.expansions == 0;
            if !steps.is_empty() && !unchanged {
                into.append(&mut expanded);
                // that it is this method is a guess; that it is a request to the API must be none
                let perhaps = open_all(&possible, effort).into_iter().filter(|record| record.sure);
                into.extend(perhaps.map(|record| {
                    let confidence = lower(record.confidence);
                    Record { confidence, ..record }
                }));
                // of a client that is not known, most calls that might be callers are none
                cut |= !request.tentative() && (possible_cut || effort.expansions == 0);
                any |= cut;
                any_cut |= cut;
                continue;
            }
            any_cut |= cut;
        }
        any = true;
    }
    if any {
        let from = into.len();
        finish(shared, node, site, levels, sent, into);
        into[from..].iter_mut().for_each(|record| record.for_others = any_cut);
    }
}

/// The requests that a node makes: by a call's facts, or carried by a chain's value.
pub(super) fn requests<'r>(eval: &mut Eval<'r>, node: Node, ctx: &Ctx, sent: bool) -> Vec<Request<'r>> {
    if sent {
        return Request::of_call(eval, node, ctx).into_iter().filter(Request::sends).collect();
    }
    for end in chain(eval.shared(), node) {
        // what is done to the variable that holds it belongs to it
        let holder = eval
            .shared()
            .project
            .lowered(end.file)
            .and_then(|lowered| lowered.index.binding_of.get(&end.expr))
            .map(|binding| Owner { ctx: ctx.clone(), ..Owner::new(end.file, Root::Local(*binding)) });
        let values: Vals = eval.value(end, ctx);
        for value in values {
            let value = match &holder {
                Some(holder) => own(value, holder),
                None => value,
            };
            let request = Request::of_value(eval, &value, 3);
            if request.target().is_some_and(|target| target.site.node == node) {
                return vec![request];
            }
        }
    }
    Request::of_call(eval, node, ctx).into_iter().take(1).collect()
}

/// The function around a call whose callers hand in the request that the call is a method of.
fn handed_whole(eval: &mut Eval<'_>, node: Node, ctx: &Ctx, open: &[FuncRef]) -> Option<FuncRef> {
    let lowered = eval.shared().project.lowered(node.file)?;
    let receiver = Node { file: node.file, expr: lowered.ir.receiver(node.expr)? };
    let values = eval.with_open(open.to_vec(), |eval| eval.value(receiver, ctx));
    values.iter().find_map(|value| match value.value.open() {
        Some(Open::Param(func)) => Some(func),
        _ => None,
    })
}

/// The context of the request at `node` under the levels around it; `None` where one of these calls, or the request, does
/// not run under those further out.
pub(super) fn context(eval: &mut Eval<'_>, node: Node, levels: &[Level], open: &[FuncRef]) -> Option<Ctx> {
    let runs = |eval: &mut Eval<'_>, node: Node, ctx: &Ctx| {
        ctx.is_none() || eval.with_open(open.to_vec(), |eval| eval.running(node, ctx)).is_some()
    };
    let mut ctx: Ctx = None;
    for level in levels.iter().rev() {
        ctx = match *level {
            Level::Element(list, index) => push_frame(FrameKind::Element { list, index }, &ctx, 0),
            Level::Action(func, action) => {
                let args = Args::Given(vec![eval.value(action, &ctx)]);
                eval.call_frame(&Closure { func, ctx: None, this: None }, args, None)
            }
            Level::Caller(func, call) | Level::Handing(func, call) => {
                if !runs(eval, call, &ctx) {
                    return None;
                }
                let closure = eval
                    .callees(call, &ctx)
                    .into_iter()
                    .find_map(|called| match called.value {
                        Value::Func(closure) if closure.func == func => Some(closure),
                        _ => None,
                    })
                    .unwrap_or_else(|| Rc::new(Closure { func, ctx: None, this: None }));
                let args = match eval.library_args(call, func, &ctx) {
                    Some(given) => Args::Given(given),
                    None => Args::Of(call, ctx.clone()),
                };
                eval.call_frame(&closure, args, None)
            }
        };
    }
    runs(eval, node, &ctx).then_some(ctx)
}

/// The endpoints a request may go to, and what would decide between them.
fn candidates<'r>(eval: &mut Eval<'r>, request: &Request<'r>) -> (Vec<Candidate>, Vec<Open>) {
    let rules = eval.rules();
    if let Some(endpoint) = request.target().and_then(|part| part.fact.endpoint) {
        return (vec![Candidate { endpoint, sure: true }], Vec::new());
    }
    let urls = request.urls(eval);
    let methods = request.methods(eval);
    let mut found: Vec<Candidate> = Vec::new();
    let mut opens: Vec<Open> = Vec::new();
    for url in &urls {
        let Some(target) = split(eval, url) else { continue };
        let mut matched = false;
        let mut all_sure = true;
        for (nth, endpoint) in rules.endpoints.iter().enumerate() {
            let by_path = target.matches(endpoint);
            let by_method = method_matches(&methods, &endpoint.method);
            let both = by_path.min(by_method);
            if both == Match::No {
                continue;
            }
            matched = true;
            all_sure &= both == Match::Yes;
            let sure = both == Match::Yes;
            match found.iter_mut().find(|known| known.endpoint == nth) {
                Some(known) => known.sure |= sure,
                None => found.push(Candidate { endpoint: nth, sure }),
            }
        }
        if matched {
            opens.extend(target.opens(all_sure));
            if !all_sure {
                opens.extend(methods.iter().filter_map(|method| method.value.open()));
            }
        }
    }
    let mut seen = Vec::new();
    opens.retain(|open| {
        let new = !seen.contains(open);
        seen.push(*open);
        new
    });
    (found, opens)
}

pub(super) fn split(eval: &Eval<'_>, url: &Pattern) -> Option<Target> {
    let rules = eval.rules();
    Target::new(url, rules.prefix(), &rules.literals.heads)
}

/// Judge a request whose endpoint is decided as far as it can be.
fn finish(shared: &Shared<'_>, node: Node, site: Option<Node>, levels: &[Level], sent: bool, into: &mut Vec<Record>) {
    // a fresh budget, and every caller counts now
    let mut eval = Eval::new(shared);
    let around = around_levels(shared, node, levels);
    let Some(ctx) = &context(&mut eval, node, levels, &around) else { return };
    let rules = shared.rules;
    for request in requests(&mut eval, node, ctx, sent) {
        let Some(part) = request.target() else { continue };
        let request_node = part.site.node;
        let mut matches: Vec<(usize, Match, Host, Option<Vals>)> = Vec::new();
        let mut is_one_of_several = false;
        if let Some(endpoint) = part.fact.endpoint {
            let subject: Vals = part.fact.subject.iter().flat_map(|slot| eval.slot(slot, &part.site)).collect();
            // an SDK of the API talks to it, whatever its domain is called
            let host = Host::Tenant;
            matches.push((endpoint, Match::Yes, host, Some(subject)));
        } else {
            let methods = request.methods(&mut eval);
            for url in request.urls(&mut eval) {
                let Some(target) = split(&eval, &url) else { continue };
                let host = host_of(rules, &target);
                if host == Host::Other {
                    continue;
                }
                let mut of_url: Vec<(usize, Match)> = rules
                    .endpoints
                    .iter()
                    .enumerate()
                    .map(|(nth, endpoint)| {
                        (nth, target.matches(endpoint).min(method_matches(&methods, &endpoint.method)))
                    })
                    .filter(|(_, found)| *found != Match::No)
                    // many an API has users: only the tenant's take any text for an id
                    .filter(|(nth, _)| {
                        let endpoint = &rules.endpoints[*nth];
                        let id = endpoint.subject.and_then(|at| target.text(at));
                        host == Host::Tenant || !id.is_some_and(|id| endpoint.is_no_id(id))
                    })
                    .collect();
                let best = of_url.iter().map(|(_, found)| *found).max().unwrap_or(Match::No);
                if best == Match::Yes {
                    of_url.retain(|(_, found)| *found == Match::Yes);
                } else if best == Match::Any && host != Host::Tenant {
                    // many an API has a `/api/v2/`
                    continue;
                } else {
                    // nothing tells them apart: the first that is possible stands for all
                    is_one_of_several |= of_url.len() > 1;
                    of_url.truncate(1);
                }
                for (nth, found) in of_url {
                    let subject = rules.endpoints[nth]
                        .subject
                        .map(|segment| target.segment(segment).cloned().into_iter().collect::<Vals>());
                    match matches.iter_mut().find(|known| known.0 == nth) {
                        Some(known) => {
                            known.1 = known.1.max(found);
                            known.2 = known.2.max(host);
                            if let (Some(all), Some(more)) = (&mut known.3, subject) {
                                all.extend(more);
                            }
                        }
                        None => matches.push((nth, found, host, subject)),
                    }
                }
            }
        }
        if matches.is_empty() {
            continue;
        }
        let deciding = site.or_else(|| handed_in(shared, &part.site.ctx, part.site.node, &matches));
        let mut credential = request.credential(&mut eval).without_made_up(shared.project, node.file);
        if judge(&credential).mixed {
            let mut left = RECEIVERS;
            credential = by_caller(shared, &mut eval, node, levels, sent, &mut left).unwrap_or(credential);
        }
        for (endpoint, found, host, subject) in matches {
            let judged = answered::judge(&mut eval, &credential);
            // somebody else's token, to a host that is not known: somebody else's API
            let is_foreign = judged.reason.as_ref().is_some_and(|(reason, _)| *reason == OTHER_TOKEN);
            if is_foreign && host == Host::Maybe {
                continue;
            }
            // a call about whose client nothing is known may be no request at all
            let is_evident = part.fact.on_tenant && host == Host::Tenant && found == Match::Yes;
            if request.tentative() && !judged.given && !is_evident {
                continue;
            }
            let mut confidence = judged.confidence;
            let by_itself = matches!(credential, Credential::Ambient(_));
            if host == Host::Maybe || found < Match::Yes || judged.mixed || by_itself {
                confidence = lower(confidence);
            }
            let is_one_of_several = is_one_of_several && found < Match::Yes;
            if judged.verdict == Verdict::Unknown || is_one_of_several {
                confidence = Confidence::Low;
            }
            into.push(Record {
                site: deciding.unwrap_or(request_node),
                request: request_node,
                endpoint,
                client: request.client().to_string(),
                confidence,
                whose: whose(shared, &rules.endpoints[endpoint], subject.as_ref(), judged.is_own, &around),
                body: Body::of(&mut eval, &request, &rules.endpoints[endpoint]),
                parts: request.parts.iter().map(|part| part.site.node).collect(),
                base: (judged.verdict == Verdict::IdToken)
                    .then(|| base(shared, request_node, &request.urls(&mut eval)))
                    .flatten(),
                // what is chained behind it may say more
                sent: sent && (judged.given || !request.tentative()),
                sure: found == Match::Yes,
                for_others: false,
                is_one_of_several,
                judged,
            });
        }
    }
}

/// The call that hands in what the endpoint depends on, where the request was followed into a function that builds it.
fn handed_in(
    shared: &Shared<'_>,
    ctx: &Ctx,
    built: Node,
    matches: &[(usize, Match, Host, Option<Vals>)],
) -> Option<Node> {
    let [(endpoint, ..)] = matches else { return None };
    let mut levels: Vec<Level> = Vec::new();
    let mut at = ctx.clone();
    let mut site = None;
    while let Some(frame) = at {
        let FrameKind::Call { func, args: Args::Of(call, caller), .. } = &frame.kind else { break };
        // does the endpoint hold for whatever the function is given?
        let mut eval = Eval::new(shared);
        let open_functions = around_levels(shared, built, &levels);
        let Some(inner) = context(&mut eval, built, &levels, &open_functions) else { break };
        let decided = requests(&mut eval, built, &inner, false).iter().any(|request| {
            let (candidates, _) = eval.with_open(open_functions.clone(), |eval| candidates(eval, request));
            let sure: Vec<&Candidate> = candidates.iter().filter(|candidate| candidate.sure).collect();
            matches!(sure.as_slice(), [only] if only.endpoint == *endpoint)
        });
        if decided || levels.len() >= LEVELS {
            break;
        }
        levels.push(Level::Caller(*func, *call));
        site = Some(*call);
        at = caller.clone();
    }
    site
}
