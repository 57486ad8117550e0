//! What a first look at a project's sources says for its configuration: hosts of which a person knows whose they are.
//!
//! Owns the look at the texts. Must not evaluate anything: what is found is a question to somebody, no answer.

use crate::lower::Syntax;
use crate::report::redact::clean;
use crate::rules::Rules;
use crate::text::Files;
use regex::Regex;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// More hosts than this are no help.
const MAX_HOSTS: usize = 20;

/// The template for the project under `root`, with the hosts that its sources name before the API's path.
/// What cannot be read says nothing here.
pub fn template(files: &dyn Files, root: &str, rules: &Rules) -> String {
    let found = unknown_hosts(files, root, rules);
    if found.is_empty() {
        return super::TEMPLATE.to_owned();
    }
    let mut told =
        format!("# Found before `{}` in the sources; each of them is one of the two kinds above:\n", rules.prefix());
    for (host, place) in found.iter().take(MAX_HOSTS) {
        let _ = writeln!(told, "#   {host} ({})", clean(place));
    }
    if found.len() > MAX_HOSTS {
        let _ = writeln!(told, "#   and {} more", found.len() - MAX_HOSTS);
    }
    let behind = "# own-hosts = [\"api.example.com\"]\n";
    super::TEMPLATE.replacen(behind, &format!("{behind}{told}"), 1)
}

/// The hosts before the API's path that are not known to be a tenant's, each with the first place that names it.
fn unknown_hosts(files: &dyn Files, root: &str, rules: &Rules) -> BTreeMap<String, String> {
    let mut hosts = BTreeMap::new();
    let pattern = format!(
        r"https?://([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)(?::\d+)?{}\b",
        regex::escape(rules.prefix().trim_end_matches('/'))
    );
    let Ok(pattern) = Regex::new(&pattern) else { return hosts };
    let mut sources = files.walk(root, &|path| Syntax::of_path(path).is_some().into()).files;
    sources.sort();
    for (path, _) in sources {
        let Ok(text) = files.read(&path) else { continue };
        for found in pattern.captures_iter(&text) {
            let host = found[1].to_ascii_lowercase();
            if !rules.is_tenant_host(&host) && !hosts.contains_key(&host) {
                let line = text[..found.get(0).map_or(0, |all| all.start())].matches('\n').count() + 1;
                hosts.insert(host, format!("{path}:{line}"));
            }
        }
    }
    hosts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::MemoryFiles;

    #[test]
    fn hosts_are_asked_about_once_and_tenants_are_not() {
        let mut files = MemoryFiles::new();
        for (path, text) in [
            (
                "a.js",
                "fetch('https://login.acme.com/api/v2/users/' + id);\nfetch('https://acme.auth0.com/api/v2/users/1');",
            ),
            (
                "b.rs",
                "// twice\nlet a = \"https://LOGIN.acme.com/api/v2\"; let b = \"http://api.acme.com:8080/api/v2/orders\";",
            ),
            ("c.md", "https://docs.acme.com/api/v2/"),
            ("d.js", "fetch('https://old.acme.com/api/v21/users')"),
        ] {
            files.insert(path, text);
        }
        let rules = Rules::outline(&[], &[]).unwrap();
        let text = template(&files, "", &rules);
        let told: Vec<&str> = text.lines().filter(|line| line.starts_with("#   ")).collect();
        assert_eq!(told, ["#   api.acme.com (b.rs:2)", "#   login.acme.com (a.js:1)"]);
        assert_eq!(template(&MemoryFiles::new(), "", &rules), crate::config::TEMPLATE);
    }
}
