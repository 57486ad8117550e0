//! Alternatives of one value: which of them say something, which say the same, how many are kept.

use super::value::{Ctx, Reason, Traced, Vals, Value};
use crate::ir::OpaqueKind;
use crate::text::{FileId, Span};
use std::rc::Rc;

/// Alternatives of one value.
pub const ALTERNATIVES: usize = 8;

/// Places that tokens of one kind come from and are told apart.
pub const ORIGINS: usize = 4;

/// No value says nothing where there is another alternative.
pub(crate) fn drop_null(values: Vals) -> Vals {
    let nothing = |found: &Traced| match &found.value {
        Value::Null => true,
        // an error is not what is sent
        Value::Unknown(unknown) => {
            matches!(unknown.reason, Reason::Absent(_) | Reason::Syntax(OpaqueKind::Error)) && unknown.open.is_none()
        }
        _ => false,
    };
    if values.iter().all(nothing) {
        values.into_iter().take(1).collect()
    } else {
        values.into_iter().filter(|found| !nothing(found)).collect()
    }
}

/// Same alternatives once, at most [`ALTERNATIVES`], tokens first where some must go.
pub(super) fn tidy(mut values: Vals) -> Vals {
    if values.len() <= 1 {
        return values;
    }
    let mut kept = Vals::new();
    for value in values.drain(..) {
        let is_same = |other: &&Traced| same(&other.value, &value.value);
        let is_known = match &value.value {
            // edits have to reach all places that tokens come from
            Value::Token(..) => {
                let begins_at = begins(&value);
                kept.iter().filter(is_same).any(|other| begins(other) == begins_at)
                    || kept.iter().filter(is_same).count() >= ORIGINS
            }
            _ => kept.iter().any(|other| is_same(&other)),
        };
        if !is_known {
            kept.push(value);
        }
    }
    if kept.len() > ALTERNATIVES {
        kept.sort_by_key(|found| match found.value {
            Value::Token(..) => 0,
            Value::Unknown(_) => 2,
            _ => 1,
        });
        kept.truncate(ALTERNATIVES);
    }
    kept
}

/// Where the way of a value begins.
fn begins(value: &Traced) -> Option<(FileId, Span)> {
    value.trail.as_ref().map(|trail| trail.first()).map(|step| (step.file, step.span))
}

/// Whether two alternatives say the same.
fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Null, Value::Null) | (Value::Plain, Value::Plain) => true,
        (Value::Bool(left), Value::Bool(right)) => left == right,
        (Value::AtLeast(left), Value::AtLeast(right)) => left == right,
        (Value::Regex(left), Value::Regex(right)) => left == right,
        (Value::Handed(left), Value::Handed(right)) => Rc::ptr_eq(left, right),
        (Value::Str(left), Value::Str(right)) => left.text().is_some() && left.text() == right.text(),
        (Value::Token(left, by), Value::Token(right, other)) => left == right && by == other,
        (Value::Class(left), Value::Class(right)) | (Value::Instance(left), Value::Instance(right)) => left == right,
        (Value::Module(left), Value::Module(right)) => left == right,
        (Value::Object(left), Value::Object(right)) => {
            left.node == right.node && same_ctx(&left.ctx, &right.ctx) && left.owners.len() == right.owners.len()
        }
        // a method of one object is not that of another
        (Value::Func(left), Value::Func(right)) => {
            let same_this = match (&left.this, &right.this) {
                (Some(left), Some(right)) => same(&left.value, &right.value),
                (left, right) => left.is_none() && right.is_none(),
            };
            left.func == right.func && same_this && same_ctx(&left.ctx, &right.ctx)
        }
        (Value::Unknown(left), Value::Unknown(right)) => {
            left.reason == right.reason && left.names == right.names && left.open == right.open
        }
        _ => false,
    }
}

fn same_ctx(left: &Ctx, right: &Ctx) -> bool {
    match (left, right) {
        (None, None) => true,
        (Some(left), Some(right)) => Rc::ptr_eq(left, right),
        _ => false,
    }
}
