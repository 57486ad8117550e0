//! The first look at a file: literals without which there is nothing to find in it.
//!
//! Owns the search. Which literals count comes from the rules. The look goes at bytes, and never says "no" where a parse
//! would find something.

use aho_corasick::AhoCorasick;
use regex::bytes::{Regex, RegexBuilder};

/// The literals of a run.
#[derive(Clone, Debug, Default)]
pub struct Literals {
    /// One of these, in any case, in some file of the project: else there is nothing to find.
    pub project: Vec<String>,
    /// One of these makes a file worth a look, in a project that is.
    pub file: Vec<String>,
    /// The path that all endpoints begin with.
    pub prefix: String,
    /// The segments with which they go on.
    pub heads: Vec<String>,
    /// Whether every file is worth a look, whatever is in it.
    pub all: bool,
}

/// The literals, compiled. Those that cannot be compiled rule nothing out.
pub struct Prefilter {
    project: Option<Regex>,
    file: Option<AhoCorasick>,
    prefix: String,
    heads: Vec<String>,
}

impl Prefilter {
    /// Compile them.
    pub fn new(literals: &Literals) -> Prefilter {
        let mut project = literals.project.clone();
        // of two that begin at one place, the longer one is to be seen
        project.sort_by_key(|literal| std::cmp::Reverse(literal.len()));
        let alternatives: Vec<String> = project.iter().map(|literal| regex::escape(literal)).collect();
        let project = RegexBuilder::new(&alternatives.join("|")).case_insensitive(true).unicode(false).build();
        Prefilter {
            project: project.ok().filter(|_| !literals.all),
            file: AhoCorasick::new(&literals.file).ok().filter(|_| !literals.all),
            prefix: literals.prefix.trim_matches('/').to_owned(),
            heads: literals.heads.clone(),
        }
    }

    /// Whether a text makes the project worth a look.
    pub fn in_project(&self, text: &[u8]) -> bool {
        let Some(search) = &self.project else { return true };
        search.find_iter(text).any(|found| {
            !found.as_bytes().eq_ignore_ascii_case(self.prefix.as_bytes()) || self.goes_on(&text[found.end()..])
        })
    }

    /// Whether a text makes its file worth a look.
    pub fn in_file(&self, text: &[u8]) -> bool {
        self.file.as_ref().is_none_or(|search| search.is_match(text))
    }

    /// Whether what follows the prefix may become an endpoint's path: many an API has paths that begin like it.
    fn goes_on(&self, rest: &[u8]) -> bool {
        let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        let slashes = rest.iter().take_while(|byte| **byte == b'/').count();
        let rest = &rest[slashes..];
        let segment = &rest[..rest.iter().take_while(is_part).count()];
        if slashes == 0 {
            // another version: `v20`, `v2.1`, `v2beta`
            let point = matches!(rest, [b'.', digit, ..] if digit.is_ascii_digit());
            return segment.is_empty() && !point;
        }
        // what is written here may be the beginning only
        self.heads
            .iter()
            .any(|head| head.as_bytes().get(..segment.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(segment)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prefilter() -> Prefilter {
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Prefilter::new(&Literals {
            project: owned(&["acme", "api/v2"]),
            file: owned(&["users"]),
            prefix: "/api/v2/".to_owned(),
            heads: owned(&["users", "device-credentials"]),
            all: false,
        })
    }

    #[test]
    fn a_prefix_counts_where_an_endpoint_may_follow() {
        for text in [
            "'/api/v2/users/1'",
            "`${base}/api/v2/`",
            "'/API/v2'",
            "x + '/api/v2/' + y",
            "/api/v2//users",
            "\"/api/v2/us\" + \"ers\"",
            "/api/v2/${kind}/1",
            "/api\\/v2/ api/v2\\/users",
            "api%2Fv2 ACME",
            "/api/v2/pipeline /api/v2/device-credentials",
        ] {
            assert!(prefilter().in_project(text.as_bytes()), "{text}");
        }
        for text in
            ["/api/v2/pipeline", "/api/v2.1/users", "api/v2beta1/users", "/api/v2/users-by-email", "/api/v3/users"]
        {
            assert!(!prefilter().in_project(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn without_it_everything_counts() {
        let all = Prefilter::new(&Literals { all: true, ..Literals::default() });
        assert!(all.in_project(b"") && all.in_file(b""));
        assert!(prefilter().in_file(b"the users") && !prefilter().in_file(b"the Users"));
    }
}
