//! Tokens that are read off the answer to a request: the request may say that they are another party's, or the program's own.

use super::login::{member_texts, text_of};
use super::model::{Confidence, Verdict};
use super::origin::Origin;
use super::request::{Credential, Request};
use super::verdict::{self, Judged};
use crate::eval::value::{Args, Ctx, Node, Trail, Value};
use crate::eval::{Eval, Site};
use crate::ir::{Expr, ExprId};
use crate::rules::Fact;
use crate::rules::path::{Root, Step};
use crate::rules::schema::{OwnTable, PartyTable};
use crate::rules::slot::{Base, Slot};
use crate::text::{FileId, Span};
use std::rc::Rc;

/// Expressions on the way from a token to the request.
const STEPS: usize = 24;
/// Helpers that are looked into, one in the other.
const HELPERS: u8 = 3;

/// What a credential is, with what the request says whose answer it was read off.
pub(super) fn judge(eval: &mut Eval<'_>, credential: &Credential) -> Judged {
    let judged = verdict::judge(credential);
    match judged.verdict {
        Verdict::AccessToken => {
            let is_own = judged.library.is_some() || is_all_own(eval, &verdict::access_ways(credential));
            Judged { is_own, ..judged }
        }
        // what an SDK hands out is known better
        Verdict::IdToken if !judged.mixed && judged.confidence != Confidence::High => {
            let origin = Origin::of(eval.shared(), judged.trail.as_ref(), Vec::new());
            match origin.at {
                Some((file, span)) if is_for_another(eval, file, span) => Judged::of_another(judged.trail),
                _ => judged,
            }
        }
        _ => judged,
    }
}

/// Whether all of these access tokens are the program's own.
fn is_all_own(eval: &mut Eval<'_>, ways: &[Option<Rc<Trail>>]) -> bool {
    !ways.is_empty() && ways.iter().all(|way| is_own(eval, way.as_ref()))
}

fn is_own(eval: &mut Eval<'_>, way: Option<&Rc<Trail>>) -> bool {
    let rules = eval.rules();
    let origin = Origin::of(eval.shared(), way, Vec::new());
    let is_given = |eval: &mut Eval<'_>, (number, call): (usize, Node), ctx: &Ctx| {
        let table = &rules.own[number];
        let Some(option) = &table.option else { return true };
        let options = Slot { base: Base::Arg(0), path: Vec::new() };
        holds(table, &member_texts(eval, &Site::new(call, ctx), &options, option))
    };
    if origin.own.iter().any(|own| is_given(eval, *own, &None)) {
        return true;
    }
    let Some((file, span)) = origin.at.filter(|_| !rules.own.is_empty()) else { return false };
    match answering(eval, file, span) {
        Some(Answering::Call(own, ctx)) => own.into_iter().any(|own| is_given(eval, own, &ctx)),
        Some(Answering::Request(asked)) => rules.own.iter().any(|table| {
            table.url.as_ref().is_some_and(|url| asked.goes_to(url))
                && table.option.as_ref().is_none_or(|option| holds(table, &asked.body_texts(eval, option)))
        }),
        None => false,
    }
}

/// Whether an option holds nothing but what makes a token the program's own.
fn holds(table: &OwnTable, texts: &[Option<String>]) -> bool {
    let is_meant = |text: &Option<String>| text.as_ref().is_some_and(|text| table.holds.contains(text));
    !texts.is_empty() && texts.iter().all(is_meant)
}

/// Whether the token that is read at a place is an answer to a request for another party's.
fn is_for_another(eval: &mut Eval<'_>, file: FileId, span: Span) -> bool {
    let rules = eval.rules();
    if rules.parties.is_empty() {
        return false;
    }
    let Some(Answering::Request(asked)) = answering(eval, file, span) else { return false };
    let is_named = |eval: &mut Eval<'_>, party: &PartyTable| {
        party.named_by.iter().any(|name| {
            let texts = asked.body_texts(eval, name);
            texts.iter().any(|text| text.as_ref().is_none_or(|text| !party.own.contains(text)))
        })
    };
    let mut parties = rules.parties.iter().filter(|party| asked.goes_to(&party.url));
    parties.any(|party| party.named_by.is_empty() || is_named(eval, party))
}

/// Where what was read comes from.
enum Answering<'r> {
    /// The answer to a request.
    Request(Asked<'r>),
    /// The result of a call of a library that hands out tokens of the program's own, as tables with these numbers say.
    Call(Vec<(usize, Node)>, Ctx),
}

