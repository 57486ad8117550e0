//! From the file as written to what it comes to: hosts that are hosts, rules that exist, paths from where the program
//! runs.

use super::Config;
use super::model::{AcceptTable, ConfigFile, LevelText};
use crate::check::REASONS;
use crate::check::policy::{Accept, Level, Policy};
use crate::rules::{docs, endpoint_names, toml_file};
use crate::text::nearest::did_you_mean;
use crate::text::paths::{join, parent};
use crate::text::{Files, Globs, Mistake, Span};
use std::sync::Arc;
use toml::Spanned;

/// Read and check the configuration `text` of the file `name`.
pub(super) fn resolve(files: &dyn Files, name: &str, text: &Arc<str>) -> Result<Config, Mistake> {
    let file: ConfigFile = toml_file::read(name, text)?;
    let place = Place { files, name, text };
    let mut tenants = place.hosts(&file.tenants, true)?;
    tenants.extend(place.hosts(&file.custom_domains, true)?);
    let own_hosts = place.hosts(&file.own_hosts, false)?;
    for (host, written) in own_hosts.iter().zip(&file.own_hosts) {
        if tenants.contains(host) {
            let message = format!("`{host}` is a tenant's host and one of your own");
            return Err(place.mistake(
                written,
                &message,
                "also listed as a tenant's",
                "Take it out of one of the lists.",
            ));
        }
    }
    let exclude: Vec<String> = file.exclude.iter().map(|pattern| pattern.get_ref().clone()).collect();
    let excluded = if exclude.is_empty() { None } else { Some(place.globs(&file.exclude)?) };
    let rules = file.rules.iter().map(|path| place.path(path)).collect::<Result<_, _>>()?;
    let mut policy = Policy::default();
    let ids: Vec<&str> = docs::rules().iter().map(|doc| doc.id).collect();
    for (id, level) in &file.severity {
        if docs::rule(id.get_ref()).is_none() {
            let help = did_you_mean(id.get_ref(), "rules", &ids);
            return Err(place.mistake(
                id,
                &format!("there is no rule `{}`", id.get_ref()),
                "expected a rule id",
                &help,
            ));
        }
        policy.levels.insert(id.get_ref().clone(), level_of(*level));
    }
    for table in &file.accept {
        policy.accept.push(place.accept(table)?);
    }
    // it need not be there yet
    let baseline = file.baseline.as_ref().map(|path| join(parent(name), path.get_ref()));
    let accept_unknown = file.accept_unknown.as_ref().map(|path| join(parent(name), path.get_ref()));
    Ok(Config {
        file: Some(name.to_owned()),
        tenants,
        own_hosts,
        exclude,
        excluded,
        rules,
        baseline,
        accept_unknown,
        policy,
    })
}

fn level_of(level: LevelText) -> Level {
    match level {
        LevelText::Error => Level::Error,
        LevelText::Warning => Level::Warning,
        LevelText::Off => Level::Off,
    }
}

/// The configuration that is being read, for its mistakes.
struct Place<'a> {
    files: &'a dyn Files,
    name: &'a str,
    text: &'a Arc<str>,
}

impl Place<'_> {
    fn mistake<T>(&self, at: &Spanned<T>, message: &str, label: &str, help: &str) -> Mistake {
        Mistake {
            file: self.name.to_owned(),
            text: self.text.clone(),
            span: Span::new(at.span().start, at.span().end),
            message: message.to_owned(),
            label: label.to_owned(),
            help: help.to_owned(),
        }
    }

    /// Host names. Those of tenants have a dot; names without one are of one's own network.
    fn hosts(&self, written: &[Spanned<String>], dotted: bool) -> Result<Vec<String>, Mistake> {
        let host = |text: &Spanned<String>| {
            host_name(text.get_ref(), dotted).map_err(|help| {
                let message = format!("`{}` is not a host name", text.get_ref());
                self.mistake(text, &message, "expected a name like `login.example.com`", &help)
            })
        };
        written.iter().map(host).collect()
    }

    fn globs(&self, written: &[Spanned<String>]) -> Result<Globs, Mistake> {
        let patterns: Vec<String> = written.iter().map(|pattern| pattern.get_ref().clone()).collect();
        let folder = self.files.absolute(parent(self.name));
        Globs::new(&folder, &patterns).map_err(|(nth, reason)| {
            let message = format!("the pattern `{}` cannot be read", patterns[nth]);
            self.mistake(&written[nth], &message, &reason, "Patterns are those of `.gitignore`.")
        })
    }

    fn path(&self, written: &Spanned<String>) -> Result<String, Mistake> {
        let path = join(parent(self.name), written.get_ref());
        if self.files.exists(&path) {
            return Ok(path);
        }
        let message = format!("there is no file or folder `{}`", written.get_ref());
        Err(self.mistake(written, &message, "not found", "Paths are relative to the folder of this file."))
    }

    fn accept(&self, table: &Spanned<AcceptTable>) -> Result<Accept, Mistake> {
        let AcceptTable { files, endpoint, unknown, because } = table.get_ref();
        if let Some(endpoint) = endpoint {
            let known = endpoint_names();
            if !known.contains(endpoint.get_ref()) {
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                let help = did_you_mean(endpoint.get_ref(), "affected endpoints", &known);
                let message = format!("`{}` is no affected endpoint", endpoint.get_ref());
                return Err(self.mistake(endpoint, &message, "expected one of the migration table", &help));
            }
        }
        if let Some(id) = unknown
            && !REASONS.contains(&id.get_ref().as_str())
        {
            let help = did_you_mean(id.get_ref(), "reasons", REASONS);
            let message = format!("no call is unknown because of `{}`", id.get_ref());
            return Err(self.mistake(id, &message, "expected a reason's id", &help));
        }
        if because.get_ref().trim().is_empty() {
            let help = "Say what was found out, for those who read this later.";
            return Err(self.mistake(because, "an accepted call needs a reason", "expected a text", help));
        }
        let line = self.mistake(table, "", "", "").line();
        Ok(Accept {
            patterns: files.iter().map(|pattern| pattern.get_ref().clone()).collect(),
            files: self.globs(files)?,
            endpoint: endpoint.as_ref().map(|text| text.get_ref().clone()),
            unknown: unknown.as_ref().map(|text| text.get_ref().clone()),
            because: because.get_ref().trim().to_owned(),
            at: (self.name.to_owned(), line),
        })
    }
}

