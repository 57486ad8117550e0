//! The access token beside an ID token: what code at the same place would have to read for it. A member of the same answer,
//! or a part of the same pattern.

use super::Change;
use super::token::name_read;
use crate::eval::value::{Evidence, Node, Reason, Traced, Value};
use crate::eval::{Eval, Shared};
use crate::ir::{BindingId, Expr, ExprId, FileIr, Key};
use crate::project::{Lowered, PlaceKey};
use crate::rules::TokenKind;
use crate::text::Span;

/// How the access token is read beside an ID token.
pub(super) struct Twin {
    /// What is written for it.
    pub written: String,
    /// What has to be changed for that to be there.
    pub changes: Vec<Change>,
}

/// Finds it.
pub(super) struct Twins<'a> {
    pub shared: &'a Shared<'a>,
}

impl Twins<'_> {
    /// The access token beside what an expression reads.
    pub(super) fn of(&self, node: Node) -> Option<Twin> {
        let lowered = self.shared.project.lowered(node.file)?;
        let ir = &lowered.ir;
        let read = ir.strip(node.expr);
        match ir.expr(read) {
            Expr::Field { .. } => self.of_member(lowered, Node { expr: read, ..node }),
            Expr::Local(binding) => {
                let [def] = ir.binding(*binding).defs.as_slice() else { return None };
                self.of_part(lowered, node, *binding, ir.strip(def.value))
            }
            _ => None,
        }
    }

    /// `result.accessToken` for `result.idToken`.
    fn of_member(&self, lowered: &Lowered, read: Node) -> Option<Twin> {
        let ir = &lowered.ir;
        let name = name_read(ir, read.expr)?;
        let twin = self.shared.rules.access_member(name)?;
        if !is_access(self.member(read, twin)) {
            return None;
        }
        let text = self.shared.project.text(read.file);
        let written = text.get(ir.span(read.expr).range())?;
        let body = written.trim_end_matches([']', '\'', '"', '`']);
        let before = body.strip_suffix(name)?;
        let changed = format!("{before}{twin}{}", &written[body.len()..]);
        Some(Twin { written: changed, changes: Vec::new() })
    }

    /// `accessToken` for `idToken`, where both are parts of a pattern.
    fn of_part(&self, lowered: &Lowered, node: Node, binding: BindingId, part: ExprId) -> Option<Twin> {
        let ir = &lowered.ir;
        let Expr::Field { base, key: Key::Name(name) } = ir.expr(part) else { return None };
        let access = self.shared.rules.access_member(name)?;
        let twin = self.member(Node { expr: part, ..node }, access);
        if !is_access(twin) {
            return None;
        }
        let is_twin = |value: ExprId| match ir.expr(ir.strip(value)) {
            Expr::Field { base: from, key: Key::Name(key) } => ir.strip(*from) == ir.strip(*base) && **key == *access,
            _ => false,
        };
        let known = ir.bindings.iter().find(|held| matches!(held.defs.as_slice(), [def] if is_twin(def.value)));
        if let Some(known) = known {
            return Some(Twin { written: known.name.to_string(), changes: Vec::new() });
        }
        let held = ir.binding(binding);
        let text = self.shared.project.text(node.file);
        let is_short = text.get(ir.span(part).range()) == Some(&**name) && held.span == ir.span(part);
        let end = held.span.end as usize;
        (is_short && !is_taken(ir, access)).then(|| Twin {
            written: access.to_owned(),
            changes: vec![(node.file, Span::new(end, end), format!(", {access}"))],
        })
    }

    /// What another member of the same object is.
    pub(super) fn member(&self, read: Node, name: &str) -> Vec<Traced> {
        let Some(lowered) = self.shared.project.lowered(read.file) else { return Vec::new() };
        let Expr::Field { base, .. } = lowered.ir.expr(read.expr) else { return Vec::new() };
        let mut eval = Eval::new(self.shared);
        let bases = eval.value(Node { file: read.file, expr: *base }, &None);
        let found = eval.members(&bases, &PlaceKey::Name(name.into()), read, &None);
        let span = lowered.ir.span(read.expr);
        found.into_iter().map(|value| eval.as_token(value, read.file, span)).collect()
    }
}

/// Whether a name is used for something in a file.
fn is_taken(ir: &FileIr, name: &str) -> bool {
    ir.bindings.iter().any(|other| *other.name == *name)
        || ir.exprs.iter().any(|expr| matches!(expr, Expr::Global(global) if **global == *name))
}

/// Whether values are access tokens, all of them, by more than a name.
pub(super) fn is_access(values: Vec<Traced>) -> bool {
    let values = without_nothing(values);
    let sure =
        |value: &Traced| matches!(value.value, Value::Token(TokenKind::Access, Evidence::Api | Evidence::Convention));
    !values.is_empty() && values.iter().all(sure)
}

/// Without what is there before anything is kept.
pub(super) fn without_nothing(values: Vec<Traced>) -> Vec<Traced> {
    let is_nothing = |value: &Traced| match &value.value {
        Value::Null => true,
        Value::Str(pattern) => pattern.text().is_some_and(str::is_empty),
        Value::Unknown(unknown) => matches!(unknown.reason, Reason::Absent(_)),
        _ => false,
    };
    values.into_iter().filter(|value| !is_nothing(value)).collect()
}
