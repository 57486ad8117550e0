//! The pages about the rules, one per rule id.
//!
//! The pages are Markdown under `rules/docs/`: a title, a `Severity:` line, a paragraph that is the short description,
//! then sections. `explain` prints them and SARIF quotes them, so nothing about a rule is written twice.

/// One rule's page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Doc {
    /// The rule id, kebab-case.
    pub id: &'static str,
    /// The whole page, Markdown.
    pub page: &'static str,
}

/// Every page, by id. A file's name is its id.
const PAGES: &[Doc] = &[
    Doc { id: "current-user-link-by-id", page: include_str!("../../rules/docs/current-user-link-by-id.md") },
    Doc { id: "id-token-as-bearer", page: include_str!("../../rules/docs/id-token-as-bearer.md") },
    Doc { id: "id-token-links-accounts", page: include_str!("../../rules/docs/id-token-links-accounts.md") },
    Doc { id: "management-audience-missing", page: include_str!("../../rules/docs/management-audience-missing.md") },
    Doc {
        id: "management-audience-not-single",
        page: include_str!("../../rules/docs/management-audience-not-single.md"),
    },
    Doc { id: "secondary-token-not-rs256", page: include_str!("../../rules/docs/secondary-token-not-rs256.md") },
    Doc { id: "unresolved-bearer", page: include_str!("../../rules/docs/unresolved-bearer.md") },
];

/// Every page, in the order of their ids.
pub fn all() -> &'static [Doc] {
    PAGES
}

/// The page of a rule.
pub fn find(id: &str) -> Option<&'static Doc> {
    PAGES.iter().find(|doc| doc.id == id)
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
        format!("{}/blob/v{}/rules/docs/{}.md", env!("CARGO_PKG_REPOSITORY"), env!("CARGO_PKG_VERSION"), self.id)
    }

    /// What the rule finds, in one paragraph on one line.
    pub fn summary(&self) -> String {
        paragraph(self.page.split("\n\n").find(|part| !part.starts_with('#') && !part.starts_with("Severity: ")))
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

    #[test]
    fn every_page_has_what_the_formats_quote() {
        for doc in all() {
            assert!(doc.page.starts_with("# "), "{}: the first line is the title", doc.id);
            assert!(matches!(doc.severity(), "error" | "warning"), "{}", doc.id);
            assert!(doc.summary().ends_with('.'), "{}: {}", doc.id, doc.summary());
            assert!(!doc.section("Why").is_empty(), "{}", doc.id);
            assert!(!doc.section("What to do").is_empty(), "{}", doc.id);
            assert!(doc.page.ends_with('\n'), "{}", doc.id);
        }
    }

    #[test]
    fn pages_are_sorted_and_every_file_is_listed() {
        assert!(all().is_sorted_by_key(|doc| doc.id));
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/rules/docs");
        for entry in walkdir::WalkDir::new(folder).min_depth(1) {
            let entry = entry.unwrap();
            let name = entry.path().file_stem().unwrap().to_str().unwrap().to_owned();
            assert!(find(&name).is_some(), "{name} is not in the table");
        }
    }
}
