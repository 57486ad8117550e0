//! What tells where code runs: in a browser or on a device, or on a server.

use super::Rules;
use super::schema::{ExampleLang, RuntimeTable, Side};

/// How much a sign counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// The code itself says so: a function that runs there, a directive.
    Said,
    /// Where its file lies says so.
    Place,
    /// What the file uses says so.
    Use,
    /// It says so where nothing else does.
    Weak,
}

/// How much a sign counts, where it says that code runs, and the sign as people know it.
pub type Sign = (Weight, Side, String);

/// What a file shows of where it runs.
#[derive(Debug, Default)]
pub struct Signs<'a> {
    /// The packages that it imports.
    pub modules: Vec<&'a str>,
    /// The global names in it.
    pub globals: Vec<&'a str>,
    /// Its path.
    pub path: &'a str,
    /// Its text.
    pub text: &'a str,
    /// Whether there is markup in its code.
    pub has_markup: bool,
    /// What it is written in.
    pub language: Option<ExampleLang>,
}

impl Rules {
    /// Where each sign of a file says that it runs, how much that counts, and the sign as people know it.
    pub fn sides(&self, signs: &Signs<'_>) -> Vec<Sign> {
        let mut found = Vec::new();
        for table in &self.runtimes {
            let Some(side) = table.is else { continue };
            let strong = |weight: Weight| if table.weak { Weight::Weak } else { weight };
            let mut add = |weight: Weight, sign: String| found.push((weight, side, sign));
            if self.any_of(&table.directive, |directive| begins_with(signs.text, directive)) {
                add(strong(Weight::Said), "a directive at the file's beginning says so".to_owned());
            }
            if let Some(pattern) = table.files.iter().find(|pattern| is_meant(pattern, signs.path)) {
                add(strong(Weight::Place), format!("its file is one of `{pattern}`"));
            }
            for module in &signs.modules {
                if self.any_of(&table.module, |name| is_package(module, name)) {
                    add(strong(Weight::Use), format!("`{module}` is imported"));
                }
            }
            for global in &signs.globals {
                if self.any_of(&table.global, |name| name == global) {
                    add(strong(Weight::Use), format!("`{global}` is used"));
                }
            }
            if table.markup && signs.has_markup {
                add(strong(Weight::Use), "there is markup in its file".to_owned());
            }
            if signs.language.is_some_and(|language| table.language.contains(&language)) {
                add(strong(Weight::Use), "of its language".to_owned());
            }
        }
        found
    }

    /// The same of a function around a place, by its name.
    pub fn sides_within(&self, function: &str) -> impl Iterator<Item = Sign> {
        let meant = self.runtimes.iter().filter(move |table| self.any_of(&table.within, |name| name == function));
        meant.filter_map(move |table| {
            let weight = if table.weak { Weight::Weak } else { Weight::Said };
            Some((weight, table.is?, format!("`{function}` is around it")))
        })
    }

    /// The packages whose use says where code runs, with where.
    pub fn telling_packages(&self) -> impl Iterator<Item = (&str, Side)> {
        let strong = self.runtimes.iter().filter(|table| !table.weak);
        let named = |table: &'_ RuntimeTable| table.is;
        strong.filter_map(move |table| Some((table, named(table)?))).flat_map(|(table, side)| {
            table.module.iter().filter(|name| !name.contains('*')).map(move |name| (name.as_str(), side))
        })
    }
}

/// Whether a specifier is of a package, or below it.
fn is_package(specifier: &str, name: &str) -> bool {
    match name.strip_suffix("/*") {
        Some(above) => specifier.strip_prefix(above).is_some_and(|rest| rest.starts_with('/')),
        None => specifier == name || name.ends_with(':') && specifier.starts_with(name),
    }
}

/// Whether a string stands alone on one of a file's first lines.
fn begins_with(text: &str, directive: &str) -> bool {
    /// Comments stand before it.
    const LINES: usize = 20;
    text.lines().take(LINES).any(|line| {
        let line = line.trim().trim_end_matches(';');
        let inside = line.strip_prefix(['\'', '"']).and_then(|rest| rest.strip_suffix(['\'', '"']));
        inside == Some(directive)
    })
}

fn is_meant(pattern: &str, path: &str) -> bool {
    let glob = globset::GlobBuilder::new(pattern).literal_separator(true).build();
    glob.is_ok_and(|glob| glob.compile_matcher().is_match(path.trim_start_matches("./")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_named_whole_or_by_what_is_above_them() {
        assert!(is_package("express", "express"));
        assert!(!is_package("express-ws", "express"));
        assert!(is_package("@angular/core", "@angular/*"));
        assert!(!is_package("@angular", "@angular/*"));
        assert!(is_package("node:fs", "node:"));
    }

    #[test]
    fn directives_stand_alone() {
        assert!(begins_with("// a page\n'use client';\n", "use client"));
        assert!(begins_with("\"use client\"\nimport x", "use client"));
        assert!(!begins_with("say('use client');\n", "use client"));
    }

    #[test]
    fn paths_are_matched_from_their_beginning() {
        assert!(is_meant("**/pages/api/**", "./web/pages/api/a/[id].ts"));
        assert!(is_meant("**/pages/api/**", "pages/api/user.js"));
        assert!(!is_meant("**/pages/api/**", "pages/about.js"));
        assert!(is_meant("**/app/**/route.{js,ts}", "src/app/api/user/route.ts"));
    }
}
