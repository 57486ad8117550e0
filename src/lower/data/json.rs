//! JSON as tools write it.

use super::{Data, Refused, Value};
use crate::text::Span;
use jsonc_parser::ast;
use jsonc_parser::common::Ranged as _;
use std::borrow::Cow;

/// The value of a file; none where it is empty. Nesting is bounded by the parser.
pub(super) fn parse(text: &str) -> Result<Option<Data<'_>>, Refused> {
    let parsed = jsonc_parser::parse_to_ast(text, &Default::default(), &Default::default())
        .map_err(|error| Refused { line: Some(error.line_display()), reason: error.kind().to_string() })?;
    Ok(parsed.value.map(data))
}

fn data(value: ast::Value<'_>) -> Data<'_> {
    let range = value.range();
    let value = match value {
        ast::Value::StringLit(text) => Value::Text(text.value),
        ast::Value::BooleanLit(boolean) => Value::Bool(boolean.value),
        ast::Value::NumberLit(_) | ast::Value::NullKeyword(_) => Value::Other,
        ast::Value::Array(array) => Value::List(array.elements.into_iter().map(data).collect()),
        ast::Value::Object(object) => Value::Map(object.properties.into_iter().map(entry).collect()),
    };
    Data { span: Span::new(range.start, range.end), value }
}

fn entry(prop: ast::ObjectProp<'_>) -> (Cow<'_, str>, Data<'_>) {
    (prop.name.as_str().to_owned().into(), data(prop.value))
}
