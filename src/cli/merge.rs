//! `merge`: the JSON reports of the parts of a run, or of many repositories, as one report.

use super::shared::{self, Delivery};
use super::terminal::Color;
use super::{Failure, Status};
use idtoken_lint::report::read;
use idtoken_lint::report::text::Question;
use idtoken_lint::rules::Rules;
use idtoken_lint::text::{Files, OsFiles};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// JSON reports: of all parts of a run (`--shard`), of different repositories, or both. Where several were made in
    /// folders of the same name, the name of the report's file stands before its paths
    #[arg(required = true, value_name = "REPORT")]
    reports: Vec<String>,

    #[command(flatten)]
    delivery: Delivery,
}

pub(super) fn run(arguments: &Arguments, color: Color) -> Result<Status, Failure> {
    let mut reports = Vec::new();
    for path in &arguments.reports {
        let text = OsFiles.read_within(path, u64::MAX).map_err(|error| {
            Failure::new(format!("{path:?} {error}"), "Name files that `--format json` wrote, with `--output FILE`.")
        })?;
        let report = read::read(&text).map_err(|problem| {
            Failure::new(format!("{path:?} cannot be used: {problem}"), "Write it again with `--format json`.")
        })?;
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
        reports.push((name.strip_suffix(".json").unwrap_or(name).to_owned(), report));
    }
    let outline = Rules::outline(&[], &[]).map_err(shared::broken_file)?;
    let merged = idtoken_lint::check::merge::merge(reports, &outline).map_err(|problem| {
        Failure::new(problem, "A run in N parts needs the reports `--shard 1/N` to `--shard N/N`, each once.")
    })?;
    shared::deliver(&merged, Question::Audit, &arguments.delivery, color)?;
    Ok(if merged.ready() { Status::Clean } else { Status::ToDo })
}
