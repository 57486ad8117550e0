//! Values that the text beside them names: what stands behind `id_token=`, and the value of a pair whose key is compared
//! with a name.

use super::calls::Site;
use super::engine::Eval;
use super::value::{Node, Traced, Unknown, Vals, Value};
use crate::ir::{BindingId, Expr, ExprId, FileIr, FuncId, Key, Lit, Name, Op};
use crate::project::Lowered;
use crate::rules::slot::Slot;
use std::rc::Rc;

/// Calls that are followed from a function to what its parameter was chosen by.
const CHAIN: usize = 16;

impl<'s> Eval<'s> {
    /// What stands behind a text in the receiver of a call, or in what `of` leads to: a token where the text names one, a
    /// token that is cut at something it does not hold. Else nothing where the whole is `handed_on` anyway, or where it is
    /// not known that the call is about texts; or what is not known of the whole.
    pub(crate) fn behind(&mut self, text: &Slot, of: Option<&Slot>, site: &Site, handed_on: bool) -> Vals {
        let whole = match of {
            Some(of) => self.slot(of, site).into_iter().next(),
            None => site.receiver.clone(),
        };
        let Some(whole) = whole else { return Vals::new() };
        let Some(lowered) = self.lowered(site.node.file) else { return Vals::new() };
        let span = lowered.ir.span(site.node.expr);
        let texts = self.slot(text, site);
        let text = match texts.as_slice() {
            [Traced { value: Value::Str(text), .. }] => text.text().map(Name::from),
            [Traced { value: Value::Regex(text), .. }] => Some(text.clone()),
            _ => None,
        };
        if of.is_some() && text.is_none() {
            return Vals::new();
        }
        if let (Value::Token(..), Some(text)) = (&whole.value, &text) {
            let parts = |text: &str| text.contains(|c: char| c == '.' || c.is_alphanumeric()) || text.is_empty();
            if !parts(text) {
                return vec![whole];
            }
        }
        // a part of it is something of its own, whatever is known of the whole
        let reason = match &whole.value {
            Value::Unknown(unknown) => unknown.reason.clone(),
            _ => super::value::Reason::Call,
        };
        let part = Unknown { reason, names: whole.value.names(), open: whole.value.open() };
        let part = Traced { value: Value::Unknown(Rc::new(part)), trail: whole.trail.clone() };
        if let Some(name) = text.as_deref().and_then(named_by)
            && matches!(whole.value, Value::Unknown(_) | Value::Api(_))
        {
            let named = self.by_name(part.clone(), &name.into(), site.node.file, span);
            if matches!(named.value, Value::Token(..)) {
                return vec![named];
            }
        }
        if handed_on { Vals::new() } else { vec![part] }
    }

    /// The value of a pair, read at `node` where its key is known to be a name: `if key == "id_token" { … value … }`,
    /// `.find(|(key, _)| key == "id_token").map(|(_, value)| …)`.
    pub(crate) fn named_beside(&self, lowered: &Lowered, values: Vals, binding: BindingId, node: Node) -> Vals {
        let ir = &lowered.ir;
        let [def] = ir.binding(binding).defs.as_slice() else { return values };
        let Some(pair) = half_of(ir, def.value, 1) else { return values };
        if !values.iter().any(|value| value.value.is_unknown()) {
            return values;
        }
        let Some(name) = key_where(lowered, pair, node.expr) else { return values };
        let span = ir.span(node.expr);
        values.into_iter().map(|value| self.by_name(value, &name, node.file, span)).collect()
    }
}

/// The name that a text gives to what follows it: `id_token` of `#id_token=`, or of the expression `id_token=([^&]+)`.
fn named_by(text: &str) -> Option<&str> {
    let (before, behind) = text.split_once('=')?;
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let name = &before[before.rfind(|c| !is_part(c)).map_or(0, |at| at + 1)..];
    (!name.is_empty() && !behind.contains('=')).then_some(name)
}

/// The pair of which an expression is the half at `index`.
fn half_of(ir: &FileIr, value: ExprId, index: u32) -> Option<ExprId> {
    match ir.expr(ir.strip(value)) {
        Expr::Field { base, key: Key::Index(at) } if *at == index => Some(ir.strip(*base)),
        _ => None,
    }
}

