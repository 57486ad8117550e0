//! What a recorded request carried, and whether the token that it was sent with may send it.
//!
//! Names keys and claims, and shows no value.

use super::model::Note;
use super::token::Token;
use crate::check::advice;
use crate::check::model::Verdict;
use crate::lower::traffic::{Body, Field};
use crate::rules::{Endpoint, LinkingTable, Rules};

/// A token that was sent to an endpoint.
pub(super) struct Sender<'a> {
    /// The token, where it is recorded and its claims can be read.
    pub token: Option<&'a Token>,
    /// What it is.
    pub verdict: Verdict,
    /// The endpoint.
    pub endpoint: &'a Endpoint,
}

/// What there is to say about a body.
pub(super) fn notes(body: &Body, sender: &Sender<'_>, rules: &Rules) -> Vec<Note> {
    let Some(fields) = body.fields() else { return Vec::new() };
    match sender.verdict {
        // a token for any user may send all of it
        Verdict::AccessToken if !sender.token.is_some_and(|token| token.is_current_users(rules)) => return Vec::new(),
        // what is wrong with the token in the body is wrong whichever is the Bearer
        Verdict::Unknown => {
            let linking = sender.endpoint.linking.as_ref();
            return linking.map_or_else(Vec::new, |linking| linked(&fields, sender, linking, rules));
        }
        Verdict::AccessToken | Verdict::IdToken => {}
    }
    let first = |keys: &[String]| {
        let mut names = fields.iter().map(|(name, _)| name);
        names.find(|name| keys.contains(name)).cloned()
    };
    match (&sender.endpoint.body, &sender.endpoint.linking) {
        (Some(table), _) => first(&table.any_user_keys).map(|key| takes_any_user(sender, &key)).into_iter().collect(),
        (None, Some(linking)) => {
            let mut notes: Vec<Note> =
                first(&linking.any_user_members).map(|key| by_id(sender, &key, linking, rules)).into_iter().collect();
            notes.extend(linked(&fields, sender, linking, rules));
            notes
        }
        (None, None) => Vec::new(),
    }
}

/// A key that the logged-in user's own token may not change.
fn takes_any_user(sender: &Sender<'_>, key: &str) -> Note {
    let any_user = sender.endpoint.any_user_scopes().join(" or ");
    let text = match sender.verdict {
        Verdict::AccessToken => {
            format!("`{key}` in the body takes {any_user}, on a server, and this token is the logged-in user's")
        }
        _ => format!("`{key}` in the body takes {any_user}, on a server"),
    };
    Note { text, finding: None }
}

/// The other account is named by its id.
fn by_id(sender: &Sender<'_>, key: &str, linking: &LinkingTable, rules: &Rules) -> Note {
    let (member, any_user) = (&linking.id_token_member, sender.endpoint.any_user_scopes().join(" or "));
    if sender.verdict != Verdict::AccessToken {
        let text = format!(
            "`{key}` in the body takes {any_user}, on a server; with the user's own token the other account is proved by \
             its ID token in `{member}`"
        );
        return Note { text, finding: None };
    }
    let help = advice::link_by_token(linking, &any_user);
    let text = format!("the token is the logged-in user's, but the body names the other account by `{key}`");
    Note { text, finding: Some((rules.outside.recorded.rule_link_by_id.clone(), help)) }
}

/// The token that proves the other account, where it can be read.
fn secondary(fields: &[Field], linking: &LinkingTable) -> Option<Token> {
    let sent = fields.iter().rev().find(|(name, _)| *name == linking.id_token_member)?;
    Token::read(sent.1.as_ref()?)
}

/// The host of who issued the token that a body links an account by: where a custom domain issues it, it serves the API, too.
pub(super) fn issuer(body: &Body, rules: &Rules) -> Option<String> {
    let fields = body.fields()?;
    let mut linkings = rules.endpoints.iter().filter_map(|endpoint| endpoint.linking.as_ref());
    linkings.find_map(|linking| secondary(&fields, linking))?.issuer()
}

/// What is wrong with the token that proves the other account.
fn linked(fields: &[Field], sender: &Sender<'_>, linking: &LinkingTable, rules: &Rules) -> Vec<Note> {
    let known = &rules.outside.recorded;
    let member = &linking.id_token_member;
    let Some(token) = secondary(fields, linking) else { return Vec::new() };
    let note = |text: String, help: String| Note { text, finding: Some((known.rule_secondary_token.clone(), help)) };
    if token.judge(rules).verdict == Verdict::AccessToken {
        return vec![note(
            format!("`{member}` holds an access token, and no ID token"),
            format!("Send the ID token of the other account as `{member}`, signed with {}.", linking.algorithm),
        )];
    }
    let mut notes = Vec::new();
    if let Some(named) = token.signed_otherwise(linking, rules) {
        let (named, wanted) = (named.unwrap_or("something else"), &linking.algorithm);
        notes.push(note(
            format!("the ID token in `{member}` is signed with {named}, and not with {wanted}"),
            advice::sign_so(&format!("Set the algorithm of the client to {wanted}")),
        ));
    }
    let access = sender.token.filter(|_| sender.verdict == Verdict::AccessToken);
    if access.and_then(|access| token.is_for_client_of(access)) == Some(false) {
        notes.push(note(
            format!("the `aud` of the ID token in `{member}` is not the `azp` of the access token"),
            "Get both from the same client: with the user's own token, an ID token in the body is taken only if it was issued \
             to the client that got the access token."
                .to_owned(),
        ));
    }
    notes
}
