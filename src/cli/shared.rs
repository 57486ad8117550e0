//! What `check` and `audit` share: their arguments, the call of the library, and who gets the report in which format.

use super::progress::Progress;
use super::terminal::{self, Color};
use super::{Failure, accepted, baseline, fix, output, stats};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use etcetera::BaseStrategy as _;
use idtoken_lint::check::model::Report;
use idtoken_lint::check::unite::Part;
use idtoken_lint::config::{self, Config};
use idtoken_lint::report::text::{Question, TextOptions};
use idtoken_lint::report::{self, Format};
use idtoken_lint::rules::RuleFiles;
use idtoken_lint::text::files::MAX_BYTES;
use idtoken_lint::text::nearest::did_you_mean;
use idtoken_lint::text::overlay::Overlay;
use idtoken_lint::text::{Files, Mistake, OsFiles};
use idtoken_lint::{Error, Options};
use std::fmt::Display;
use std::io::Read as _;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Files and folders to report on; files around them are read as well where a value leads there. `-` is what comes
    /// on standard input: see `--stdin-filename`
    #[arg(default_value = ".")]
    paths: Vec<String>,

    #[command(flatten)]
    pub(super) delivery: Delivery,

    /// The folder that may be read [default: the repository that holds PATHS]
    #[arg(long, value_name = "DIR")]
    root: Option<String>,

    /// A host of yours that serves the Management API: a custom domain or a tenant; may be repeated
    #[arg(long = "host", value_name = "NAME", value_parser = host)]
    hosts: Vec<String>,

    #[command(flatten)]
    rules: OwnRules,

    #[command(flatten)]
    config: ConfigArguments,

    /// What the file is called that comes on standard input: it takes the place of PATH in the project
    #[arg(long, value_name = "PATH")]
    stdin_filename: Option<String>,

    /// End with status 2 where a file was skipped
    #[arg(long)]
    strict: bool,

    /// Say in numbers what was looked at, on standard error
    #[arg(long)]
    stats: bool,

    /// Show the edits that would do what findings ask for, as a unified diff, instead of the report
    #[arg(long, conflicts_with_all = ["fix", "write_baseline", "stdin_filename"])]
    pub(super) diff: bool,

    /// Make the edits that are safe, then report what is left
    #[arg(long, conflicts_with_all = ["write_baseline", "stdin_filename", "shard"])]
    pub(super) fix: bool,

    /// With `--fix`, make also the edits that change what the program asks for
    #[arg(long, requires = "fix")]
    pub(super) unsafe_fixes: bool,

    /// Look at one part of the requests only: `--shard 2/4` is the second of four. Write each part with `--format json`;
    /// `idtoken-lint merge` makes one report of all
    #[arg(long, value_name = "I/N", value_parser = part, conflicts_with_all = ["baseline", "write_baseline"])]
    shard: Option<Part>,

    /// Look closer at every file, whatever words it holds: to test that the report stays the same
    #[arg(long, hide = true)]
    all_files: bool,

    #[command(flatten)]
    cache: Cache,

    /// Findings that FILE knows do not count: only new ones fail
    #[arg(long, value_name = "FILE", conflicts_with = "write_baseline")]
    baseline: Option<String>,

    /// Write the findings there are to FILE, as a baseline; what is not found any more is taken out
    #[arg(long, value_name = "FILE")]
    write_baseline: Option<String>,

    /// Unknown calls that FILE gives a reason for were looked at, and send no ID token
    #[arg(long, value_name = "FILE", conflicts_with = "write_accept_unknown")]
    accept_unknown: Option<String>,

    /// Write the unknown calls there are to FILE, for somebody to say why each is accepted; reasons that are there stay
    #[arg(long, value_name = "FILE")]
    write_accept_unknown: Option<String>,
}

/// Who gets the report, and how it is written.
#[derive(Debug, clap::Args)]
pub(super) struct Delivery {
    /// How to write the report
    #[arg(long, default_value = Format::default().as_str(), value_parser = formats())]
    format: Format,

    /// Write the report to FILE, and the text report to the terminal; with a format before it, write that one there.
    /// May be repeated
    #[arg(long = "output", short, value_name = "[FORMAT=]FILE", value_parser = Output::parse)]
    outputs: Vec<Output>,

    /// Of the text report, print the summary line only
    #[arg(long, short)]
    quiet: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct ConfigArguments {
    /// Read the configuration from FILE instead of the nearest idtoken-lint.toml
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    config: Option<String>,

    /// Read no configuration
    #[arg(long)]
    no_config: bool,
}

impl ConfigArguments {
    /// The configuration that counts for `path`.
    pub(super) fn read(&self, path: &str) -> Result<Config, Failure> {
        let config = match &self.config {
            _ if self.no_config => return Ok(Config::default()),
            Some(file) => Config::read(&OsFiles, file),
            None => Config::find(&OsFiles, path),
        };
        config.map_err(|error| {
            let problem = error.to_string();
            match error {
                config::Error::Mistake(mistake) => broken_file(*mistake),
                config::Error::Unreadable { .. } => Failure::new(
                    problem,
                    "Make it readable, name another one with `--config FILE`, or use `--no-config`.",
                ),
            }
        })
    }
}

#[derive(Debug, clap::Args)]
struct Cache {
    /// Where to keep what was seen in files that hold nothing, and what was said of an unchanged project, for the next run
    /// [default: a folder of this program's in the user's caches]
    #[arg(long, value_name = "DIR", env = "IDTOKEN_LINT_CACHE_DIR", hide_env_values = true)]
    cache_dir: Option<PathBuf>,

