//! What a finding says: the message, what to do, and a fingerprint that survives edits elsewhere.

use super::body::Body;
use super::model::{Call, Runs, Severity, Subject, Verdict};
use crate::rules::{Endpoint, LinkingTable, Side, docs};

/// The rule for a call whose credential could not be followed.
pub(super) const UNRESOLVED: &str = "unresolved-bearer";

/// What to do about an ID token that links accounts and is signed otherwise; `first` is what to set.
pub(super) fn sign_so(first: &str) -> String {
    format!(
        "{first}: with the user's own token, an ID token in the body is taken only if it is signed so, and if its `aud` is the \
         `azp` of the access token."
    )
}

/// What to do where the user's own token links an account by its id.
pub(super) fn link_by_token(linking: &LinkingTable, any_user_scopes: &str) -> String {
    format!(
        "Send the ID token of the other account as `{}`, and nothing else: signed with {}, its `aud` the `azp` of the access \
         token. Only a server with {any_user_scopes} may link by id.",
        linking.id_token_member, linking.algorithm
    )
}

/// How serious a rule's findings are, as its page says.
pub(super) fn severity(rule: &str) -> Severity {
    match docs::rule(rule).map(docs::Doc::severity) {
        Some("error") => Severity::Error,
        _ => Severity::Warning,
    }
}

/// The rule and the texts for a call, if there is something to do.
pub(super) fn finding(call: &Call, endpoint: &Endpoint, prefix: &str) -> Option<(String, String, String)> {
    let on_some_paths = call.trace.last().is_some_and(|step| step.note.contains(ON_SOME_PATHS));
    match call.verdict {
        Verdict::AccessToken => None,
        Verdict::IdToken => {
            let some = if on_some_paths { " on some paths" } else { "" };
            let message = format!("{} is called with an ID token as the Bearer{some}", endpoint.name);
            Some((endpoint.rule.clone(), message, help(call, prefix)))
        }
        Verdict::Unknown => {
            let why = call.reason.as_ref().map(|reason| reason.text.as_str()).unwrap_or_default();
            let message = format!("the Bearer of {} could not be followed: {why}", endpoint.name);
            let help = format!(
                "Find out which token this call sends. If it is an ID token: {}",
                decapitalize(&help(call, prefix))
            );
            Some((UNRESOLVED.to_owned(), message, help))
        }
    }
}

/// Says that no scope of a user's own will do.
const OWN: &str = "the token is the program's own, which is about no user";

/// Says in a trace that other paths send something else.
pub(super) const ON_SOME_PATHS: &str = "on some paths";

fn help(call: &Call, prefix: &str) -> String {
    let scopes = |scopes: &[String]| scopes.join(" or ");
    let audience = format!("https://{{domain}}{prefix}");
    let why = call.scope_reason.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
    if call.suggested_scopes == call.any_user_scopes {
        let scope = scopes(&call.suggested_scopes);
        let ask = format!("an access token with the audience {audience} and the scope {scope}");
        return match &call.runs {
            Some(Runs { side: Side::Server, why: by }) => format!(
                "Ask for {ask} with client credentials, which this code can keep, as it runs on a server ({by}), and send \
                 that{why}."
            ),
            Some(Runs { side: Side::Client, why: by }) => format!(
                "Move this call to a server: what runs in a browser or on a user's device, as this does ({by}), is \
                 given no token with the scope {scope}. There, ask for {ask} with client credentials, and send \
                 that{why}."
            ),
            None => format!(
                "Ask for {ask} on a server, with client credentials, and send that{why}. From a browser or a device, \
                 move the call to a server."
            ),
        };
    }
    let mut help = format!(
        "Ask for an access token at login with the audience {audience} as the only one and the scope {}, and send that.",
        scopes(&call.suggested_scopes)
    );
    if call.subject == Subject::Unclear {
        let any_user = scopes(&call.any_user_scopes);
        help.push_str(" If the user is not the one who is logged in, ");
        help.push_str(&match call.runs.as_ref().map(|runs| runs.side) {
            Some(Side::Server) => format!("ask with client credentials for {any_user} instead."),
            Some(Side::Client) => {
                format!("move the call to a server, with client credentials and {any_user}: a browser is not given it.")
            }
            None => format!("only a server with {any_user} will do."),
        });
    } else if let Some((_, body)) = call.scope_reason.as_ref().and_then(|why| why.split_once("; ")) {
        help.push_str(&format!(" Mind the body: {body}."));
    }
    help
}

fn decapitalize(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_lowercase().chain(chars).collect(),
        None => String::new(),
    }
}

/// Fill in the scopes to ask for, and why: whose user it is, and what the body takes.
pub(super) fn suggest(call: &mut Call, endpoint: &Endpoint, whose: &str, body: &Body, is_own: bool) {
    let any_user = call.any_user_scopes.join(" or ");
    let (server_only, about_body) = match (body, &endpoint.linking) {
        (Body::Needs(key), None) => (true, Some(format!("`{key}` in the body takes {any_user}, on a server"))),
        (Body::Needs(key), Some(linking)) => {
            let member = &linking.id_token_member;
            let about = format!(
                "`{key}` in the body takes {any_user}, on a server; with the user's own token the other account is \
                 proved by its ID token in `{member}`"
            );
            (false, Some(about))
        }
        (Body::Fits | Body::Unread, _) => (false, None),
    };
    call.suggested_scopes = if server_only || is_own || call.subject == Subject::AnyUser {
        call.any_user_scopes.clone()
    } else {
        // where several will do, the first row of the table is the one that today's API knows
        call.current_user_scopes.first().cloned().into_iter().collect()
    };
    let about_token = (is_own && endpoint.subject.is_some()).then(|| OWN.to_owned());
    let parts = std::iter::once(whose.to_owned()).chain(about_token).chain(about_body);
    call.scope_reason = Some(parts.collect::<Vec<_>>().join("; "));
}

/// Two records of one place: one that means any user decides which scope will do.
pub(super) fn join_subjects(kept: &mut Call, other: &Call) {
    let rank = |call: &Call| match call.subject {
        Subject::AnyUser => 2,
        Subject::CurrentUser => 1,
        Subject::Unclear => 0,
    };
    if rank(other) > rank(kept) {
        kept.subject = other.subject;
        kept.suggested_scopes = other.suggested_scopes.clone();
        kept.scope_reason = other.scope_reason.clone();
        kept.runs = other.runs.clone();
    }
}

/// What a call's text says, however it is formatted: without white space, and without what formatters put in or take out.
pub(super) fn dense(text: &str) -> String {
    let is_format = |c: char| c.is_whitespace() || matches!(c, ';' | ',' | '(' | ')' | '\'' | '"' | '`');
    text.chars().filter(|c| !is_format(*c)).collect()
}

/// A 64-bit FNV-1a hash of `parts`, in hexadecimal.
pub(super) fn fingerprint(parts: &[&str]) -> String {
    fingerprint_on(0xcbf2_9ce4_8422_2325, parts)
}

/// The fingerprint of what `fingerprint` is of and `parts` behind it.
pub(super) fn longer_fingerprint(fingerprint: &str, parts: &[&str]) -> String {
    fingerprint_on(u64::from_str_radix(fingerprint, 16).unwrap_or_default(), parts)
}

fn fingerprint_on(mut hash: u64, parts: &[&str]) -> String {
    for part in parts {
        // a byte that no text holds keeps the parts apart
        for byte in part.bytes().chain([0xff]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    format!("{hash:016x}")
}
