//! What the body of a request says of the token it takes.

use super::request::Request;
use crate::eval::Eval;
use crate::ir::Name;
use crate::rules::Endpoint;

/// What a body takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Body {
    /// It was not read, or does not matter.
    Unread,
    /// The logged-in user's own token may send it.
    Fits,
    /// This key of it takes a token for any user.
    Needs(Name),
}

impl Body {
    /// What the body of a request to `endpoint` takes.
    pub(super) fn of<'r>(eval: &mut Eval<'r>, request: &Request<'r>, endpoint: &Endpoint) -> Body {
        let (own, others) = match (&endpoint.body, &endpoint.linking) {
            (Some(body), _) => (&body.current_user_keys[..], &body.any_user_keys),
            (None, Some(linking)) => (std::slice::from_ref(&linking.id_token_member), &linking.any_user_members),
            (None, None) => return Body::Unread,
        };
        let Some(keys) = request.body_keys(eval) else { return Body::Unread };
        let is_one_of = |list: &[String], key: &Name| list.iter().any(|known| **known == **key);
        if let Some(key) = keys.names.iter().find(|key| is_one_of(others, key)) {
            return Body::Needs(key.clone());
        }
        let all_own = keys.any && !keys.open && keys.names.iter().all(|key| is_one_of(own, key));
        if all_own && !keys.names.is_empty() { Body::Fits } else { Body::Unread }
    }
}
