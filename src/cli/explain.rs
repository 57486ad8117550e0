//! `explain`: the page about a rule.

use super::{Failure, Status, output};
use idtoken_lint::rules::docs;
use idtoken_lint::text::nearest::did_you_mean;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A rule id, as a finding shows it
    id: String,
}

pub(super) fn run(arguments: &Arguments) -> Result<Status, Failure> {
    let Some(doc) = docs::find(&arguments.id) else {
        let known: Vec<&str> = docs::all().iter().map(|doc| doc.id).collect();
        let help = did_you_mean(&arguments.id, "rules", &known);
        return Err(Failure::new(format!("there is no rule {:?}", arguments.id), help));
    };
    output::to_stdout(false, |out| out.write_all(doc.page.as_bytes()))?;
    Ok(Status::Clean)
}