    /// Keep nothing, and read every file
    #[arg(long)]
    no_cache: bool,
}

impl Cache {
    /// The folder, if there is to be one.
    fn folder(&self) -> Option<PathBuf> {
        let usual = || Some(etcetera::choose_base_strategy().ok()?.cache_dir().join(env!("CARGO_PKG_NAME")));
        if self.no_cache { None } else { self.cache_dir.clone().or_else(usual) }
    }
}

#[derive(Debug, clap::Args)]
pub(super) struct OwnRules {
    /// Rules of your own, a file or a folder of files, which join those of the program; may be repeated
    #[arg(long, value_name = "FILE|DIR")]
    pub(super) rules: Vec<String>,
}

fn host(text: &str) -> Result<String, String> {
    let wrong = |help| format!("expected a host name like `login.example.com`. {help}").trim_end().to_owned();
    config::tenant_host(text).map_err(wrong)
}

fn part(text: &str) -> Result<Part, String> {
    Part::parse(text).ok_or_else(|| "expected a part and the number of parts, as in `1/4`, `2/4`, …".to_owned())
}

fn formats() -> impl TypedValueParser<Value = Format> {
    PossibleValuesParser::new(Format::ALL.map(Format::as_str))
        .map(|name| Format::ALL.into_iter().find(|format| format.as_str() == name).unwrap_or_default())
}

/// Run the analysis.
pub(super) fn analyze(arguments: &Arguments) -> Result<Report, Failure> {
    let mut progress = Progress::new(!arguments.delivery.quiet);
    let (paths, overlay) = input(arguments)?;
    let files: &dyn Files = overlay.as_ref().map_or(&OsFiles, |overlay| overlay);
    let from = arguments.root.as_ref().or(paths.first()).map_or(".", String::as_str);
    let config = arguments.config.read(from)?;
    let mut policy = config.policy;
    let accepted = arguments.write_accept_unknown.as_ref().filter(|file| OsFiles.exists(file));
    if let Some(file) = accepted.or(arguments.accept_unknown.as_ref()).or(config.accept_unknown.as_ref()) {
        policy.reviewed = accepted::read(file)?;
    }
    let reviewed = policy.reviewed.clone();
    let with =
        |configured: Vec<String>, given: &[String]| configured.into_iter().chain(given.iter().cloned()).collect();
    let options = Options {
        paths: paths.clone(),
        root: arguments.root.clone(),
        hosts: with(config.tenants, &arguments.hosts),
        rules: with(config.rules, &arguments.rules.rules),
        own_hosts: config.own_hosts,
        exclude: config.excluded,
        policy,
        all_files: arguments.all_files,
        part: arguments.shard,
        cache: arguments.cache.folder(),
    };
    let mut report = idtoken_lint::analyze_watched(files, &options, &progress).map_err(failure)?;
    let times = progress.times();
    progress.finish();
    if let Some(file) = &arguments.write_accept_unknown {
        accepted::write(&reviewed, &report, file)?;
    }
    if let Some(file) = &arguments.write_baseline {
        baseline::write(&mut report, file)?;
    } else if let Some(file) = arguments.baseline.as_ref().or(config.baseline.as_ref()) {
        baseline::apply(&mut report, file)?;
    }
    if arguments.stats {
        stats::write(&report, &times);
    }
    Ok(report)
}

/// Run the analysis, after the edits that are asked for.
pub(super) fn analyze_and_fix(arguments: &Arguments) -> Result<Report, Failure> {
    let report = analyze(arguments)?;
    if arguments.fix && fix::make(&report, arguments.unsafe_fixes)? {
        return analyze(arguments);
    }
    Ok(report)
}

/// The paths, with the name of standard input for `-`, and the files with what comes there.
fn input(arguments: &Arguments) -> Result<(Vec<String>, Option<Overlay<'static>>), Failure> {
    let is_asked = arguments.paths.iter().any(|path| path == "-");
    let name = match (&arguments.stdin_filename, is_asked) {
        (None, false) => return Ok((arguments.paths.clone(), None)),
        (Some(name), true) => name,
        (None, true) => {
            let help = "Say with `--stdin-filename PATH` what the file is called.";
            return Err(Failure::new("standard input has no name, and so no language", help));
        }
        (Some(_), false) => {
            let help = "Give `-` as one of the paths.";
            return Err(Failure::new("`--stdin-filename` is given, but standard input is not asked for", help));
        }
    };
    if OsFiles.is_dir(name) {
        return Err(Failure::new(format!("{name:?} is a folder"), "`--stdin-filename` names a file."));
    }
    let mut bytes = Vec::new();
    let unreadable = |error| Failure::new(format!("standard input: {error}"), "Give a file instead.");
    std::io::stdin().lock().take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    let paths = arguments.paths.iter().map(|path| if path == "-" { name.clone() } else { path.clone() }).collect();
    Ok((paths, Some(Overlay::new(&OsFiles, name, bytes))))
}

/// With `--strict`, a file that was skipped is a failure: nobody knows what is in it.
pub(super) fn check_strict(report: &Report, arguments: &Arguments) -> Result<(), Failure> {
    match report.skipped.len() {
        number if arguments.strict && number > 0 => {
            let files = if number == 1 { "1 file was".to_owned() } else { format!("{number} files were") };
            let help = "The report names them and says why. Repair them, or leave them out with `exclude` in the \
                        configuration.";
            Err(Failure::new(format!("{files} skipped, and `--strict` was asked for"), help))
        }
        _ => Ok(()),
    }
}

/// The rules of the program, and the own ones at `paths`.
pub(super) fn rule_files(paths: &[String]) -> Result<RuleFiles, Failure> {
    idtoken_lint::read_rules(&OsFiles, paths).map_err(failure)
}

/// A rule file that cannot be used.
pub(super) fn broken_file(mistake: Mistake) -> Failure {
    failure(Error::Mistake(Box::new(mistake)))
}

/// The system gives no threads.
pub(super) fn no_threads(error: impl Display) -> Failure {
    failure(Error::Threads(error.to_string()))
}

pub(super) fn failure(error: Error) -> Failure {
    let help = match &error {
        Error::NoSuchPath(_) => "Check the spelling; paths are relative to the working directory.",
        Error::Unreadable { .. } => "Make it readable, or leave it out of the paths.",
        Error::NoRules(_) => "Name the folder that holds them, or single files.",
        Error::Rules(_) => "The rules are part of the program: this is a mistake in it. Please report it.",
        Error::Mistake(_) => "",
        Error::Threads(_) => "Close other programs, or raise the limit on threads and memory.",
    };
    let problem = error.to_string();
    let mistake = if let Error::Mistake(mistake) = error { Some(mistake) } else { None };
    Failure { mistake, ..Failure::new(problem, help) }
}

/// A file that a report goes to.
#[derive(Clone, Debug)]
struct Output {
    /// In which format; without it, in that of `--format`.
    format: Option<Format>,
    file: PathBuf,
}

impl Output {
    /// `sarif=out.sarif`, `out.json`.
    fn parse(text: &str) -> Result<Output, String> {
        let plain = || Output { format: None, file: PathBuf::from(text) };
        let Some((name, file)) = text.split_once('=') else {
            return match Format::ALL.into_iter().find(|format| format.as_str() == text) {
                Some(_) => Err(format!("a file is missing: `{text}=FILE`. For a file of this name, write `./{text}`.")),
                None => Ok(plain()),
            };
        };
        let is_word = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphabetic());
        match Format::ALL.into_iter().find(|format| format.as_str() == name) {
            Some(_) if file.is_empty() => Err(format!("a file is missing behind `{name}=`")),
            Some(format) => Ok(Output { format: Some(format), file: PathBuf::from(file) }),
            None if is_word => {
                let known = Format::ALL.map(Format::as_str);
                let meant = did_you_mean(name, "formats", &known);
                Err(format!("there is no format `{name}`. {meant} For a file of this name, write `./{text}`."))
            }
            None => Ok(plain()),
        }
    }
}

/// Write the report to where it was asked for.
pub(super) fn deliver(report: &Report, question: Question, arguments: &Delivery, color: Color) -> Result<(), Failure> {
    let for_terminal = TextOptions { quiet: arguments.quiet, ..terminal::for_stdout(color) };
    let mut files: Vec<&PathBuf> = arguments.outputs.iter().map(|output| &output.file).collect();
    files.sort();
    if let Some(twice) = files.windows(2).find(|two| two[0] == two[1]) {
        return Err(Failure::new(
            format!("two reports are to be written to {:?}", twice[0].display().to_string()),
            "Give each format a file of its own.",
        ));
    }
    for output in &arguments.outputs {
        let format = output.format.unwrap_or(arguments.format);
        output::to_file(&output.file, |out| report::write(report, format, question, &TextOptions::default(), out))?;
    }
    // where the format of `--format` went to a file, people get the text
    let is_written = arguments.outputs.iter().any(|output| output.format.is_none());
    let format = if is_written { Format::Text } else { arguments.format };
    output::to_stdout(for_terminal.colour, |out| report::write(report, format, question, &for_terminal, out))
}
