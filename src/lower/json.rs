//! JSON to the expression graph: a module whose whole export is one value.
//!
//! Comments, trailing commas and the other liberties of JSONC and JSON5 are taken as they are. Nesting is bounded by the
//! parser: deeper texts are refused.

use super::Refused;
use crate::ir::{Arg, Builder, Expr, ExprId, FileIr, Key, Lang, Lit, Prop};
use crate::text::Span;
use jsonc_parser::ast::Value;
use jsonc_parser::common::{Range, Ranged as _};

/// Lower one file.
pub fn lower(text: &str) -> Result<FileIr, Refused> {
    let parsed = jsonc_parser::parse_to_ast(text, &Default::default(), &Default::default())
        .map_err(|error| Refused { line: Some(error.line_display()), reason: error.kind().to_string() })?;
    let mut b = Builder::new(Lang::Js, text.len());
    if let Some(value) = &parsed.value {
        let whole = lower_value(&mut b, value);
        b.ir_mut().exports.whole.push(whole);
    }
    Ok(b.finish())
}

fn lower_value(b: &mut Builder, value: &Value<'_>) -> ExprId {
    let span = span(value.range());
    let expr = match value {
        Value::StringLit(text) => Expr::Lit(Lit::Str(text.value.as_ref().into())),
        Value::NumberLit(number) => Expr::Lit(Lit::Num(number.value.into())),
        Value::BooleanLit(boolean) => Expr::Lit(Lit::Bool(boolean.value)),
        Value::NullKeyword(_) => Expr::Lit(Lit::Null),
        Value::Object(object) => {
            let props = object.properties.iter().map(|prop| {
                let value = lower_value(b, &prop.value);
                Prop::Field(Key::Name(prop.name.as_str().into()), value)
            });
            Expr::Object { props: props.collect(), ty: None }
        }
        Value::Array(array) => {
            let items = array.elements.iter().map(|item| Arg { expr: lower_value(b, item), spread: false });
            Expr::List(items.collect())
        }
    };
    b.expr(expr, span)
}

fn span(range: Range) -> Span {
    Span::new(range.start, range.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_their_places() {
        let text = "// a comment\n{ \"a\": [\"é\", 1, null,], b: { 'c': true } }";
        let ir = lower(text).unwrap();
        let [whole] = ir.exports.whole[..] else { panic!("no export") };
        assert_eq!(&text[ir.span(whole).range()], "{ \"a\": [\"é\", 1, null,], b: { 'c': true } }");
        let strings: Vec<&str> = (0u32..)
            .map(ExprId)
            .zip(&ir.exprs)
            .filter(|(_, expr)| matches!(expr, Expr::Lit(Lit::Str(_))))
            .map(|(id, _)| &text[ir.span(id).range()])
            .collect();
        assert_eq!(strings, ["\"é\""]);
    }

    #[test]
    fn what_is_no_json_is_refused() {
        assert!(lower("{ \"a\": ").is_err());
        assert!(lower(&"[".repeat(100_000)).is_err());
        assert!(lower("").unwrap().exports.whole.is_empty());
    }
}
