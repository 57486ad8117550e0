//! Whose user a call acts on, and by what that is told.

use super::model::Subject;
use crate::eval::Shared;
use crate::eval::value::{Api, FuncRef, Reason, Traced, Vals, Value};
use crate::ir::{Expr, Lit, Name};
use crate::rules::{Endpoint, SubjectKind};

/// Whose user, and why.
pub(super) struct Whose {
    /// The answer.
    pub subject: Subject,
    /// One sentence, without a full stop.
    pub why: String,
}

/// Whose user an id belongs to: by where it comes from, then by the names on its way, last of all by the functions
/// around the call. A token that the library gets for the program itself is about no user.
pub(super) fn whose(
    shared: &Shared<'_>,
    endpoint: &Endpoint,
    id: Option<&Vals>,
    is_programs_own: bool,
    around: &[FuncRef],
) -> Whose {
    if endpoint.subject.is_none() {
        let (subject, why) = match is_programs_own {
            true => (Subject::AnyUser, "the path names no user, and the token is the program's own"),
            false => (Subject::CurrentUser, "the path names no user, so it is the one whose token is sent"),
        };
        return Whose { subject, why: why.to_owned() };
    }
    let mut found: Option<(Subject, Vec<Name>)> = None;
    let mut bare = false;
    for value in id.into_iter().flatten() {
        for (names, root) in names_in(shared, value) {
            match shared.rules.subject_name(&names, root == Root::Entry) {
                // one caller that means any user decides which scope will do
                Some(SubjectKind::AnyUser) => return any_user(&names),
                Some(SubjectKind::CurrentUser) => found = Some((Subject::CurrentUser, names)),
                None => bare |= root == Root::Param,
            }
        }
    }
    if let Some((subject, names)) = found {
        let why = format!("the id is {}, that of the logged-in user", shown(&names));
        return Whose { subject, why };
    }
    // what is handed to such a function is somebody's
    let named = || around.iter().filter_map(|func| name_of(shared, *func));
    if bare && let Some(within) = named().find(|name| shared.rules.subject_within(name) == Some(SubjectKind::AnyUser)) {
        let why = format!("the id is handed to `{within}`, which acts on others");
        return Whose { subject: Subject::AnyUser, why };
    }
    Whose { subject: Subject::Unclear, why: "nothing tells whose id it is".to_owned() }
}

fn any_user(names: &[Name]) -> Whose {
    let why = format!("the id is {}, which may be anybody's", shown(names));
    Whose { subject: Subject::AnyUser, why }
}

fn shown(names: &[Name]) -> String {
    // the end tells most
    let from = names.len().saturating_sub(4);
    format!("`{}`", names[from..].join("."))
}

fn name_of(shared: &Shared<'_>, func: FuncRef) -> Option<Name> {
    shared.project.lowered(func.file)?.ir.func(func.func).name.clone()
}

/// What the first name of a way is.
#[derive(PartialEq)]
enum Root {
    /// A parameter that nobody passes.
    Param,
    /// A key of a store.
    Entry,
    /// Anything else.
    Other,
}

/// The names on the way to each value in an id.
fn names_in(shared: &Shared<'_>, value: &Traced) -> Vec<(Vec<Name>, Root)> {
    match &value.value {
        Value::Str(pattern) => pattern.holes().flat_map(|hole| names_in(shared, hole)).collect(),
        Value::Unknown(unknown) => {
            let root = match &unknown.reason {
                Reason::NoCallers => Root::Param,
                Reason::Storage(_) => Root::Entry,
                _ => Root::Other,
            };
            vec![(unknown.names.clone(), root)]
        }
        Value::Api(api) => {
            let mut names = api.names();
            names.extend(asked_for(shared, api));
            vec![(names, Root::Other)]
        }
        other => vec![(other.names(), Root::Other)],
    }
}

/// The key under which a call reads something: `sub` of `session.get("sub")`.
fn asked_for(shared: &Shared<'_>, api: &Api) -> Option<Name> {
    let ir = &shared.project.lowered(api.node.file)?.ir;
    let Expr::Call { args, .. } = ir.expr(api.node.expr) else { return None };
    match ir.expr(ir.strip(args.first()?.expr)) {
        Expr::Lit(Lit::Str(text)) => Some(text.clone()),
        _ => None,
    }
}
