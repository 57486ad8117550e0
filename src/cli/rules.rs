//! `rules`: the knowledge of the program and of the teams: list it, test it, its schema.

use super::terminal::Color;
use super::{Failure, Status, output, shared, terminal};
use idtoken_lint::check::examples::{self, Tested, Wrong};
use idtoken_lint::project::Project;
use idtoken_lint::report::redact::clean;
use idtoken_lint::report::text;
use idtoken_lint::rules::list::Datum;
use idtoken_lint::rules::{RuleFiles, SCHEMA};
use serde_json::{Value, json};
use std::io::{self, Write};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// List every datum: its kind, what it matches, where it is known from, and its file
    List(ListArguments),
    /// Run the examples in rule files; exit status 1 where one does not hold
    Test(TestArguments),
    /// Print the JSON Schema of rule files
    Schema,
}

#[derive(Debug, clap::Args)]
struct ListArguments {
    /// How to write the list
    #[arg(long, value_enum, default_value_t)]
    format: ListFormat,

    #[command(flatten)]
    rules: shared::OwnRules,

    #[command(flatten)]
    config: shared::ConfigArguments,
}

#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
enum ListFormat {
    /// For people
    #[default]
    Text,
    /// For scripts: one array
    Json,
}

#[derive(Debug, clap::Args)]
struct TestArguments {
    /// Rule files, and folders of rule files
    #[arg(required = true, value_name = "FILE|DIR")]
    paths: Vec<String>,
}

pub(super) fn run(arguments: &Arguments, color: Color) -> Result<Status, Failure> {
    match &arguments.command {
        Command::List(arguments) => list(arguments),
        Command::Test(arguments) => test(arguments, color),
        Command::Schema => {
            output::to_stdout(false, |out| out.write_all(SCHEMA.as_bytes()))?;
            Ok(Status::Clean)
        }
    }
}

fn list(arguments: &ListArguments) -> Result<Status, Failure> {
    let mut rules = arguments.config.read(".")?.rules;
    rules.extend(arguments.rules.rules.iter().cloned());
    let files = shared::rule_files(&rules)?;
    // a file that cannot be used is not worth listing
    files.compile(&[], &[]).map_err(shared::broken_file)?;
    output::to_stdout(false, |out| match arguments.format {
        ListFormat::Text => write_list(&files, out),
        ListFormat::Json => {
            let list: Vec<Value> = files.list().iter().map(as_json).collect();
            serde_json::to_writer_pretty(&mut *out, &list)?;
            out.write_all(b"\n")
        }
    })?;
    Ok(Status::Clean)
}

fn write_list(files: &RuleFiles, out: &mut dyn Write) -> io::Result<()> {
    let list = files.list();
    for group in list.chunk_by(|a, b| a.file == b.file) {
        let own = if group[0].own { " (own)" } else { "" };
        writeln!(out, "{}{own}", clean(group[0].file))?;
        if let Some(source) = group.iter().find(|datum| datum.of_file).and_then(|datum| datum.source.as_ref()) {
            writeln!(out, "  from {}", clean(source))?;
        }
        for datum in group {
            let says: Vec<String> = datum.says.iter().map(|(key, value)| format!("{key} = {value}")).collect();
            writeln!(out, "{}", clean(format!("{:>5}  {:9}  {}", datum.line, datum.kind, says.join(", ")).trim_end()))?;
            for matched in &datum.matches {
                writeln!(out, "         {}", clean(matched))?;
            }
            if let Some(source) = datum.source.as_ref().filter(|_| !datum.of_file) {
                writeln!(out, "         from {}", clean(source))?;
            }
        }
        writeln!(out)?;
    }
    let own = list.iter().filter(|datum| datum.own).count();
    writeln!(out, "{} data in {} files, {own} of them own", list.len(), files.sources().len())
}

fn as_json(datum: &Datum<'_>) -> Value {
    let says: serde_json::Map<String, Value> =
        datum.says.iter().map(|(key, value)| (key.clone(), json!(value))).collect();
    json!({
        "kind": datum.kind,
        "matches": datum.matches,
        "says": says,
        "source": datum.source,
        "file": datum.file,
        "line": datum.line,
        "own": datum.own,
        "examples": datum.examples,
    })
}

fn test(arguments: &TestArguments, color: Color) -> Result<Status, Failure> {
    let files = shared::rule_files(&arguments.paths)?;
    let run = || examples::run(&files, |source| source.own);
    let tested = Project::on_large_stack(run).map_err(shared::no_threads)?.map_err(shared::broken_file)?;
    let options = terminal::for_stdout(color);
    output::to_stdout(options.colour, |out| {
        for (_, mistake) in &tested.failed {
            text::write_mistake(mistake, &options, out)?;
            writeln!(out)?;
        }
        writeln!(out, "{}", summary(&tested))
    })?;
    Ok(if tested.failed.is_empty() { Status::Clean } else { Status::ToDo })
}

fn summary(tested: &Tested) -> String {
    let count = |wrong: Wrong| tested.failed.iter().filter(|(kind, _)| *kind == wrong).count();
    let noun = if tested.examples == 1 { "example" } else { "examples" };
    let mut parts = vec![format!("{} {noun}: {} hold", tested.examples, tested.examples - tested.failed.len())];
    for wrong in [Wrong::Missing, Wrong::Idle, Wrong::Noisy] {
        if count(wrong) > 0 {
            parts.push(format!("{} {}", count(wrong), wrong.as_str()));
        }
    }
    let mut line = parts.join(", ");
    if tested.without > 0 {
        let noun = if tested.without == 1 { "table has" } else { "tables have" };
        line.push_str(&format!("; {} {noun} no example", tested.without));
    }
    line
}
