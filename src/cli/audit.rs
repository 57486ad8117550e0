//! `audit`: which calls are there, and can the toggle be turned off?

use super::terminal::Color;
use super::{Failure, Status, fix, shared};
use idtoken_lint::report::text::Question;

pub(super) fn run(arguments: &shared::Arguments, color: Color) -> Result<Status, Failure> {
    let report = shared::analyze_and_fix(arguments)?;
    if arguments.diff {
        fix::show(&report)?;
    } else {
        shared::deliver(&report, Question::Audit, &arguments.delivery, color)?;
    }
    shared::check_strict(&report, arguments)?;
    Ok(if report.ready() { Status::Clean } else { Status::ToDo })
}
