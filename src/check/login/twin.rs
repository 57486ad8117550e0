//! The access token beside an ID token: what code at the same place would have to read for it. A member of the same answer,
//! a part of the same pattern, or the parameter of a callback that a library gives it in.

use super::Change;
use super::token::name_read;
use crate::eval::value::{Evidence, Node, Reason, Traced, Value};
use crate::eval::{Eval, Shared};
use crate::ir::{BindingId, Expr, ExprId, FileIr, FuncId, Key};
use crate::project::{Lowered, PlaceKey};
use crate::rules::path::Step;
use crate::rules::{Fact, TokenKind};
use crate::text::Span;

/// Parameters of a callback that are looked at.
const PARAMS: u32 = 8;

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
                match ir.expr(ir.strip(def.value)) {
                    Expr::Param { func, index, rest: false } => self.of_param(lowered, node, *binding, (*func, *index)),
                    Expr::Field { .. } => self.of_part(lowered, node, *binding, ir.strip(def.value)),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// The parameter at a place of the source, with the reads of it.
    pub(super) fn param_at(&self, lowered: &Lowered, at: Span) -> Option<Vec<ExprId>> {
        let ir = &lowered.ir;
        let all = (0u32..).map(BindingId).zip(&ir.bindings);
        let read_there = |id: ExprId| match ir.expr(id) {
            Expr::Local(binding) => Some(*binding),
            _ => None,
        };
        let read: Vec<BindingId> = lowered.at(at).filter_map(read_there).collect();
        let is_it = |(binding, held): &(BindingId, &crate::ir::Binding)| match held.defs.as_slice() {
            [def] => {
                (held.span == at || ir.span(def.value) == at || read.contains(binding))
                    && matches!(ir.expr(ir.strip(def.value)), Expr::Param { .. })
            }
            _ => false,
        };
        let (binding, _) = all.into_iter().find(is_it)?;
        lowered.index.reads.get(&binding).cloned()
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

    /// The parameter that a library gives the access token in, beside the one that it gives the ID token in.
    fn of_param(&self, lowered: &Lowered, node: Node, own: BindingId, (func, index): (FuncId, u32)) -> Option<Twin> {
        let ir = &lowered.ir;
        let (call, nth) = ir.argument_of(ir.func(func).expr)?;
        let rules = self.shared.rules;
        let called = Eval::new(self.shared).callees(Node { file: node.file, expr: call }, &None);
        let [Traced { value: Value::Api(api), .. }] = called.as_slice() else { return None };
        let given = rules.automaton.step(&api.states, &Step::Arg(nth));
        let holds = |at: u32, kind: TokenKind| {
            let states = rules.automaton.step(&given, &Step::Param(at));
            rules.facts(&states).any(|fact| matches!(fact, Fact::Token(token) if token.kind == kind))
        };
        if !holds(index, TokenKind::Id) {
            return None;
        }
        let access = (0..PARAMS).find(|at| holds(*at, TokenKind::Access))?;
        if let Some(held) = lowered.index.param_bindings.get(&(func, access)) {
            let [held] = held.as_slice() else { return None };
            let held = ir.binding(*held);
            return (held.defs.len() == 1).then(|| Twin { written: held.name.to_string(), changes: Vec::new() });
        }
        // a further parameter, behind the last
        let name = &ir.binding(own).name;
        let twin = rules.access_member(name).unwrap_or_else(|| rules.access_name());
        let last = ir.func(func).params.last()?;
        let end = last.span.end as usize;
        let text = self.shared.project.text(node.file);
        let closes = text.get(end..)?.trim_start().starts_with(')');
        (ir.func(func).params.len() == access as usize && closes && !is_taken(ir, twin)).then(|| Twin {
            written: twin.to_owned(),
            changes: vec![(node.file, Span::new(end, end), format!(", {twin}"))],
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
