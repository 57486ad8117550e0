//! What a credential is: the verdict, how sure it is, and why it may be unknown.

use super::model::{Confidence, Verdict};
use super::request::Credential;
use crate::eval::value::{Evidence, Node, Pattern, Piece, Reason, Traced, Trail, Value};
use crate::project::Project;
use crate::rules::TokenKind;
use crate::text::FileId;
use crate::text::paths::is_test;
use std::rc::Rc;

/// Why a call is unknown that sends a known token, but of neither kind.
pub(super) const OTHER_TOKEN: &str = "other-token";
/// Why a call is unknown whose token is a text in the source.
pub(super) const LITERAL_TOKEN: &str = "literal-token";

/// The ids of all reasons, for those who refer to them.
pub const REASONS: &[&str] = &[
    "budget",
    "cycle",
    "dynamic-key",
    "library-value",
    LITERAL_TOKEN,
    "no-authorization",
    "no-callers",
    "not-a-string",
    "not-bearer",
    "not-followed",
    OTHER_TOKEN,
    "storage",
    "environment",
    "too-many-callers",
    "unassigned",
    "undeclared",
    "unknown-call",
    "unknown-member",
    "unresolved-import",
];

/// What was found out about a call's credential.
pub(super) struct Judged {
    /// The verdict.
    pub verdict: Verdict,
    /// How sure the token's kind is.
    pub confidence: Confidence,
    /// Why it is unknown: a stable id and a sentence.
    pub reason: Option<(&'static str, String)>,
    /// The way of the alternative that decided, newest step first.
    pub trail: Option<Rc<Trail>>,
    /// The ways of the other ID tokens that it may be.
    pub others: Vec<Rc<Trail>>,
    /// Whether other alternatives say otherwise.
    pub mixed: bool,
    /// Where a library's own credential comes from.
    pub library: Option<Node>,
    /// Whether there was a credential at all.
    pub given: bool,
    /// Whether it is the program's own token, about no user.
    pub is_own: bool,
}

impl Judged {
    fn blank() -> Judged {
        Judged {
            verdict: Verdict::Unknown,
            confidence: Confidence::Low,
            reason: None,
            trail: None,
            others: Vec::new(),
            mixed: false,
            library: None,
            given: true,
            is_own: false,
        }
    }

