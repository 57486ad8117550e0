//! HCL: blocks become maps under their name and labels, as HCL's own JSON form has them.

use super::{Data, Refused, Value};
use crate::text::Span;
use hcl_edit::Span as _;
use hcl_edit::expr::{Expression, ObjectKey};
use hcl_edit::structure::{Body, Structure};
use std::borrow::Cow;
use std::ops::Range;

/// The body of a file. Nesting is bounded by the parser.
pub(super) fn parse(text: &str) -> Result<Data<'static>, Refused> {
    let body = hcl_edit::parser::parse_body(text)
        .map_err(|error| Refused { line: Some(error.location().line()), reason: error.message().to_owned() })?;
    Ok(map(&body, Span::new(0, text.len())))
}

fn map(body: &Body, span: Span) -> Data<'static> {
    let entry = |structure: &Structure| match structure {
        Structure::Attribute(attribute) => (name(attribute.key.as_str()), data(&attribute.value)),
        Structure::Block(block) => {
            let at = place(block.span());
            let labels = block.labels.iter().rev().map(|label| name(label.as_str()));
            let inner = labels
                .fold(map(&block.body, at), |inner, label| Data { span: at, value: Value::Map(vec![(label, inner)]) });
            (name(block.ident.as_str()), inner)
        }
    };
    Data { span, value: Value::Map(body.iter().map(entry).collect()) }
}

fn data(expression: &Expression) -> Data<'static> {
    let value = match expression {
        Expression::Bool(boolean) => Value::Bool(*boolean.value()),
        Expression::String(text) => Value::Text(text.value().clone().into()),
        Expression::Array(array) => Value::List(array.iter().map(data).collect()),
        Expression::Object(object) => {
            let entries = object.iter().filter_map(|(key, value)| {
                let key = match key {
                    ObjectKey::Ident(ident) => name(ident.as_str()),
                    ObjectKey::Expression(Expression::String(text)) => name(text.value()),
                    // computed
                    ObjectKey::Expression(_) => return None,
                };
                Some((key, data(value.expr())))
            });
            Value::Map(entries.collect())
        }
        Expression::Parenthesis(inner) => return data(inner.inner()),
        _ => Value::Other,
    };
    Data { span: place(expression.span()), value }
}

fn name(text: &str) -> Cow<'static, str> {
    text.to_owned().into()
}

fn place(range: Option<Range<usize>>) -> Span {
    range.map(|range| Span::new(range.start, range.end)).unwrap_or_default()
}
