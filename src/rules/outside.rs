//! What is known of files that are no code but tell about calls: settings of tenants, recorded requests, logs.
//!
//! Owns the shape of `rules/evidence/*.toml` and which files are of which kind, by their names. Own rules add nothing here.

use super::embedded::{CLIENTS, RECORDED, TOGGLE, unpack};
use super::examples::variants;
use crate::text::Mistake;
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use rustc_hash::FxHashMap;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// A file that shows what a table is for, or what it is not for. In its name and text, `@{a,b}` stands for one of these;
/// `ID_TOKEN` and `ACCESS_TOKEN` for tokens that say what they are.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Sample {
    /// What it is called.
    pub name: String,
    /// What it holds.
    pub text: String,
    /// Files of the same folder.
    #[serde(default)]
    pub beside: Vec<Sample>,
}

impl Sample {
    /// The folders that it stands for: the names and texts of their files, the sample's own first.
    pub fn folders(&self) -> Vec<Vec<(String, String)>> {
        /// Between files: in no text.
        const NEXT: &str = "\0";
        let whole: Vec<String> =
            [self].into_iter().chain(&self.beside).map(|file| format!("{}\n{}", file.name, file.text)).collect();
        let file = |file: &str| file.split_once('\n').map(|(name, text)| (name.to_owned(), text.to_owned()));
        let folder = |(_, whole): (_, String)| whole.split(NEXT).filter_map(file).collect();
        variants(&whole.join(NEXT)).into_iter().map(folder).collect()
    }
}

/// How settings are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SettingsFormat {
    /// JSON.
    Json,
    /// YAML.
    Yaml,
    /// Terraform's language.
    Hcl,
}

/// Where the tenant's toggle is set.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ToggleTable {
    /// Where this is known from.
    pub source: String,
    /// The rule that reports it.
    pub rule: String,
    /// What the flag is called.
    pub flag: String,
    /// What the dashboard calls it.
    pub label: String,
    /// How it is called in each place: one of these stands in every text that sets it.
    pub keys: Vec<String>,
    /// Where requests of the Management API change it: the path …
    pub path: String,
    /// … and the method.
    pub method: String,
    /// What stands at both ends of a name that a tool replaces.
    pub placeholders: Vec<String>,
    /// In which files.
    pub file: Vec<SettingsTable>,
}

/// How the tenant's clients sign their ID tokens.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ClientsTable {
    /// Where this is known from.
    pub source: String,
    /// One of these stands in every text that says it.
    pub keys: Vec<String>,
    /// The ways to the algorithm from a client's settings.
    pub algorithm: Vec<String>,
    /// What the client's id is called in its settings,
    pub id: Vec<String>,
    /// its name,
    pub name: Vec<String>,
    /// and its kind.
    pub kind: Vec<String>,
    /// Kinds of clients that no user logs in with.
    pub without_users: Vec<String>,
    /// Where requests of the Management API change them: the path …
    pub path: String,
    /// … and the methods.
    pub methods: Vec<String>,
    /// In which files; the ways lead to a client's settings.
    pub file: Vec<SettingsTable>,
}

/// One kind of settings file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SettingsTable {
    /// How it is written.
    pub format: SettingsFormat,
    /// What such files are called; with the folder, where that counts.
    pub names: Vec<String>,
    /// The ways to what it is about; none where that is the whole file.
    pub paths: Vec<String>,
    /// Whether the text `"true"` is taken for the boolean.
    #[serde(default)]
    pub texts_are_booleans: bool,
    /// How names stand for values that are given elsewhere.
    #[serde(default)]
    pub variable: Vec<VariableTable>,
    /// Files in which this table finds what it is for.
    #[serde(default)]
    pub yes: Vec<Sample>,
    /// Files in which that must not be found.
    #[serde(default)]
    pub no: Vec<Sample>,
}

