//! The endpoints of the migration table, ready to be matched.

use super::schema::{BodyTable, EndpointTable, LinkingTable};

/// One segment of a path template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment {
    /// This text.
    Literal(String),
    /// Any one segment, `{name}`.
    Any(String),
}

/// One row of the migration table.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// `GET /api/v2/users/{id}`.
    pub name: String,
    /// `GET`.
    pub method: String,
    /// The segments behind the common prefix.
    pub segments: Vec<Segment>,
    /// Which of them is the user acted on.
    pub subject: Option<usize>,
    /// What every id of a user has in it.
    pub subject_has: Option<String>,
    /// With the logged-in user's own token, and for any user: the rows of the table.
    pub scopes: Vec<(String, String)>,
    /// The rule that reports an ID token here.
    pub rule: String,
    /// What it is used for.
    pub usage: String,
    /// Where today's API description disagrees.
    pub notes: Vec<String>,
    /// Which keys of the body need which token.
    pub body: Option<BodyTable>,
    /// How accounts are linked here.
    pub linking: Option<LinkingTable>,
}

impl Endpoint {
    /// The scopes with which the logged-in user's own token may do this, each once.
    pub fn current_user_scopes(&self) -> Vec<&str> {
        unique(self.scopes.iter().map(|(current_user, _)| current_user.as_str()))
    }

    /// The scopes with which a token may do this to any user, each once.
    pub fn any_user_scopes(&self) -> Vec<&str> {
        unique(self.scopes.iter().map(|(_, any_user)| any_user.as_str()))
    }

    /// Whether a text is a word of somebody's own API in the place of a user's id: `me`, `orders`. What is to be filled in,
    /// `USER_ID` or `{id}`, is not.
    pub fn is_no_id(&self, text: &str) -> bool {
        let is_word = |c: char| c.is_ascii_lowercase() || c == '-';
        self.subject_has.as_ref().is_some_and(|has| !text.contains(has.as_str())) && text.chars().all(is_word)
    }

    pub(super) fn new(table: &EndpointTable) -> Self {
        let segments: Vec<Segment> = table
            .path
            .split('/')
            .filter(|segment| !segment.is_empty())
            // the first two segments are the prefix that all endpoints share
            .skip(2)
            .map(|segment| match segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
                Some(name) => Segment::Any(name.to_owned()),
                None => Segment::Literal(segment.to_owned()),
            })
            .collect();
        let is_subject = |segment: &Segment| matches!((segment, &table.subject), (Segment::Any(name), Some(subject)) if name == subject);
        Endpoint {
            name: format!("{} {}", table.method, table.path),
            method: table.method.clone(),
            subject: segments.iter().position(is_subject),
            segments,
            subject_has: table.subject_has.clone(),
            scopes: table.scope.iter().map(|row| (row.current_user.clone(), row.any_user.clone())).collect(),
            rule: table.rule.clone(),
            usage: table.r#use.clone(),
            notes: table.note.clone(),
            body: table.body.clone(),
            linking: table.linking.clone(),
        }
    }
}

fn unique<'s>(scopes: impl Iterator<Item = &'s str>) -> Vec<&'s str> {
    let mut unique: Vec<&str> = Vec::new();
    for scope in scopes {
        if !unique.contains(&scope) {
            unique.push(scope);
        }
    }
    unique
}
