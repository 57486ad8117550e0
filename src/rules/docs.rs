//! The pages: about rules, endpoints, reasons why a call is unknown, and symptoms.
//!
//! The pages are Markdown under `rules/docs/`, one file each, in a folder by what they are about. A rule's page is a title,
//! a `Severity:` line, a paragraph that is the short description, then sections. `explain` prints them and SARIF quotes
//! and links them, so nothing about a rule is written twice.

use super::embedded;
use super::search;
use std::sync::LazyLock;

/// What a page is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// A rule.
    Rule,
    /// An endpoint of the migration table.
    Endpoint,
    /// A reason why a call is unknown.
    Reason,
    /// What somebody meets with who migrates.
    Symptom,
}

impl About {
    /// Every kind, in the order in which pages are listed.
    pub const ALL: [About; 4] = [About::Rule, About::Endpoint, About::Reason, About::Symptom];

    /// A heading for such pages.
    pub fn heading(self) -> &'static str {
        match self {
            About::Rule => "rules",
            About::Endpoint => "affected endpoints",
            About::Reason => "reasons why a call is unknown",
            About::Symptom => "questions and symptoms",
        }
    }
}

/// One page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Doc {
    /// Kebab-case: the file's name. Of a rule or a reason, its id.
    pub id: &'static str,
    /// What it is about.
    pub about: About,
    /// The file, from the project's folder on.
    pub path: &'static str,
    /// The whole page, Markdown.
    pub page: &'static str,
}

/// Every page: by what it is about, then by id.
static PAGES: LazyLock<Vec<Doc>> = LazyLock::new(|| {
    let mut pages: Vec<Doc> = embedded::PAGES.iter().map(|(path, page)| of_file(path, page)).collect();
    pages.sort_by_key(|doc| (doc.about, doc.id));
    pages
});

fn of_file(path: &'static str, page: &'static str) -> Doc {
    let (folder, name) = path.rsplit_once('/').unwrap_or_default();
    let about = match folder.rsplit('/').next() {
        Some("endpoints") => About::Endpoint,
        Some("reasons") => About::Reason,
        Some("symptoms") => About::Symptom,
        _ => About::Rule,
    };
    Doc { id: name.trim_end_matches(".md"), about, path, page }
}

/// Every page.
pub fn pages() -> &'static [Doc] {
    &PAGES
}

/// The pages about rules, in the order of their ids.
pub fn rules() -> &'static [Doc] {
    let end = PAGES.partition_point(|doc| doc.about == About::Rule);
    &PAGES[..end]
}

/// The page of a rule.
pub fn rule(id: &str) -> Option<&'static Doc> {
    rules().iter().find(|doc| doc.id == id)
}

/// The page that a person means: by its id, or by the endpoint that it is about (`GET /users/{id}` will do).
pub fn find(name: &str) -> Option<&'static Doc> {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let name = words(name);
    let is_meant = |doc: &&Doc| {
        let title = doc.title();
        let tail = |title: &str| title.split_once(' ').map(|(method, path)| (method.to_owned(), path.to_owned()));
        doc.id.eq_ignore_ascii_case(&name)
            || doc.about == About::Endpoint
                && (title.eq_ignore_ascii_case(&name)
                    || tail(&name).zip(tail(title)).is_some_and(|(given, whole)| {
                        given.0.eq_ignore_ascii_case(&whole.0) && given.1.len() > 1 && is_end(&whole.1, &given.1)
                    }))
    };
    PAGES.iter().find(is_meant)
}

/// Whether a path is `end`, without some of the segments that all endpoints begin with.
fn is_end(whole: &str, end: &str) -> bool {
    // of the endpoints' paths, the prefix has two segments
    let mut rest = whole;
    for _ in 0..3 {
        if rest.trim_start_matches('/').eq_ignore_ascii_case(end.trim_start_matches('/')) {
            return true;
        }
        rest = rest.trim_start_matches('/').split_once('/').map_or("", |(_, rest)| rest);
    }
    false
}

/// The pages that say something about `words`, best first.
pub fn search(words: &str) -> Vec<&'static Doc> {
    search::rank(&PAGES, words)
}

impl Doc {
    /// The page's title.
    pub fn title(&self) -> &'static str {
        self.page.lines().find_map(|line| line.strip_prefix("# ")).unwrap_or(self.id)
    }

    /// `error` or `warning`: how serious a finding of this rule is unless it says otherwise.
    pub fn severity(&self) -> &'static str {
        self.page.lines().find_map(|line| line.strip_prefix("Severity: ")).unwrap_or("warning")
    }

    /// Where the page is read in a browser.
    pub fn address(&self) -> String {
        format!("{}/blob/v{}/{}", env!("CARGO_PKG_REPOSITORY"), env!("CARGO_PKG_VERSION"), self.path)
    }

    /// What the page is about, in one paragraph on one line.
    pub fn summary(&self) -> String {
        paragraph(self.page.split("\n\n").find(|part| !part.starts_with('#') && !part.starts_with("Severity: ")))
    }

    /// The page behind that paragraph, Markdown; empty where there is nothing more.
    pub fn rest(&self) -> &'static str {
        let is_head = |part: &str| part.starts_with('#') || part.starts_with("Severity: ");
        let mut rest = self.page;
        while let Some((part, after)) = rest.split_once("\n\n") {
            rest = after;
            if !is_head(part) {
                return rest;
            }
        }
        ""
    }

    /// The first paragraph of the section with this heading, on one line; empty where there is none.
    pub fn section(&self, heading: &str) -> String {
        let mut parts = self.page.split("\n\n").skip_while(|part| part.strip_prefix("## ") != Some(heading));
        paragraph(parts.nth(1))
    }
}

