//! Whose token a request carries where its object, or the closure around it, decides: that of the calls further out.
//!
//! Owns asking them. Must not know how calls are found and reported, nor what a credential is judged to be.

use super::host::{Host, host_of};
use super::request::Credential;
use super::sites::{LEVELS, Level, around, around_levels, context, requests, split};
use super::verdict::judge;
use crate::eval::value::{FuncRef, Node, Vals};
use crate::eval::{Eval, Shared};

/// Calls of a method that are looked at for what its object carries.
pub(super) const RECEIVERS: usize = 16;

/// The credential of a request whose object or closure decides it: that of the calls of the function around the call that
/// decides the endpoint, of those that go to a tenant; where they do not tell, that of the calls further out. `None` where
/// it is not called, or not all of its calls are known.
pub(super) fn by_caller<'r>(
    shared: &'r Shared<'r>,
    eval: &mut Eval<'r>,
    node: Node,
    levels: &[Level],
    sent: bool,
    left: &mut usize,
) -> Option<Credential> {
    let outermost = match levels.last() {
        Some(Level::Caller(_, call)) => *call,
        Some(Level::Element(..) | Level::Handing(..) | Level::Action(..)) => return None,
        None => node,
    };
    let known = |func: &FuncRef| {
        let callers = eval.callers_of(*func);
        let all = !callers.cut && callers.perhaps.is_empty() && callers.calls.len() <= RECEIVERS;
        (!callers.calls.is_empty()).then(|| (*func, all.then(|| callers.calls.clone())))
    };
    let (func, calls) = around(shared, outermost).iter().find_map(known)?;
    let (mut values, mut whole) = (Vals::new(), false);
    for call in calls? {
        *left = left.checked_sub(1)?;
        let levels = [levels, &[Level::Caller(func, call)]].concat();
        let open = around_levels(shared, node, &levels);
        let Some(ctx) = context(eval, node, &levels, &open) else { continue };
        for request in requests(eval, node, &ctx, sent) {
            let is_target = request.target().is_some_and(|part| part.fact.endpoint.is_some())
                || request
                    .urls(eval)
                    .iter()
                    .any(|url| split(eval, url).is_some_and(|target| host_of(eval.rules(), &target) != Host::Other));
            if !is_target {
                continue;
            }
            let mut credential = request.credential(eval).without_made_up(shared.project, node.file);
            if judge(&credential).mixed && levels.len() < LEVELS {
                credential = by_caller(shared, eval, node, &levels, sent, left).unwrap_or(credential);
            }
            match credential {
                Credential::Header(found) | Credential::Ambient(found) => {
                    whole = true;
                    values.extend(found);
                }
                Credential::Bearer(found) => values.extend(found),
                Credential::Library(..) | Credential::None => return None,
            }
        }
    }
    match whole {
        _ if values.is_empty() => None,
        true => Some(Credential::Header(values)),
        false => Some(Credential::Bearer(values)),
    }
}
