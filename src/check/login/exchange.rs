//! Edits where no member beside the ID token holds the access token, but another call hands it out: the call is renamed, and
//! what it hands out is the token itself.

use crate::eval::value::Node;
use crate::ir::{Expr, ExprId, FileIr, Key};
use crate::project::Lowered;
use crate::rules::schema::ExchangeTable;
use crate::text::{FileId, Span};

/// The changes that send the access token in the place of the raw ID token at `origin`. Only where all that is made of the
/// claims is sent by calls that are mended too.
pub(super) fn changes(
    (lowered, text, file): (&Lowered, &str, FileId),
    origin: Span,
    table: &ExchangeTable,
    is_sent: &dyn Fn(ExprId) -> bool,
) -> Option<Vec<(FileId, Span, String)>> {
    let ir = &lowered.ir;
    let raw = |id: ExprId| match ir.expr(id) {
        Expr::Field { base, key: Key::Name(key) } if **key == *table.member => Some(*base),
        _ => None,
    };
    let all = || (0..u32::try_from(ir.exprs.len()).unwrap_or(0)).map(ExprId);
    let field = all().find(|id| ir.span(*id) == origin && raw(*id).is_some())?;
    let claims = ir.strip(raw(field)?);
    let mut changes = Vec::new();
    let mut taken_out = |field: ExprId| {
        let base = ir.span(ir.strip(raw(field)?));
        let whole = ir.span(field);
        // of `(await x).member` the bracket stays
        let rest = text.get(base.end as usize..whole.end as usize)?;
        let from = base.end as usize + rest.find(['.', '?', '!', '['])?;
        changes.push((file, Span::new(from, whole.end as usize), String::new()));
        Some(())
    };
    let call = match ir.expr(claims) {
        Expr::Call { .. } => {
            taken_out(field).filter(|()| is_sent(field))?;
            claims
        }
        Expr::Local(binding) => {
            let [def] = ir.binding(*binding).defs.as_slice() else { return None };
            for read in lowered.index.reads.get(binding)? {
                let used = above(ir, *read)?;
                raw(used).filter(|_| is_sent(used))?;
                taken_out(used)?;
            }
            ir.strip(def.value)
        }
        _ => return None,
    };
    renamed(lowered, text, Node { file, expr: call }, table, &mut changes)?;
    Some(changes)
}

/// What an expression is part of, whatever wraps it.
fn above(ir: &FileIr, expr: ExprId) -> Option<ExprId> {
    let mut at = ir.parents[expr.index()]?;
    while matches!(ir.expr(at), Expr::Through(..)) {
        at = ir.parents[at.index()]?;
    }
    Some(at)
}

/// Call it by the other name: a member by that, a variable that holds the member where it is taken out of its object, too.
fn renamed(
    lowered: &Lowered,
    text: &str,
    call: Node,
    table: &ExchangeTable,
    changes: &mut Vec<(FileId, Span, String)>,
) -> Option<()> {
    let ir = &lowered.ir;
    let Expr::Call { callee, .. } = ir.expr(call.expr) else { return None };
    let callee = ir.strip(*callee);
    let span = ir.span(callee);
    let mut name = |span: Span| {
        text.get(span.range())?.ends_with(&table.call).then_some(())?;
        let end = span.end as usize;
        changes.push((call.file, Span::new(end - table.call.len(), end), table.access.clone()));
        Some(())
    };
    match ir.expr(callee) {
        Expr::Field { key: Key::Name(key), .. } if **key == *table.call => name(span),
        Expr::Local(binding) => {
            let held = ir.binding(*binding);
            let is_only = lowered.index.reads.get(binding)?.iter().all(|read| *read == callee);
            let is_taken = ir.bindings.iter().any(|other| *other.name == *table.access);
            (*held.name == *table.call && is_only && !is_taken).then_some(())?;
            (text.get(held.span.range()) == Some(&table.call)).then_some(())?;
            name(span)?;
            name(held.span)
        }
        _ => None,
    }
}