/// Line breaks inside a paragraph are only for the page's readers.
fn paragraph(text: Option<&str>) -> String {
    text.unwrap_or("").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{RuleFiles, Rules};
    use std::collections::BTreeSet;

    #[test]
    fn every_page_has_what_the_formats_quote() {
        for doc in pages() {
            assert!(doc.page.starts_with("# "), "{}: the first line is the title", doc.id);
            assert!(doc.page.ends_with('\n'), "{}", doc.id);
            assert!(doc.summary().ends_with('.'), "{}: {}", doc.id, doc.summary());
            if doc.about != About::Endpoint {
                assert!(!doc.section("Why").is_empty(), "{}", doc.id);
                assert!(!doc.section("What to do").is_empty(), "{}", doc.id);
            }
        }
        for doc in rules() {
            assert!(matches!(doc.severity(), "error" | "warning"), "{}", doc.id);
            assert!(doc.page.contains("\nSeverity: "), "{}", doc.id);
        }
    }

    #[test]
    fn every_file_is_a_page_under_a_name_of_its_own() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/rules/docs");
        let files = walkdir::WalkDir::new(folder).into_iter().filter_map(Result::ok);
        assert_eq!(files.filter(|file| file.file_type().is_file()).count(), pages().len());
        let ids: BTreeSet<&str> = pages().iter().map(|doc| doc.id).collect();
        assert_eq!(ids.len(), pages().len());
    }

    #[test]
    fn every_rule_and_endpoint_has_a_page() {
        let known = Rules::load(&[], &[]).unwrap();
        for endpoint in &known.endpoints {
            assert!(rule(&endpoint.rule).is_some(), "{}", endpoint.rule);
            let doc = find(&endpoint.name).unwrap_or_else(|| panic!("{} has no page", endpoint.name));
            for (current, any) in &endpoint.scopes {
                for scope in [current, any] {
                    assert!(doc.page.contains(&format!("`{scope}`")), "{} does not name {scope}", doc.id);
                }
            }
        }
        assert_eq!(pages().iter().filter(|doc| doc.about == About::Endpoint).count(), known.endpoints.len());
    }

    /// Scopes and endpoints that exist but are not in the migration table, and scopes that do not: the pages say so.
    const BESIDE: &[&str] = &[
        "read:user_idp_tokens",
        "update:users_app_metadata",
        "update:current_user",
        "write:users",
        "update:current_user_identites",
        "PATCH /api/v2/tenants/settings",
    ];

    #[test]
    fn pages_name_scopes_and_endpoints_that_exist() {
        let known = Rules::load(&[], &[]).unwrap();
        let scopes = known.endpoints.iter().flat_map(|endpoint| &endpoint.scopes);
        let mut real: BTreeSet<String> = scopes.flat_map(|(current, any)| [current.clone(), any.clone()]).collect();
        real.extend(known.endpoints.iter().map(|endpoint| endpoint.name.clone()));
        let named =
            regex::Regex::new(r"\b(?:create|read|update|delete|write):[a-z_]+|\b[A-Z]{3,6} /[\w/{}.-]+").unwrap();
        let mut seen = 0;
        for doc in pages() {
            let text = doc.page.replace('\n', " ");
            for found in named.find_iter(&text).map(|found| found.as_str().trim_end_matches('.')) {
                seen += 1;
                assert!(real.contains(found) || BESIDE.contains(&found), "{} names {found}", doc.id);
            }
        }
        assert!(seen > 60, "{seen}");
        // what is referred to is there
        let refers = regex::Regex::new(r#"idtoken-lint explain ("[^"]+"|[a-z-]+)"#).unwrap();
        for doc in pages() {
            for found in refers.captures_iter(&doc.page.replace('\n', " ")) {
                assert!(find(found[1].trim_matches('"')).is_some(), "{} refers to {}", doc.id, &found[1]);
            }
        }
        assert!(RuleFiles::embedded().is_ok());
    }

    #[test]
    fn endpoints_are_found_under_what_people_write() {
        for name in ["GET /api/v2/users/{id}", "get /users/{id}", "GET users/{id}", "get-user"] {
            assert_eq!(find(name).map(|doc| doc.id), Some("get-user"), "{name}");
        }
        for name in ["GET /{id}", "GET /", "users", "POST /api/v2/users/{id}", ""] {
            assert_eq!(find(name), None, "{name}");
        }
    }
}