/// Names that stand for values, and where these are given: in files of the same folder.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct VariableTable {
    /// How a value says that it is a variable's: `*` stands for the name.
    pub form: Vec<String>,
    /// The ways to what it is where nobody gives it: `*` stands for the name.
    pub declared: Vec<String>,
    /// In which files.
    pub files: Vec<String>,
    /// The ways to the maps that hold values under the variables' names, which may have another name before a colon.
    pub given: Vec<String>,
    /// In which files: each for some place where it runs.
    pub values: Vec<String>,
    /// Those of them that always count, so that what is declared never does.
    pub always: Vec<String>,
}

/// How requests are recorded or written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// An HTTP archive.
    Har,
    /// A collection of Postman.
    Postman,
    /// Requests as they go over the wire.
    Requests,
    /// Commands in a shell script.
    Shell,
    /// Commands in a script of PowerShell.
    Powershell,
    /// Either of these in code blocks.
    Markdown,
    /// A tenant's log.
    Log,
}

/// What is known of recordings.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RecordedTable {
    /// Where this is known from.
    pub source: String,
    /// The rule that reports an ID token.
    pub rule: String,
    /// The rule that reports an access token for several audiences.
    pub rule_several_audiences: String,
    /// The rule that reports an ID token in a body with which no account can be linked.
    pub rule_secondary_token: String,
    /// The rule that reports linking by id with the logged-in user's token.
    pub rule_link_by_id: String,
    /// How tokens may be signed that link no accounts, as the header says it.
    pub other_algorithms: Vec<String>,
    /// What every token begins with whose claims can be read.
    pub token_prefix: String,
    /// Claims that ID tokens have and access tokens have not.
    pub id_claims: Vec<String>,
    /// Claims that access tokens have and ID tokens have not.
    pub access_claims: Vec<String>,
    /// In which files.
    pub form: Vec<FormTable>,
    /// What is known of logs.
    pub log: LogTable,
    /// Commands that send requests.
    pub command: Vec<CommandTable>,
}

/// One kind of recording.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FormTable {
    /// Which.
    pub form: Form,
    /// What such files are called.
    pub names: Vec<String>,
    /// Whether a file of such a name is always one: then it is named as skipped where it cannot be read as one.
    #[serde(default)]
    pub certain: bool,
    /// Files of the same folder that give the variables in it values, each for some place where it is used.
    #[serde(default)]
    pub environments: Vec<String>,
    /// Files in which this table finds what it is for.
    #[serde(default)]
    pub yes: Vec<Sample>,
    /// Files in which that must not be found.
    #[serde(default)]
    pub no: Vec<Sample>,
}

/// Logs of tenants.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LogTable {
    /// The type of entries that say that something deprecated was used.
    pub kind: String,
    /// Words of what is deprecated that speak of ID tokens, in lower case.
    pub words: Vec<String>,
    /// Files in which this table finds what it is for.
    #[serde(default)]
    pub yes: Vec<Sample>,
    /// Files in which that must not be found.
    #[serde(default)]
    pub no: Vec<Sample>,
}

/// A command, and what its options mean, each with its dashes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CommandTable {
    /// What it is called.
    pub names: Vec<String>,
    /// Whether it is one of PowerShell, whose options are parameters.
    #[serde(default)]
    pub powershell: bool,
    /// Options with an argument, by what that is.
    pub options: BTreeMap<Argument, Vec<String>>,
    /// Options without an argument that mean a method.
    #[serde(default)]
    pub flags: BTreeMap<String, String>,
    /// The method of a request with a body, where none is given.
    pub with_body: String,
    /// Whether method, headers and fields are words of their own.
    #[serde(default)]
    pub items: bool,
    /// Files in which this table finds what it is for.
    #[serde(default)]
    pub yes: Vec<Sample>,
    /// Files in which that must not be found.
    #[serde(default)]
    pub no: Vec<Sample>,
}

/// What an option's argument is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Argument {
    /// A header, or `@` and a file with headers.
    Header,
    /// The method.
    Method,
    /// The URL.
    Url,
    /// A token that is sent as the Bearer.
    Bearer,
    /// How credentials are sent.
    Scheme,
    /// What is sent in that way.
    Credentials,
    /// A body, or `@` and a file with one.
    Data,
    /// A body as it is.
    Text,
    /// A part of a form that is encoded first.
    Encoded,
    /// A field of a form.
    Field,
    /// A file with a body.
    File,
    /// A file with more options.
    Config,
    /// Something else.
    Other,
}