/// The name that the key of `pair` is known to be where `at` is evaluated.
fn key_where(lowered: &Lowered, pair: ExprId, at: ExprId) -> Option<Name> {
    let ir = &lowered.ir;
    // the branches around it
    let mut block = Some(ir.block_of(at));
    while let Some(current) = block {
        let inner = &ir.blocks[current.index()];
        if let Some(guard) = inner.guard.filter(|guard| guard.holds)
            && let Some(name) = key_is(ir, guard.test, pair)
        {
            return Some(name);
        }
        block = inner.parent;
    }
    // what it is an argument of: `(key == "id_token").then_some(value)`
    let mut child = at;
    for _ in 0..CHAIN {
        let Some(parent) = ir.parents[child.index()] else { break };
        if let Some(receiver) = ir.receiver(parent)
            && let Some(name) = key_is(ir, ir.strip(receiver), pair)
        {
            return Some(name);
        }
        child = parent;
    }
    // what chose the pair that a function is given
    let Expr::Param { func, .. } = ir.expr(pair) else { return None };
    let given = ir.parents[ir.func(*func).expr.index()]?;
    let mut call = given;
    for _ in 0..CHAIN {
        call = ir.strip(ir.receiver(call)?);
        let Expr::Call { args, .. } = ir.expr(call) else { return None };
        let chosen = args.iter().find_map(|arg| match ir.expr(ir.strip(arg.expr)) {
            Expr::Func(chooser) => chosen_by(ir, *chooser),
            _ => None,
        });
        if chosen.is_some() {
            return chosen;
        }
    }
    None
}

/// The name with which a function compares the key of the pair that it is given, as all that it does.
fn chosen_by(ir: &FileIr, chooser: FuncId) -> Option<Name> {
    let [only] = ir.func(chooser).returns.as_slice() else { return None };
    let compared = compared(ir, *only)?;
    let pair = half_of(ir, compared.0, 0)?;
    matches!(ir.expr(pair), Expr::Param { func, index: 0, .. } if *func == chooser).then_some(compared.1)
}

/// The name that `test` says the key of `pair` is.
fn key_is(ir: &FileIr, test: ExprId, pair: ExprId) -> Option<Name> {
    let (key, name) = compared(ir, test)?;
    let is_same = |other: ExprId| {
        other == pair || matches!((ir.expr(other), ir.expr(pair)), (Expr::Local(a), Expr::Local(b)) if a == b)
    };
    half_of(ir, key, 0).filter(|other| is_same(*other)).map(|_| name)
}

/// What a test compares with a text, and the text. What is compared is looked at behind the variable that holds it and
/// the calls that only borrow it.
fn compared(ir: &FileIr, test: ExprId) -> Option<(ExprId, Name)> {
    let Expr::Test { op: Op::Same, left, right } = ir.expr(ir.strip(test)) else { return None };
    let text = |id: ExprId| match ir.expr(ir.strip(id)) {
        Expr::Lit(Lit::Str(text)) => Some(text.clone()),
        _ => None,
    };
    let (mut key, name) = match (text(*left), text(*right)) {
        (None, Some(name)) => (*left, name),
        (Some(name), None) => (*right, name),
        _ => return None,
    };
    for _ in 0..CHAIN {
        key = ir.strip(key);
        key = match ir.expr(key) {
            Expr::Local(binding) => match ir.binding(*binding).defs.as_slice() {
                [def] => def.value,
                _ => return None,
            },
            Expr::Call { callee, args, .. } if args.is_empty() => match ir.expr(ir.strip(*callee)) {
                Expr::Field { base, .. } => *base,
                _ => return None,
            },
            _ => break,
        };
    }
    Some((key, name))
}

#[cfg(test)]
mod tests {
    use super::named_by;

    #[test]
    fn texts_name_what_follows_them() {
        assert_eq!(named_by("id_token="), Some("id_token"));
        assert_eq!(named_by("#id_token="), Some("id_token"));
        assert_eq!(named_by("[?&]id_token=([^&]+)"), Some("id_token"));
        assert_eq!(named_by("="), None);
        assert_eq!(named_by("&"), None);
        assert_eq!(named_by("state=1&id_token="), None);
    }
}
