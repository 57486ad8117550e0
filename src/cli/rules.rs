//! `rules`: the knowledge of the program and of the teams: list it, test it, its schema.

use super::terminal::Color;
use super::{Failure, Status, output, shared, terminal};
use idtoken_lint::check::examples::{self, Tested, Wrong};
use idtoken_lint::project::Project;
use idtoken_lint::report::redact::clean;
use idtoken_lint::report::text;
use idtoken_lint::rules::SCHEMA;
use idtoken_lint::rules::list::{self, Datum, Library};
use idtoken_lint::text::nearest::did_you_mean;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{self, Write};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// List what is known of each library, or every datum: what it matches, where it is known from, and its file
    List(ListArguments),
    /// Run the examples in rule files; exit status 1 where one does not hold
    Test(TestArguments),
    /// Print the JSON Schema of rule files
    Schema,
}

#[derive(Debug, clap::Args)]
struct ListArguments {
    /// Packages, crates or global names to show in full; without any, all are summed up
    #[arg(value_name = "LIBRARY")]
    libraries: Vec<String>,

    /// Show every datum in full
    #[arg(long, conflicts_with = "libraries")]
    full: bool,

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
        Command::List(arguments) => write_list(arguments),
        Command::Test(arguments) => test(arguments, color),
        Command::Schema => {
            output::to_stdout(false, |out| out.write_all(SCHEMA.as_bytes()))?;
            Ok(Status::Clean)
        }
    }
}

fn write_list(arguments: &ListArguments) -> Result<Status, Failure> {
    let mut rules = arguments.config.read(".")?.rules;
    rules.extend(arguments.rules.rules.iter().cloned());
    let files = shared::rule_files(&rules)?;
    // a file that cannot be used is not worth listing
    files.compile(&[], &[]).map_err(shared::broken_file)?;
    let all = files.list();
    let known = list::libraries(&all);
    for wanted in &arguments.libraries {
        if !known.contains_key(wanted.as_str()) {
            let names: Vec<&str> = known.keys().copied().collect();
            let help = did_you_mean(wanted, "libraries", &names);
            return Err(Failure::new(format!("nothing is known of a library `{wanted}`"), &help));
        }
    }
    let is_wanted = |datum: &Datum<'_>| datum.libraries.iter().any(|library| arguments.libraries.contains(library));
    let chosen: Vec<&Datum<'_>> =
        all.iter().filter(|datum| arguments.libraries.is_empty() || is_wanted(datum)).collect();
    output::to_stdout(false, |out| match arguments.format {
        ListFormat::Text if arguments.libraries.is_empty() && !arguments.full => {
            let own: Vec<&Datum<'_>> = all.iter().filter(|datum| datum.own).collect();
            write_data(&own, out)?;
            write_libraries(&known, out)?;
            write_total(&all, files.sources().len(), out)
        }
        ListFormat::Text => {
            write_data(&chosen, out)?;
            if arguments.full { write_total(&all, files.sources().len(), out) } else { Ok(()) }
        }
        ListFormat::Json => {
            let list: Vec<Value> = chosen.iter().map(|datum| as_json(datum)).collect();
            idtoken_lint::report::json_text::write(&list, out)
        }
    })?;
    Ok(Status::Clean)
}

/// One line for each library: how much of what is known of it; and where from.
fn write_libraries(known: &BTreeMap<&str, Library<'_>>, out: &mut dyn Write) -> io::Result<()> {
    for (name, library) in known {
        let titles: Vec<String> = library
            .titles
            .iter()
            .map(|(title, count)| if *count == 1 { (*title).to_owned() } else { format!("{count} × {title}") })
            .collect();
        writeln!(out, "{}: {}", clean(name), titles.join(", "))?;
        for source in &library.sources {
            writeln!(out, "    from {}", clean(source))?;
        }
    }
    writeln!(out)?;
    writeln!(out, "`rules list LIBRARY` shows what is known of one, `rules list --full` every datum.")
}

fn write_total(list: &[Datum<'_>], files: usize, out: &mut dyn Write) -> io::Result<()> {
    let own = list.iter().filter(|datum| datum.own).count();
    writeln!(out, "{} data in {files} files, {own} of them own", list.len())
}

fn write_data(list: &[&Datum<'_>], out: &mut dyn Write) -> io::Result<()> {
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
    Ok(())
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
        "libraries": datum.libraries,
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