/// A request whose answer was read.
struct Asked<'r> {
    request: Request<'r>,
    urls: Vec<String>,
}

impl Asked<'_> {
    /// Whether its address ends so, without its query.
    fn goes_to(&self, end: &str) -> bool {
        self.urls.iter().any(|url| url.split(['?', '#']).next().is_some_and(|address| address.ends_with(end)))
    }

    /// What a member of its body may be; `None` where that is not known.
    fn body_texts(&self, eval: &mut Eval<'_>, name: &str) -> Vec<Option<String>> {
        let bodies =
            self.request.parts.iter().flat_map(|part| part.fact.body.iter().map(move |slot| (slot, &part.site)));
        bodies.flat_map(|(slot, site)| member_texts(eval, site, slot, name)).collect()
    }
}

/// The tables, by number, that say of a call that it hands out tokens of the program's own.
fn handing_out(eval: &mut Eval<'_>, call: Node, ctx: &Ctx) -> Vec<(usize, Node)> {
    let rules = eval.rules();
    let mut own = Vec::new();
    for called in eval.callees(call, ctx) {
        let states = match &called.value {
            Value::Api(api) => rules.automaton.step(&api.states, &Step::Call),
            Value::Unknown(_) => rules.automaton.step(&rules.automaton.root(&Root::Any), &Step::Call),
            _ => continue,
        };
        own.extend(rules.facts(&states).filter_map(|fact| match fact {
            Fact::Own(number) => Some((*number, call)),
            _ => None,
        }));
    }
    own
}

/// What the value that is read at a place was handed out by.
fn answering<'r>(eval: &mut Eval<'r>, file: FileId, span: Span) -> Option<Answering<'r>> {
    let lowered = eval.shared().project.lowered(file)?;
    let mut ways: Vec<(Node, Ctx, u8)> = lowered.at(span).map(|expr| (Node { file, expr }, None, HELPERS)).collect();
    for _ in 0..STEPS {
        let (node, ctx, helpers) = ways.pop()?;
        let Some(lowered) = eval.shared().project.lowered(node.file) else { continue };
        let ir = &lowered.ir;
        let at = ir.strip(node.expr);
        let mut next = |expr: ExprId| ways.push((Node { file: node.file, expr }, ctx.clone(), helpers));
        match ir.expr(at) {
            Expr::Field { base, .. } => next(*base),
            Expr::Local(binding) => ir.binding(*binding).defs.iter().for_each(|def| next(def.value)),
            Expr::Param { func, .. } => {
                if let Some((call, _)) = ir.argument_of(ir.func(*func).expr) {
                    next(call);
                }
            }
            Expr::Call { args, .. } => {
                let call = Node { file: node.file, expr: at };
                let own = handing_out(eval, call, &ctx);
                if !own.is_empty() {
                    return Some(Answering::Call(own, ctx));
                }
                // what reads an answer may look like a request, but goes nowhere
                for request in Request::of_call(eval, call, &ctx) {
                    let urls: Vec<String> = request.urls(eval).iter().map(text_of).collect();
                    if !urls.is_empty() {
                        return Some(Answering::Request(Asked { request, urls }));
                    }
                }
                // `JSON.parse(body)`, before it what a method is called on, before that what a helper returns
                args.first().into_iter().for_each(|arg| next(arg.expr));
                ir.receiver(at).into_iter().for_each(&mut next);
                if helpers > 0 {
                    ways.extend(returned(eval, call, &ctx).into_iter().map(|(node, ctx)| (node, ctx, helpers - 1)));
                }
            }
            _ => {}
        }
    }
    None
}

/// What the functions return that a call calls.
fn returned(eval: &mut Eval<'_>, call: Node, ctx: &Ctx) -> Vec<(Node, Ctx)> {
    let mut all = Vec::new();
    for called in eval.callees(call, ctx) {
        let Value::Func(closure) = &called.value else { continue };
        let file = closure.func.file;
        let Some(lowered) = eval.shared().project.lowered(file) else { continue };
        let within = eval.call_frame(closure, Args::Of(call, ctx.clone()), closure.this.clone());
        let returns = &lowered.ir.func(closure.func.func).returns;
        all.extend(returns.iter().map(|expr| (Node { file, expr: *expr }, within.clone())));
    }
    all
}
