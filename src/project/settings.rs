//! The project's `.env` files: what a setting of the environment is where the code runs with them.
//!
//! Values are handed out as they are written; what they may be used for is the business of who asks. The process's own
//! environment is never looked at.

use super::Project;
use super::configs::{Configs, file_name};
use crate::text::paths::{around, join, parent};
use crate::text::{FileId, Files};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Names under which settings lie beside code, even where an ignore file hides them from the walk.
const HIDDEN: &[&str] = &[
    ".env",
    ".env.local",
    ".env.development",
    ".env.development.local",
    ".env.production",
    ".env.production.local",
    ".env.staging",
    ".env.test",
    ".env.dev",
    ".env.prod",
];
/// Files that mark a folder as one that programs run in.
pub(super) const HOMES: &[&str] = &["package.json", "Cargo.toml", "deno.json"];
/// Different values of one name, from all over the project, beyond which none of them says anything.
const VALUES: usize = 4;
/// How far values may refer to each other, and how often one value to others in all.
const DEPTH: u32 = 8;
const REFERENCES: u32 = 64;

/// Whether a file of this name holds settings of the environment.
pub(super) fn is_settings(name: &str) -> bool {
    name == ".env"
        || name.strip_prefix(".env").is_some_and(|rest| rest.starts_with(['.', '-', '_']))
        || name.ends_with(".env")
        || is_sample(name) && name.starts_with("env.")
}

/// Whether it only shows which settings there are.
fn is_sample(name: &str) -> bool {
    ["example", "sample", "template", "dist"].iter().any(|word| name.contains(word))
}

/// The files with settings, in order: those that the walk found, and hidden ones.
pub(super) fn files(configs: &Configs, system: &dyn Files) -> Vec<String> {
    let walked = configs.paths().filter(|path| is_settings(file_name(path)));
    let mut files: Vec<String> = walked.map(str::to_owned).collect();
    let mut homes: Vec<&str> = configs.homes().chain(configs.roots.iter().map(String::as_str)).collect();
    homes.sort_unstable();
    homes.dedup();
    let hidden = homes
        .into_par_iter()
        .flat_map_iter(|home| system.among(home, HIDDEN).into_iter().map(move |name| join(home, name)));
    files.par_extend(hidden);
    files.sort();
    // some are found by the walk as well
    files.dedup();
    files
}

/// What the files say.
#[derive(Debug, Default)]
pub(super) struct Settings {
    by_name: BTreeMap<String, Vec<Setting>>,
}

/// One line of a file.
#[derive(Debug)]
struct Setting {
    folder: String,
    is_sample: bool,
    value: String,
}

impl Project<'_> {
    /// What a setting of the environment may be for a file: as the nearest folder around it has it, else any.
    pub fn setting(&self, from: FileId, name: &str) -> Vec<&str> {
        let around = self.setting_around(from, name);
        if !around.is_empty() {
            return around;
        }
        let settings = self.configs.settings.get_or_init(|| self.read_settings());
        let Some(known) = settings.by_name.get(name) else { return Vec::new() };
        for is_sample in [false, true] {
            let values = distinct(known.iter().filter(|setting| setting.is_sample == is_sample));
            if !values.is_empty() {
                return if values.len() <= VALUES { values } else { Vec::new() };
            }
        }
        Vec::new()
    }

    /// What a setting of the environment may be for a file, as the nearest folder around it has it.
    pub fn setting_around(&self, from: FileId, name: &str) -> Vec<&str> {
        let settings = self.configs.settings.get_or_init(|| self.read_settings());
        let Some(known) = settings.by_name.get(name) else { return Vec::new() };
        for is_sample in [false, true] {
            for folder in around(parent(self.path(from))) {
                let here = known.iter().filter(|setting| setting.is_sample == is_sample && setting.folder == folder);
                let values = distinct(here);
                if !values.is_empty() {
                    return values;
                }
            }
        }
        Vec::new()
    }

    fn read_settings(&self) -> Settings {
        let mut settings = Settings::default();
        for path in &self.settings_files {
            let Some(text) = self.config_text(path) else { continue };
            for (name, value) in parse(&text) {
                let is_sample = is_sample(file_name(path));
                let setting = Setting { folder: parent(path).to_owned(), is_sample, value };
                settings.by_name.entry(name).or_default().push(setting);
            }
        }
        settings
    }
}

