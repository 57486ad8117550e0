//! The formats, from hand-made reports: what people see, both schemas, and positions read back from the sources.

#![allow(clippy::unwrap_used, reason = "in tests, a panic is the message")]

mod ci;
mod html;
mod machine;
mod sample;
mod text;

use idtoken_lint::check::model::Report;
use idtoken_lint::report::text::{Question, TextOptions};
use idtoken_lint::report::{Format, write};
use serde_json::Value;

fn text(report: &Report, question: Question, options: &TextOptions) -> String {
    let mut out = Vec::new();
    write(report, Format::Text, question, options, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    // the snapshots are compared without spaces at line ends
    text.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

fn value(report: &Report, write: impl Fn(&Report, &mut dyn std::io::Write) -> std::io::Result<()>) -> Value {
    let (mut once, mut twice) = (Vec::new(), Vec::new());
    write(report, &mut once).unwrap();
    write(report, &mut twice).unwrap();
    assert_eq!(once, twice, "the same report, the same bytes");
    assert!(once.ends_with(b"}\n"));
    serde_json::from_slice(&once).unwrap()
}

fn validate(schema: &str, document: &Value) {
    let schema: Value = serde_json::from_str(schema).unwrap();
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    let errors: Vec<_> = validator.iter_errors(document).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}