    /// A token of neither kind.
    pub(super) fn of_another(trail: Option<Rc<Trail>>) -> Judged {
        let text = "it is another kind of token, neither an ID token nor an access token".to_owned();
        Judged { reason: Some((OTHER_TOKEN, text)), trail, ..Judged::blank() }
    }
}

/// One alternative.
enum One {
    Token(TokenKind, Evidence, Option<Rc<Trail>>),
    Unknown(&'static str, String, Option<Rc<Trail>>),
}

/// What a credential may be.
fn alternatives(credential: &Credential) -> Vec<One> {
    match credential {
        Credential::Header(values) | Credential::Ambient(values) => {
            values.iter().filter_map(|value| one(value, true)).collect()
        }
        Credential::Bearer(values) => values.iter().filter_map(|value| one(value, false)).collect(),
        Credential::Library(..) | Credential::None => Vec::new(),
    }
}

/// The ways of all access tokens that a credential may be.
pub(super) fn access_ways(credential: &Credential) -> Vec<Option<Rc<Trail>>> {
    let way = |one| match one {
        One::Token(TokenKind::Access, _, trail) => Some(trail),
        _ => None,
    };
    alternatives(credential).into_iter().filter_map(way).collect()
}

/// Judge a credential.
pub(super) fn judge(credential: &Credential) -> Judged {
    let blank = Judged::blank();
    let alternatives: Vec<One> = match credential {
        Credential::Header(_) | Credential::Ambient(_) | Credential::Bearer(_) => alternatives(credential),
        Credential::Library(TokenKind::Access, node) => {
            let verdict = Verdict::AccessToken;
            return Judged { verdict, confidence: Confidence::High, library: Some(*node), ..blank };
        }
        Credential::Library(_, node) => {
            let verdict = Verdict::IdToken;
            return Judged { verdict, confidence: Confidence::Medium, library: Some(*node), ..blank };
        }
        Credential::None => Vec::new(),
    };
    let confidence = |by: &Evidence| match by {
        Evidence::Api => Confidence::High,
        Evidence::Convention | Evidence::Name => Confidence::Medium,
    };
    let is_id = |one: &&One| matches!(one, One::Token(TokenKind::Id, ..));
    let mixed = alternatives.iter().any(|one| is_id(&one)) && !alternatives.iter().all(|one| is_id(&one));
    let strongest = alternatives.iter().filter(is_id).min_by_key(|one| match one {
        One::Token(_, by, _) => *by,
        One::Unknown(..) => Evidence::Name,
    });
    if let Some(decides @ One::Token(_, by, trail)) = strongest {
        let trail = trail.clone();
        let confidence = lowered_by(trail.as_ref(), confidence(by));
        let others = alternatives.iter().filter(|one| !std::ptr::eq(*one, decides)).filter_map(|one| match one {
            One::Token(TokenKind::Id, _, other) => other.clone(),
            _ => None,
        });
        let others = others.collect();
        return Judged { verdict: Verdict::IdToken, confidence, trail, others, mixed, ..blank };
    }
    for one in &alternatives {
        if let One::Unknown(id, text, trail) = one {
            return Judged { reason: Some((id, text.clone())), trail: trail.clone(), ..blank };
        }
    }
    if let Some(One::Token(TokenKind::Access, by, trail)) =
        alternatives.iter().rev().max_by_key(|one| matches!(one, One::Token(TokenKind::Access, ..)))
    {
        let by = alternatives
            .iter()
            .filter_map(|one| match one {
                One::Token(_, by, _) => Some(*by),
                One::Unknown(..) => None,
            })
            .max()
            .unwrap_or(*by);
        let trail = trail.clone();
        let confidence = lowered_by(trail.as_ref(), confidence(&by));
        return Judged { verdict: Verdict::AccessToken, confidence, trail, ..blank };
    }
    if let Some(One::Token(_, _, trail)) = alternatives.first() {
        return Judged::of_another(trail.clone());
    }
    let text = "no Authorization header was found at the call or at its client".to_owned();
    Judged { reason: Some(("no-authorization", text)), given: false, ..blank }
}

impl Credential {
    /// Without the texts that tests hand to code which is none, where other code hands in something else.
    pub(super) fn without_made_up(mut self, project: &Project<'_>, at: FileId) -> Credential {
        if let Credential::Header(values) | Credential::Bearer(values) | Credential::Ambient(values) = &mut self
            && values.len() > 1
            && !is_test(project.path(at))
        {
            let is_made_up = |value: &Traced| {
                let is_literal = matches!(&value.value, Value::Str(pattern) if pattern.text().is_some());
                let begins = value.trail.as_ref().map(|trail| trail.first());
                is_literal && begins.is_some_and(|first| is_test(project.path(first.file)))
            };
            if !values.iter().all(is_made_up) {
                values.retain(|value| !is_made_up(value));
            }
        }
        self
    }
}

/// One step less sure where the way leads through a condition on the request that was not decided.
fn lowered_by(trail: Option<&Rc<Trail>>, confidence: Confidence) -> Confidence {
    let mut at = trail;
    while let Some(step) = at {
        if step.undecided {
            return lower(confidence);
        }
        at = step.before.as_ref();
    }
    confidence
}

/// One step less sure.
pub(super) fn lower(confidence: Confidence) -> Confidence {
    match confidence {
        Confidence::High => Confidence::Medium,
        Confidence::Medium | Confidence::Low => Confidence::Low,
    }
}

/// What one alternative of a credential is; `None` where it says that nothing is sent.
fn one(value: &Traced, whole_header: bool) -> Option<One> {
    let trail = value.trail.clone();
    Some(match &value.value {
        Value::Token(kind, by) => One::Token(*kind, *by, trail),
        Value::Str(pattern) => return in_string(pattern, trail, whole_header),
        Value::Null | Value::Plain | Value::Bool(_) | Value::AtLeast(_) | Value::Regex(_) | Value::Returned(_) => {
            return None;
        }
        Value::Handed(handed) => return one(&handed.otherwise, whole_header),
        Value::Unknown(unknown) => {
            let (id, text) = reason(&unknown.reason, &unknown.names);
            One::Unknown(id, text, trail)
        }
        Value::Api(api) => {
            let (id, text) = reason(&Reason::Library(api.names().join(".").into()), &[]);
            One::Unknown(id, text, trail)
        }
        Value::Object(_) | Value::Instance(_) | Value::Func(_) | Value::Class(_) | Value::Module(_) => {
            One::Unknown("not-a-string", "an object is sent, not a string".into(), trail)
        }
    })
}

/// The token in a header's or token's text.
fn in_string(pattern: &Pattern, trail: Option<Rc<Trail>>, whole_header: bool) -> Option<One> {
    let mut holes: Vec<&Traced> = pattern.holes().collect();
    if holes.is_empty() {
        let text = pattern.text().unwrap_or_default();
        let mut words = text.split_whitespace();
        let is_bearer = |scheme: &str| scheme.eq_ignore_ascii_case("bearer");
        match (words.next(), words.next(), whole_header) {
            // nothing is sent
            (None, ..) => return None,
            (Some(scheme), None, true) if is_bearer(scheme) => return None,
            (Some(scheme), Some(_), true) if !is_bearer(scheme) => {
                return Some(One::Unknown("not-bearer", "the header is not a Bearer".into(), trail));
            }
            _ => {}
        }
        let text = "the token is written into the source".to_owned();
        return Some(One::Unknown(LITERAL_TOKEN, text, trail));
    }
    let scheme = pattern.prefix().trim();
    if whole_header && !scheme.is_empty() && matches!(pattern.pieces.first(), Some(Piece::Lit(_))) {
        let scheme = scheme.split_whitespace().next().unwrap_or_default();
        if !scheme.eq_ignore_ascii_case("bearer") && holes.len() == 1 && !scheme.contains(['"', '{']) {
            return Some(One::Unknown("not-bearer", "the header is not a Bearer".into(), trail));
        }
    }
    // `${type} ${token}`: the token comes last; a hole that is known to be a token counts wherever it stands
    if let Some(token) = holes.iter().find(|hole| matches!(hole.value, Value::Token(..))) {
        return one(&with_trail(token, &trail), false);
    }
    holes.reverse();
    holes.first().and_then(|hole| one(&with_trail(hole, &trail), false))
}

/// The hole's own way, followed by that of the string around it.
fn with_trail(hole: &Traced, around: &Option<Rc<Trail>>) -> Traced {
    let mut outer = Vec::new();
    let mut at = around.as_ref();
    while let Some(step) = at {
        outer.push(step);
        at = step.before.as_ref();
    }
    outer.iter().rev().fold(hole.clone(), |value, step| match step.undecided {
        true => value.doubted_for(step.file, step.span, step.note.clone()),
        false => value.step(step.file, step.span, || step.note.clone()),
    })
}

/// The stable id of a reason, and a sentence about it.
pub(super) fn reason(reason: &Reason, names: &[crate::ir::Name]) -> (&'static str, String) {
    let path = names.join(".");
    let of = |text: &str| if path.is_empty() { text.to_owned() } else { format!("{text}: `{path}`") };
    match reason {
        Reason::NoCallers => ("no-callers", of("a parameter that nothing in the project passes")),
        Reason::TooManyCallers => ("too-many-callers", of("more callers than are followed")),
        Reason::UnresolvedImport(module) => {
            ("unresolved-import", format!("the module `{module}` is not in the project"))
        }
        Reason::Library(name) if name.is_empty() => ("library-value", "a value of a library that no rule knows".into()),
        Reason::Library(name) => ("library-value", format!("a value of a library that no rule knows: `{name}`")),
        Reason::Undeclared(name) => ("undeclared", format!("nothing in the project declares `{name}`")),
        Reason::Environment => ("environment", of("a setting of the environment")),
        Reason::Storage(key) => ("storage", format!("nothing in the project stores anything under `{key}`")),
        Reason::Absent(name) => ("unknown-member", format!("the object has no member `{name}`")),
        Reason::Member(_) => ("unknown-member", of("a member of an object about which nothing is known")),
        Reason::Call => ("unknown-call", of("the result of a call about which nothing is known")),
        Reason::DynamicKey => ("dynamic-key", of("read under a key that is computed")),
        Reason::Budget => ("budget", "the evaluation met its limit".into()),
        Reason::Cycle => ("cycle", "the value only depends on itself".into()),
        Reason::Syntax(kind) => ("not-followed", format!("syntax that is not followed ({kind:?})")),
        Reason::Unassigned => ("unassigned", of("declared, but never given a value in the project")),
    }
}

#[cfg(test)]
mod tests {
    use super::REASONS;
    use crate::rules::docs::{self, About};

    #[test]
    fn every_reason_has_a_page_and_every_page_a_reason() {
        for id in REASONS {
            assert!(docs::find(id).is_some_and(|doc| doc.about == About::Reason), "{id} has no page");
        }
        for doc in docs::pages().iter().filter(|doc| doc.about == About::Reason) {
            assert!(REASONS.contains(&doc.id), "no call is unknown because of {}", doc.id);
        }
    }
}