fn distinct<'s>(settings: impl Iterator<Item = &'s Setting>) -> Vec<&'s str> {
    let mut values = Vec::new();
    for setting in settings.filter(|setting| !setting.value.is_empty()) {
        if !values.contains(&setting.value.as_str()) {
            values.push(&setting.value);
        }
    }
    values
}

/// The names and values of a `.env` file, with what they say of each other filled in; of one name the last counts.
pub(super) fn parse(text: &str) -> BTreeMap<String, String> {
    let mut raw = BTreeMap::new();
    let mut at = 0;
    while at < text.len() {
        let end = text[at..].find('\n').map_or(text.len(), |length| at + length);
        let line = text[at..end].trim();
        at = end + 1;
        let Some((name, value)) = line.strip_prefix("export ").unwrap_or(line).split_once('=') else { continue };
        let (name, value) = (name.trim(), value.trim());
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')) {
            continue;
        }
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'));
        // a value in quotes may go on in the next lines; an unclosed quote is none
        let start = text[..end].rfind(value).unwrap_or(end) + 1;
        let closed = quote.and_then(|quote| text.get(start..)?.find(quote).map(|length| start + length));
        let value = match closed {
            Some(close) => {
                at = text[close..].find('\n').map_or(text.len(), |length| close + length + 1);
                Raw { text: text[start..close].to_owned(), open: quote != Some('\'') }
            }
            None => {
                let comment = value.find(" #").or_else(|| value.find("\t#")).or(value.starts_with('#').then_some(0));
                Raw { text: value[..comment.unwrap_or(value.len())].trim_end().to_owned(), open: true }
            }
        };
        raw.insert(name.to_owned(), value);
    }
    let value_of = |value: &Raw| {
        let mut out = String::new();
        fill(value, &raw, DEPTH, &mut { REFERENCES }, &mut out);
        out
    };
    raw.iter().map(|(name, value)| (name.clone(), value_of(value))).collect()
}

/// A value as it is written.
struct Raw {
    text: String,
    /// Whether it may refer to others: it is not in single quotes.
    open: bool,
}

/// A value with `$NAME` and `${NAME}` of the same file filled in, as many as there may be; the others stay as they are.
fn fill(value: &Raw, all: &BTreeMap<String, Raw>, depth: u32, references: &mut u32, out: &mut String) {
    let mut rest = value.text.as_str();
    while let Some(at) = rest.find('$').filter(|_| value.open) {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let braced = rest.strip_prefix('{').and_then(|inside| inside.split_once('}'));
        let (name, after) = braced.unwrap_or_else(|| {
            rest.split_at(rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len()))
        });
        match all.get(name) {
            Some(other) if depth > 0 && *references > 0 => {
                *references -= 1;
                fill(other, all, depth - 1, references, out);
                rest = after;
            }
            _ => out.push('$'),
        }
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_names_and_values() {
        let text = "# settings\nA=1\nexport B = two words # more\nC='a # b'\nD=\"x\\n${A}/$B\"\n\nE=\nF\n=g\nH=`i\nj`\nK=#\n\
                    L=$L/x\nM=${NONE}/y\nA=3\r\nN=\"open\nO='it$A'";
        let values = parse(text);
        let wanted = [
            ("A", "3"),
            ("B", "two words"),
            ("C", "a # b"),
            ("D", "x\\n3/two words"),
            ("E", ""),
            ("H", "i\nj"),
            ("K", ""),
            ("M", "${NONE}/y"),
            ("N", "\"open"),
            ("O", "it$A"),
        ];
        for (name, value) in wanted {
            assert_eq!(values.get(name).map(String::as_str), Some(value), "{name}");
        }
        assert_eq!(values.len(), wanted.len() + 1);
        assert!(values["L"].starts_with("$L/x/x"));
    }

    #[test]
    fn values_that_multiply_end() {
        let text = "A=$B$B$B$B\nB=$C$C$C$C\nC=$A$A$A$A\n";
        assert!(parse(text)["A"].len() < 100_000);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(text in "[A-B=$'\"`{} #\n\r\té]{0,40}") {
            let _ = parse(&text);
        }
    }

    #[test]
    fn files_go_by_their_names() {
        for name in [".env", ".env.local", ".env.production.local", ".env-example", "prod.env", "env.sample"] {
            assert!(is_settings(name), "{name}");
        }
        assert!(!is_settings("env.ts") && !is_settings(".environment") && !is_settings("env.rs"));
    }
}
