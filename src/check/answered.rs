//! Tokens that are told by their names alone, and are read off the answer to a request: the request may say that they are
//! another party's.

use super::login::{query_call, text_of};
use super::model::{Confidence, Verdict};
use super::origin::Origin;
use super::request::{Credential, Request};
use super::verdict::{self, Judged};
use crate::eval::value::{Node, Piece, Value};
use crate::eval::{Eval, Site};
use crate::ir::{Expr, ExprId};
use crate::project::Lowered;
use crate::rules::schema::PartyTable;
use crate::rules::slot::{Base, Into, Slot};
use crate::text::{FileId, Span};

/// Expressions on the way from a token to the request.
const STEPS: usize = 24;

/// What a credential is, with what the request says whose answer it was read off.
pub(super) fn judge(eval: &mut Eval<'_>, credential: &Credential) -> Judged {
    let judged = verdict::judge(credential);
    // what an SDK hands out is known better
    if judged.verdict != Verdict::IdToken || judged.mixed || judged.confidence == Confidence::High {
        return judged;
    }
    let origin = Origin::of(eval.shared(), judged.trail.as_ref(), Vec::new());
    match origin.at {
        Some((file, span)) if is_for_another(eval, file, span) => Judged::of_another(judged.trail),
        _ => judged,
    }
}

/// Whether the token that is read at a place is an answer to a request for another party's.
fn is_for_another(eval: &mut Eval<'_>, file: FileId, span: Span) -> bool {
    let Some(lowered) = eval.shared().project.lowered(file) else { return false };
    if eval.rules().parties.is_empty() {
        return false;
    }
    let Some((request, urls)) = answering(eval, lowered, file, lowered.ir.at(span).collect()) else { return false };
    let is_to = |party: &&PartyTable| {
        urls.iter().any(|url| url.split(['?', '#']).next().is_some_and(|address| address.ends_with(&party.url)))
    };
    let parties: Vec<&PartyTable> = eval.rules().parties.iter().filter(is_to).collect();
    parties.into_iter().any(|party| party.named_by.is_empty() || names_another(eval, &request, party))
}

/// The request whose answer a value is read off, which is all of these, and where it goes to.
fn answering<'r>(
    eval: &mut Eval<'r>,
    lowered: &Lowered,
    file: FileId,
    mut ways: Vec<ExprId>,
) -> Option<(Request<'r>, Vec<String>)> {
    let ir = &lowered.ir;
    for _ in 0..STEPS {
        let at = ir.strip(ways.pop()?);
        match ir.expr(at) {
            Expr::Field { base, .. } => ways.push(*base),
            Expr::Local(binding) => ways.extend(ir.binding(*binding).defs.iter().map(|def| def.value)),
            Expr::Param { func, .. } => {
                ways.extend(ir.argument_of(ir.func(*func).expr).map(|(call, _)| call));
            }
            Expr::Call { args, .. } => {
                let found = Request::of_call(eval, Node { file, expr: at }, &None);
                // what reads an answer may look like a request, but goes nowhere
                for request in found {
                    let urls: Vec<String> = request.urls(eval).iter().map(text_of).collect();
                    if !urls.is_empty() {
                        return Some((request, urls));
                    }
                }
                // `JSON.parse(body)`, before it what a method is called on
                ways.extend(args.first().map(|arg| arg.expr));
                ways.extend(ir.receiver(at));
            }
            _ => {}
        }
    }
    None
}

/// Whether the body of a request names a party that is not the tenant itself.
fn names_another(eval: &mut Eval<'_>, request: &Request<'_>, party: &PartyTable) -> bool {
    request.parts.iter().flat_map(|part| part.fact.body.iter().map(move |slot| (slot, &part.site))).any(
        |(slot, site)| {
            let made = eval.slot(slot, site).iter().find_map(|value| query_call(eval.rules(), value));
            let (site, options) = match made {
                Some(call) => (Site::new(call, &None), Slot { base: Base::Arg(0), path: Vec::new() }),
                None => (site.clone(), slot.clone()),
            };
            party.named_by.iter().any(|name| {
                let path = options.path.iter().cloned().chain([Into::Member(name.clone())]).collect();
                let named = eval.slot(&Slot { base: options.base.clone(), path }, &site);
                named.iter().any(|value| match &value.value {
                    Value::Null => false,
                    Value::Str(text) => match text.pieces.as_slice() {
                        [Piece::Lit(text)] => !party.own.iter().any(|own| **own == **text),
                        _ => true,
                    },
                    _ => true,
                })
            })
        },
    )
}