/// What a file may hold, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Settings: the place among the files of the toggle's table.
    Settings(usize),
    /// Settings of clients: the place among the files of their table.
    Clients(usize),
    /// A recording, and whether that is certain.
    Recorded(Form, bool),
    /// Values for the variables of recordings beside it.
    Values,
}

/// Everything that is known of such files.
#[derive(Clone, Debug, Default)]
pub struct Outside {
    /// The toggle.
    pub toggle: ToggleTable,
    /// Clients.
    pub clients: ClientsTable,
    /// Recordings.
    pub recorded: RecordedTable,
    names: Names,
}

/// What files are called, by the ending of their names, in lower case: most files have one that no pattern has.
#[derive(Clone, Debug, Default)]
struct Names {
    by_ending: FxHashMap<String, Patterns>,
}

/// Patterns with one ending.
#[derive(Clone, Debug, Default)]
struct Patterns {
    /// One of them means all files with it.
    any: bool,
    globs: GlobSet,
    kinds: Vec<Kind>,
}

impl Names {
    /// Patterns, each with what a file of such a name may hold. One that cannot be read, or has no ending, means no file.
    fn new<'p>(patterns: impl Iterator<Item = (Kind, &'p String)>) -> Names {
        let mut groups: FxHashMap<String, (GlobSetBuilder, Patterns)> = FxHashMap::default();
        for (kind, pattern) in patterns {
            let pattern = pattern.to_ascii_lowercase();
            let glob = GlobBuilder::new(&pattern).literal_separator(true).build();
            if let (Some(ending), Ok(glob)) = (ending(&pattern), glob) {
                let group = groups.entry(ending.to_owned());
                let (globs, known) = group.or_insert_with(|| (GlobSetBuilder::new(), Patterns::default()));
                globs.add(glob);
                known.any |= pattern.strip_prefix("*.") == Some(ending);
                known.kinds.push(kind);
            }
        }
        let build = |(ending, (globs, known)): (String, (GlobSetBuilder, Patterns))| {
            (ending, Patterns { globs: globs.build().unwrap_or_default(), ..known })
        };
        Names { by_ending: groups.into_iter().map(build).collect() }
    }

    /// The patterns that may mean the file at `path`.
    fn may_mean(&self, path: &str) -> Option<&Patterns> {
        let ending = ending(path)?;
        let is_lower = !ending.bytes().any(|byte| byte.is_ascii_uppercase());
        if is_lower { self.by_ending.get(ending) } else { self.by_ending.get(&*ending.to_ascii_lowercase()) }
    }
}

/// What follows the last dot of a path.
fn ending(path: &str) -> Option<&str> {
    memchr::memrchr(b'.', path.as_bytes()).map(|at| &path[at + 1..])
}

impl Outside {
    /// What this build knows, unpacked once.
    pub(super) fn load() -> Result<Arc<Outside>, Mistake> {
        static KNOWN: OnceLock<Arc<Outside>> = OnceLock::new();
        if let Some(known) = KNOWN.get() {
            return Ok(known.clone());
        }
        let known = Outside::of(unpack(&TOGGLE)?, unpack(&CLIENTS)?, unpack(&RECORDED)?);
        Ok(KNOWN.get_or_init(|| Arc::new(known)).clone())
    }

    /// What these tables say.
    pub fn of(toggle: ToggleTable, clients: ClientsTable, recorded: RecordedTable) -> Outside {
        let settings = toggle.file.iter().enumerate().map(|(nth, table)| (Kind::Settings(nth), &table.names));
        let of_clients = clients.file.iter().enumerate().map(|(nth, table)| (Kind::Clients(nth), &table.names));
        let forms = recorded.form.iter().map(|table| (Kind::Recorded(table.form, table.certain), &table.names));
        let values = recorded.form.iter().map(|table| (Kind::Values, &table.environments));
        let all = settings.chain(of_clients).chain(forms).chain(values);
        let names = Names::new(all.flat_map(|(kind, patterns)| patterns.iter().map(move |pattern| (kind, pattern))));
        Outside { toggle, clients, recorded, names }
    }