/// A host's name in lower case, without the star that stands for all below it; where it is none, what was probably meant.
pub(super) fn host_name(written: &str, dotted: bool) -> Result<String, String> {
    let given = written.trim().to_lowercase();
    let is_name = |text: &str| is_host(text) && (!dotted || text.contains('.'));
    let host = given.strip_prefix("*.").unwrap_or(&given);
    if is_name(host) {
        return Ok(host.to_owned());
    }
    let inner = given.split_once("://").map_or(given.as_str(), |(_, rest)| rest);
    let inner = inner.split(['/', ':']).next().unwrap_or_default();
    Err(if is_name(inner) { format!("Write `{inner}`.") } else { String::new() })
}

fn is_host(text: &str) -> bool {
    let label = |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
    text.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::MemoryFiles;

    fn read(text: &str) -> Result<Config, Mistake> {
        let mut files = MemoryFiles::new();
        files.insert("web/rules/own.toml", "");
        resolve(&files, "web/idtoken-lint.toml", &text.into())
    }

    #[test]
    fn everything_said_comes_out() {
        let config = read(
            "tenants = ['Acme.eu.auth0.com']\ncustom-domains = ['*.login.acme.example']\nown-hosts = ['users']\n\
             exclude = ['dist/']\nrules = ['rules']\n[severity]\nunresolved-bearer = 'off'\n\n[[accept]]\n\
             files = ['/admin/']\nunknown = 'storage'\nbecause = 'the vault writes it'\n",
        )
        .unwrap();
        assert_eq!(config.tenants, ["acme.eu.auth0.com", "login.acme.example"]);
        assert_eq!(config.own_hosts, ["users"]);
        assert_eq!(config.rules, ["web/rules"]);
        assert_eq!(config.policy.levels["unresolved-bearer"], Level::Off);
        assert!(config.excluded.unwrap().matches("web/dist/a.js"));
        let accept = &config.policy.accept[0];
        assert!(accept.files.matches("web/admin/a.js") && !accept.files.matches("admin/a.js"));
        assert_eq!(accept.at, ("web/idtoken-lint.toml".to_owned(), 9));
    }

    #[test]
    fn mistakes_are_told_with_their_place() {
        for (text, said, at) in [
            ("tenant = []\n", "web/idtoken-lint.toml:1: unknown key `tenant`: expected `tenants`", "tenant"),
            (
                "\ntenants = ['https://a.auth0.com/']\n",
                "web/idtoken-lint.toml:2: `https://a.auth0.com/` is not",
                "'https://a.auth0.com/'",
            ),
            ("tenants = ['acme']\n", "web/idtoken-lint.toml:1: `acme` is not a host name", "'acme'"),
            ("tenants = ['a.b']\nown-hosts = ['a.b']\n", "web/idtoken-lint.toml:2: `a.b` is a tenant's host", "'a.b'"),
            ("exclude = ['a', 'b[']\n", "web/idtoken-lint.toml:1: the pattern `b[` cannot be read", "'b['"),
            ("rules = ['nowhere']\n", "web/idtoken-lint.toml:1: there is no file or folder `nowhere`", "'nowhere'"),
            (
                "[severity]\nunresolved-baerer = 'off'\n",
                "web/idtoken-lint.toml:2: there is no rule",
                "unresolved-baerer",
            ),
            ("[severity]\nunresolved-bearer = 'of'\n", "web/idtoken-lint.toml:2: unknown value `of`", "'of'"),
            ("[[accept]]\nfiles = []\n", "web/idtoken-lint.toml:1: the key `because` is missing", "[[accept]]"),
            (
                "[[accept]]\nfiles = []\nunknown = 'storrage'\nbecause = 'x'\n",
                "web/idtoken-lint.toml:3: no call is unknown because of `storrage`",
                "'storrage'",
            ),
            ("[[accept]]\nfiles = []\nbecause = ' '\n", "web/idtoken-lint.toml:3: an accepted call needs", "' '"),
            (
                "[[accept]]\nfiles = []\nendpoint = 'GET /users'\nbecause = 'x'\n",
                "web/idtoken-lint.toml:3: `GET /users` is no affected endpoint",
                "'GET /users'",
            ),
        ] {
            let mistake = read(text).unwrap_err();
            assert!(mistake.to_string().starts_with(said), "{mistake}");
            assert_eq!(&mistake.text[mistake.span.range()], at, "{mistake}");
        }
        assert_eq!(read("tenants = ['https://a.auth0.com/']\n").unwrap_err().help, "Write `a.auth0.com`.");
        assert_eq!(
            read("[severity]\nunresolved-baerer = 'off'\n").unwrap_err().help,
            "Did you mean unresolved-bearer?"
        );
    }
}
