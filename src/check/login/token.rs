//! The token's member, read under the access token's name. Only where all that is made of it goes into calls that are
//! mended too.

use super::uses::Uses;
use super::{Change, Left};
use crate::eval::value::{Node, Traced, Value};
use crate::eval::{Eval, Shared};
use crate::ir::{Expr, ExprId, FileIr, Key};
use crate::project::Lowered;
use crate::rules::Fact;
use crate::text::{FileId, Span};

/// How a member is written.
enum Written {
    /// `x.name`, `x['name']`, `x.get('name')`: the name's region.
    Member(Span),
    /// `{ name }` in a pattern.
    Short,
    /// `{ name: other }` in a pattern: the name's region.
    Pair(Span),
}

/// The expression at a place that reads a member, or a part of an answer by its name.
pub(super) fn read_at(shared: &Shared<'_>, file: FileId, span: Span) -> Option<ExprId> {
    let ir = &shared.project.lowered(file)?.ir;
    let is_meant = |id: &ExprId| match ir.expr(*id) {
        _ if ir.span(*id) != span => false,
        Expr::Field { key: Key::Name(_), .. } => true,
        Expr::Call { .. } => reads_answer(shared, ir, Node { file, expr: *id }),
        _ => false,
    };
    ir.ids().find(is_meant)
}

/// The name that is read there.
pub(super) fn name_read(ir: &FileIr, read: ExprId) -> Option<&str> {
    match ir.expr(read) {
        Expr::Field { key: Key::Name(name), .. } => Some(name),
        Expr::Call { args, .. } => match args.first().map(|arg| ir.expr(ir.strip(arg.expr))) {
            Some(Expr::Lit(crate::ir::Lit::Str(text))) => Some(text),
            _ => None,
        },
        _ => None,
    }
}

/// Read another member at `read`: `access` may lead on, dotted.
pub(super) fn read_instead(
    shared: &Shared<'_>,
    uses: &Uses<'_>,
    read: Node,
    access: &str,
) -> Result<Vec<Change>, Left> {
    let unclear = || Left::of(format!("how the token is taken out at {} is not understood", uses.place(read)));
    let lowered = shared.project.lowered(read.file).ok_or_else(unclear)?;
    let text = shared.project.text(read.file);
    let ir = &lowered.ir;
    let name = name_read(ir, read.expr).ok_or_else(unclear)?;
    let written = written(lowered, &text, read.expr, name).ok_or_else(unclear)?;
    sent_only(uses, read)?;
    let change = |span: Span, to: String| (read.file, span, to);
    match written {
        Written::Member(span) => Ok(vec![change(span, access.to_owned())]),
        Written::Pair(span) => {
            let Some((first, deeper)) = access.split_once('.') else {
                return Ok(vec![change(span, access.to_owned())]);
            };
            let whole = ir.span(read.expr);
            let other = text.get(span.end as usize..whole.end as usize).ok_or_else(unclear)?;
            Ok(vec![change(whole, format!("{first}: {{ {deeper}{other} }}"))])
        }
        Written::Short => {
            let binding = lowered.index.binding_of.get(&read.expr).ok_or_else(unclear)?;
            let first = access.split('.').next().unwrap_or(access);
            renamed(lowered, &text, *binding, (first, access))
                .map(|changes| changes.into_iter().map(|(span, to)| change(span, to)).collect())
        }
    }
}

/// All that is made of a value is sent by calls that are mended too.
pub(super) fn sent_only(uses: &Uses<'_>, read: Node) -> Result<(), Left> {
    let place = uses.place(read);
    let other = match uses.of(read) {
        Ok(calls) if !calls.is_empty() => return Ok(()),
        Ok(_) => None,
        Err(elsewhere) => Some(uses.place(elsewhere)).filter(|other| *other != place),
    };
    Err(Left::of(match other {
        Some(other) => format!("the token that is taken at {place} is used at {other}, too"),
        None => format!(
            "the token that is taken at {place} is not just sent by this call: it is kept or handed on there, or set for \
             other requests, too"
        ),
    }))
}

/// A variable under another name: declared as `to.0`, read as `to.1`.
pub(super) fn renamed(
    lowered: &Lowered,
    text: &str,
    binding: crate::ir::BindingId,
    to: (&str, &str),
) -> Result<Vec<(Span, String)>, Left> {
    let ir = &lowered.ir;
    let held = ir.binding(binding);
    let (declared, read_as) = to;
    let is_named = |span: Span| text.get(span.range()) == Some(&*held.name);
    let is_taken = ir.bindings.iter().any(|other| *other.name == *declared)
        || ir.exprs.iter().any(|expr| matches!(expr, Expr::Global(name) if **name == *declared));
    if is_taken || !is_named(held.span) {
        return Err(Left::of(format!("the name `{declared}` is taken already where `{}` would be renamed", held.name)));
    }
    let mut changes = vec![(held.span, declared.to_owned())];
    for read in lowered.index.reads.get(&binding).map(Vec::as_slice).unwrap_or_default() {
        let span = ir.span(*read);
        if !is_named(span) {
            return Err(Left::of(format!("`{}` cannot be renamed everywhere", held.name)));
        }
        changes.push((span, format!("{}{read_as}", key_before(ir, *read, text))));
    }
    changes.sort();
    changes.dedup();
    Ok(changes)
}

/// What has to be written before a value that takes the place of one which is written short: the member's name.
pub(super) fn key_before(ir: &FileIr, value: ExprId, text: &str) -> String {
    ir.held_short(value, text).map(|name| format!("{name}: ")).unwrap_or_default()
}

fn written(lowered: &Lowered, text: &str, read: ExprId, name: &str) -> Option<Written> {
    let ir = &lowered.ir;
    let span = ir.span(read);
    let whole = text.get(span.range())?;
    let (from, to) = (span.start as usize, span.end as usize);
    if let Expr::Field { .. } = ir.expr(read)
        && let Some(rest) = whole.strip_prefix(name)
        && lowered.index.binding_of.contains_key(&read)
    {
        if rest.is_empty() {
            return Some(Written::Short);
        }
        let is_pair = rest.trim_start().starts_with(':');
        return is_pair.then(|| Written::Pair(Span::new(from, from + name.len())));
    }
    let body = ["']", "\"]", "')", "\")"].iter().find_map(|end| whole.strip_suffix(end));
    let is_quoted = body.is_some();
    if matches!(ir.expr(read), Expr::Call { .. }) != whole.ends_with(')') {
        return None;
    }
    let before = body.unwrap_or(whole).strip_suffix(name)?;
    let is_member = if is_quoted { before.ends_with(['\'', '"']) } else { before.ends_with('.') };
    let end = to - (whole.len() - body.unwrap_or(whole).len());
    is_member.then(|| Written::Member(Span::new(end - name.len(), end)))
}

/// Whether a call reads a part of an answer by its name: what lies in a store under such a name is another matter.
fn reads_answer(shared: &Shared<'_>, ir: &FileIr, call: Node) -> bool {
    let Some(receiver) = ir.receiver(call.expr) else { return false };
    let values = Eval::new(shared).value(Node { file: call.file, expr: receiver }, &None);
    let is_answer = |value: &Traced| match &value.value {
        Value::Api(api) => shared.rules.facts(&api.states).any(|fact| matches!(fact, Fact::Answer)),
        _ => false,
    };
    !values.is_empty() && values.iter().all(is_answer)
}