    /// What the file at `path` may hold, by its name.
    pub fn kinds(&self, path: &str) -> Vec<Kind> {
        let mut kinds: Vec<Kind> = Vec::new();
        let Some(patterns) = self.names.may_mean(path) else { return kinds };
        for nth in named(&path.to_ascii_lowercase()).flat_map(|name| patterns.globs.matches(name)) {
            // what is certain comes first
            let same = |kind: &Kind| match (kind, &patterns.kinds[nth]) {
                (Kind::Recorded(one, _), Kind::Recorded(other, _)) => one == other,
                (one, other) => one == other,
            };
            if !kinds.iter().any(same) {
                kinds.push(patterns.kinds[nth]);
            }
        }
        kinds
    }

    /// Whether a file at `path` may hold anything.
    pub fn wants(&self, path: &str) -> bool {
        let mean = |patterns: &Patterns| {
            patterns.any || named(&path.to_ascii_lowercase()).any(|name| patterns.globs.is_match(name))
        };
        self.names.may_mean(path).is_some_and(mean)
    }
}

/// A file's name, without and with its folder's.
fn named(path: &str) -> impl Iterator<Item = &str> {
    let mut slashes = path.rmatch_indices('/').map(|(at, _)| at + 1);
    let name = slashes.next().unwrap_or(0);
    let folder = (name > 0).then(|| slashes.next().unwrap_or(0));
    [Some(name), folder].into_iter().flatten().map(|from| &path[from..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::docs;

    #[test]
    fn files_are_told_by_their_names() {
        let outside = Outside::load().unwrap();
        let settings = outside.toggle.file.iter().chain(&outside.clients.file);
        let patterns = settings.map(|table| table.names.len()).sum::<usize>()
            + outside.recorded.form.iter().map(|table| table.names.len() + table.environments.len()).sum::<usize>();
        let known: usize = outside.names.by_ending.values().map(|patterns| patterns.kinds.len()).sum();
        assert_eq!(known, patterns, "a pattern cannot be read");
        assert!(outside.names.by_ending.keys().all(|ending| ending.bytes().all(|byte| byte.is_ascii_alphanumeric())));
        let (settings, clients) = (Kind::Settings, Kind::Clients);
        for (path, kinds) in [
            ("auth0/tenant.yaml", &[settings(0), clients(0)][..]),
            ("tenant.json", &[settings(1)]),
            ("tenant/clients/Shop.json", &[clients(1)]),
            ("clients/Shop.json", &[clients(1)]),
            ("infra/main.tf.json", &[settings(1), clients(2)]),
            ("infra/main.tf", &[settings(2), clients(3)]),
            ("a/Trace.HAR", &[Kind::Recorded(Form::Har, true)]),
            ("x/acme.postman_collection.json", &[Kind::Recorded(Form::Postman, true)]),
            ("http-client.env.json", &[Kind::Values]),
            ("README.md", &[Kind::Recorded(Form::Markdown, false)]),
            ("logs/2026.jsonl", &[Kind::Recorded(Form::Log, false)]),
        ] {
            assert_eq!(outside.kinds(path), kinds, "{path}");
            assert!(outside.wants(path));
        }
        for path in ["src/a.js", "package.json", "tsconfig.json", "md", "x.yaml/a.txt", "clients/a/b.json"] {
            assert!(!outside.wants(path), "{path}");
        }
    }

    #[test]
    fn the_rules_have_pages() {
        let outside = Outside::load().unwrap();
        let recorded = &outside.recorded;
        let of_recordings = [
            &recorded.rule,
            &recorded.rule_several_audiences,
            &recorded.rule_secondary_token,
            &recorded.rule_link_by_id,
        ];
        for rule in of_recordings.into_iter().chain([&outside.toggle.rule]) {
            assert!(docs::rule(rule).is_some(), "{rule}");
        }
        assert!(outside.toggle.keys.contains(&outside.toggle.flag));
    }
}
