//! Calls that link accounts: what their bodies say, and how the ID tokens in them are signed.

use super::find::Login;
use super::lacks::words;
use super::written::{HOLE, Held};
use super::{Config, Draft, Outcome, Sent, Sure, effective};
use crate::check::advice;
use crate::check::model::{Location, Verdict};
use crate::check::outside::Client;
use crate::eval::value::Node;
use crate::rules::{LinkingTable, Rules};

/// The rule for linking by id with a current user's token.
const LINK_BY_ID: &str = "current-user-link-by-id";
/// The rule for secondary ID tokens that are signed otherwise.
pub(in crate::check) const NOT_RS256: &str = "secondary-token-not-rs256";

/// A call that links accounts, and the logins that feed it.
pub(super) struct Link<'a> {
    pub nth: usize,
    pub sent: &'a Sent<'a>,
    pub linking: &'a LinkingTable,
    pub configs: &'a [Config],
    pub sure: Sure,
}

/// Whether a call links accounts by the other's ID token, with the user's own: then it counts how that is signed.
pub(in crate::check) fn links_by_token(rules: &Rules, sent: &Sent<'_>) -> bool {
    rules.endpoints[sent.endpoint].linking.is_some()
        && sent.needs_key.is_none()
        && sent.call.suggested_scopes != sent.call.any_user_scopes
}

/// Judge a call that links accounts: what its body says, how its logins expect ID tokens to be signed, and how the tenant's
/// clients sign them.
pub(super) fn judge(
    link: &Link<'_>,
    rules: &Rules,
    logins: &[Login],
    clients: &[Client],
    outcome: &mut Outcome,
    locate: &mut dyn FnMut(Node) -> Location,
) {
    outcome.drafts.extend(by_id(link, rules, logins));
    if link.sent.needs_key.is_some() {
        return;
    }
    let mut say = |draft: Draft| {
        let is_known = |other: &&mut Draft| other.rule == NOT_RS256 && other.at == draft.at;
        match outcome.drafts.iter_mut().find(is_known) {
            Some(other) => other.calls.push(link.nth),
            None => outcome.drafts.push(draft),
        }
    };
    let configured = || link.configs.iter().flat_map(|(base, part)| [*base, *part]).flatten();
    for login in configured() {
        let Held::Texts(texts) = &logins[login].algorithm.held else { continue };
        let Some(other) = texts.iter().find(|text| is_other(text, link.linking)) else { continue };
        let message = format!("accounts are linked with ID tokens of a login that expects them signed with {other}");
        let what = format!("Set the algorithm of the client, and what is expected here, to {}", link.linking.algorithm);
        let at = logins[login].algorithm.told.unwrap_or(logins[login].node);
        say(draft(link, message, &what, locate(at)));
    }
    if !links_by_token(rules, link.sent) {
        return;
    }
    let ids: Vec<&String> = configured().flat_map(|login| known_texts(&logins[login].client_id.held)).collect();
    for client in clients.iter().filter(|client| is_other(&client.algorithm, link.linking)) {
        let is_told = match &client.id {
            Some(id) if !ids.is_empty() => {
                if !ids.contains(&id) {
                    continue;
                }
                true
            }
            _ => false,
        };
        let named = client.name.as_ref().map(|name| format!(" \"{name}\"")).unwrap_or_default();
        let message = format!(
            "accounts are linked with ID tokens, and the client{named} signs its own with {}",
            client.algorithm
        );
        let whether = if is_told { "" } else { ", if this is the client that its users log in with" };
        let what = format!("Set this to {}{whether}", link.linking.algorithm);
        say(draft(link, message, &what, client.at.clone()));
    }
}

/// Where the body names the other account by its id, which the user's own token may not do.
fn by_id(link: &Link<'_>, rules: &Rules, logins: &[Login]) -> Option<Draft> {
    let call = link.sent.call;
    let key = link.sent.needs_key?;
    let is_own = call.verdict == Verdict::AccessToken
        && link.sure == Sure::Followed
        && !link.configs.is_empty()
        && link.configs.iter().all(|config| is_current_user(rules, logins, *config, link.sent));
    is_own.then(|| Draft {
        rule: LINK_BY_ID,
        message: format!(
            "{} is called with the logged-in user's token, but the body names the other account by `{key}`",
            call.endpoint
        ),
        help: advice::link_by_token(link.linking, &call.any_user_scopes.join(" or ")),
        at: call.at.clone(),
        calls: vec![link.nth],
        about_call: true,
        related: "",
        fix: None,
        no_fix: None,
    })
}

/// What is said of how ID tokens are signed.
fn draft(link: &Link<'_>, message: String, what: &str, at: Location) -> Draft {
    Draft {
        rule: NOT_RS256,
        message,
        help: advice::sign_so(what),
        at,
        calls: vec![link.nth],
        about_call: false,
        related: "accounts are linked here",
        fix: None,
        no_fix: None,
    }
}

/// Whether a text is the name of another algorithm, as `HS256` is.
fn is_other(text: &str, linking: &LinkingTable) -> bool {
    let is_name = text.len() == linking.algorithm.len()
        && text
            .bytes()
            .zip(linking.algorithm.bytes())
            .all(|(one, other)| one.is_ascii_digit() == other.is_ascii_digit());
    is_name && text != linking.algorithm
}

fn known_texts(held: &Held) -> impl Iterator<Item = &String> {
    let texts = match held {
        Held::Texts(texts) => texts.as_slice(),
        _ => &[],
    };
    texts.iter().filter(|text| !text.contains(HOLE))
}

/// Whether a login's tokens are the logged-in user's, and cannot act on any user.
fn is_current_user(rules: &Rules, logins: &[Login], config: Config, sent: &Sent<'_>) -> bool {
    let (base, part) = config;
    if [base, part].into_iter().flatten().any(|nth| rules.logins[logins[nth].number].public) {
        return true;
    }
    let words = words(&effective(logins, config, |login| &login.scope).0.held);
    let holds = |scopes: &[String]| scopes.iter().any(|scope| words.contains(scope));
    holds(&sent.call.current_user_scopes) && !holds(&sent.call.any_user_scopes)
}
