//! The first look at a file: literals without which there is nothing to find in it.
//!
//! Owns the search. Which literals count comes from the rules. The look goes at bytes, and says "no" only where a parse would
//! find nothing, unless a path is put together of pieces smaller than its segments.

use aho_corasick::AhoCorasick;
use memchr::memmem::Finder;
use regex::bytes::{Regex, RegexBuilder};

/// The literals of a run.
#[derive(Clone, Debug, Default)]
pub struct Literals {
    /// One of these, in any case, in some file of the project: else there is nothing to find.
    pub project: Vec<String>,
    /// One of these makes a file worth a look, in a project that is.
    pub file: Vec<String>,
    /// One of these, as it is written, is in every program that calls the API otherwise than by a path.
    pub call: Vec<String>,
    /// The path that all endpoints begin with.
    pub prefix: String,
    /// The segments with which they go on.
    pub heads: Vec<String>,
    /// The ends of hosts that have them.
    pub hosts: Vec<String>,
    /// Whether every file is worth a look, whatever is in it.
    pub all: bool,
}

/// The literals, compiled. Those that cannot be compiled rule nothing out.
pub struct Prefilter {
    project: Option<Regex>,
    file: Option<AhoCorasick>,
    call: Option<AhoCorasick>,
    prefix: String,
    heads: Vec<Head>,
    hosts: Vec<String>,
}

/// The first segment of endpoints behind the prefix.
struct Head {
    text: String,
    search: Finder<'static>,
    /// Whether it holds a literal of projects: where that is not, it is not.
    tells: bool,
}

/// What a text holds of what a program needs to send a request to an endpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Signs {
    /// A literal without which there is nothing to find in a project.
    pub project: bool,
    /// The first segment of an endpoint's path, where such a path may begin.
    pub head: bool,
    /// The prefix of all paths, behind which nothing decides which of them it is.
    pub open: bool,
    /// A literal of projects that is no path.
    pub vendor: bool,
    /// What calls of the API have that are made otherwise than by a path.
    pub call: bool,
}

impl Signs {
    /// What both hold together.
    pub fn and(self, other: Signs) -> Signs {
        Signs {
            project: self.project | other.project,
            head: self.head | other.head,
            open: self.open | other.open,
            vendor: self.vendor | other.vendor,
            call: self.call | other.call,
        }
    }

    /// Whether a program that holds them may send a request to an endpoint.
    pub fn suffice(self) -> bool {
        self.head || self.call || self.open && self.vendor
    }
}

impl Prefilter {
    /// Compile them.
    pub fn new(literals: &Literals) -> Prefilter {
        let mut project = literals.project.clone();
        // of two that begin at one place, the longer one is to be seen
        project.sort_by_key(|literal| std::cmp::Reverse(literal.len()));
        let alternatives: Vec<String> = project.iter().map(|literal| regex::escape(literal)).collect();
        let project = RegexBuilder::new(&alternatives.join("|")).case_insensitive(true).unicode(false).build();
        let prefix = literals.prefix.trim_matches('/').to_owned();
        let head = |text: &String| Head {
            text: text.clone(),
            search: Finder::new(text.as_bytes()).into_owned(),
            tells: literals.project.iter().any(|literal| text.contains(literal)),
        };
        Prefilter {
            project: project.ok().filter(|_| !literals.all),
            file: AhoCorasick::new(&literals.file).ok().filter(|_| !literals.all),
            call: AhoCorasick::new(&literals.call).ok().filter(|_| !literals.all),
            prefix,
            heads: literals.heads.iter().map(head).collect(),
            hosts: literals.hosts.iter().map(|host| host.trim_start_matches('.').to_owned()).collect(),
        }
    }

    /// What a source holds. A path behind the host of another is none of the API's.
    pub fn signs(&self, text: &[u8]) -> Signs {
        self.signs_but(text, &|before| self.is_elsewhere(before))
    }

    /// What settings or data hold: of a host, the name under which it is kept may tell whose it is.
    pub fn signs_outside(&self, text: &[u8]) -> Signs {
        self.signs_but(text, &|_| false)
    }

    /// What a text holds, but for paths behind what is `elsewhere`.
    fn signs_but(&self, text: &[u8], elsewhere: &dyn Fn(&[u8]) -> bool) -> Signs {
        let Some(search) = &self.project else {
            return Signs { project: true, head: true, open: true, vendor: true, call: true };
        };
        let mut signs = Signs::default();
        for found in search.find_iter(text) {
            let word = found.as_bytes();
            if !word.eq_ignore_ascii_case(self.prefix.as_bytes()) {
                signs.project = true;
                signs.vendor |= !self.heads.iter().any(|head| word.eq_ignore_ascii_case(head.text.as_bytes()));
            } else if let Some(segment) = self.begun(&text[found.end()..]) {
                // another host may stand in for the tenant's, which comes from somewhere else
                signs.project = true;
                let is_whole = self.heads.iter().any(|head| head.text.len() == segment.len());
                signs.open |= !is_whole && !elsewhere(&text[..found.start()]);
            }
        }
        signs.head = self.has_head(text, signs.project, elsewhere);
        signs.call = signs.project && self.has_call(text);
        signs
    }

    /// Whether a text makes its file worth a look.
    pub fn in_file(&self, text: &[u8]) -> bool {
        self.file.as_ref().is_none_or(|search| search.is_match(text))
    }

    /// Whether a text holds what every program has that calls the API otherwise than by a path. A host is no name of
    /// anything that is called.
    pub fn has_call(&self, text: &[u8]) -> bool {
        let Some(search) = &self.call else { return true };
        search.find_iter(text).any(|found| {
            let word = &text[found.range()];
            let rest = &text[found.end()..];
            let of_host = self.hosts.iter().filter_map(|host| host.as_bytes().strip_prefix(word));
            !of_host
                .filter(|end| !end.is_empty())
                .any(|end| rest.strip_prefix(end).is_some_and(|rest| !rest.first().is_some_and(|byte| is_part(*byte))))
        })
    }

    /// Whether an endpoint's path may begin somewhere behind its prefix: there, or where a literal begins that may be put
    /// behind it. What is written behind another path is none.
    fn has_head(&self, text: &[u8], project: bool, elsewhere: &dyn Fn(&[u8]) -> bool) -> bool {
        self.heads.iter().filter(|head| project || !head.tells).any(|head| {
            head.search.find_iter(text).any(|at| {
                let next = text.get(at + head.text.len());
                next.is_none_or(|next| ends_segment(*next)) && self.begins_path(&text[..at], elsewhere)
            })
        })
    }

    /// Whether what is written before a segment leaves it the first behind the prefix.
    fn begins_path(&self, before: &[u8], elsewhere: &dyn Fn(&[u8]) -> bool) -> bool {
        let slashes = before.iter().rev().take_while(|byte| matches!(byte, b'/' | b'\\')).count();
        let before = &before[..before.len() - slashes];
        match before {
            [] | [.., b'\'' | b'"' | b'`' | b'}' | b'='] => true,
            // a literal that goes on in the next line; a place that is filled in
            [.., b'\\', b'\n'] => true,
            [.., b'%', letter] if letter.is_ascii_alphabetic() => true,
            _ => {
                // the prefix, or the end of it behind a literal that holds the rest
                let prefix = self.prefix.as_bytes();
                let same = before.iter().rev().zip(prefix.iter().rev()).take_while(|(a, b)| a.eq_ignore_ascii_case(b));
                let (same, version) = (same.count(), prefix.rsplit(|byte| *byte == b'/').next().unwrap_or_default());
                slashes > 0
                    && same >= version.len()
                    && !(same == prefix.len() && elsewhere(&before[..before.len() - same]))
            }
        }
    }

    /// Whether what is written right before the prefix is a host that has no endpoints: `https://api.example.com/`.
    fn is_elsewhere(&self, before: &[u8]) -> bool {
        let Some(before) = before.strip_suffix(b"/") else { return false };
        let in_host = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':');
        let host = &before[before.len() - before.iter().rev().take_while(in_host).count()..];
        let is_absolute = before[..before.len() - host.len()].ends_with(b"//");
        let host = host.split(|byte| *byte == b':').next().unwrap_or_default();
        let is_of = |domain: &String| {
            let (rest, end) = host.split_at_checked(host.len().wrapping_sub(domain.len())).unwrap_or_default();
            end.eq_ignore_ascii_case(domain.as_bytes()) && rest.last().is_none_or(|byte| *byte == b'.')
        };
        is_absolute && host.contains(&b'.') && !self.hosts.iter().any(is_of)
    }

    /// The segment behind the prefix, as far as it is written, where it may become an endpoint's: many an API has paths
    /// that begin like it.
    fn begun<'t>(&self, rest: &'t [u8]) -> Option<&'t [u8]> {
        let slashes = rest.iter().take_while(|byte| **byte == b'/').count();
        let rest = &rest[slashes..];
        let segment = &rest[..rest.iter().take_while(|byte| is_part(**byte)).count()];
        if slashes == 0 {
            // another version: `v20`, `v2.1`, `v2beta`
            let point = matches!(rest, [b'.', digit, ..] if digit.is_ascii_digit());
            return (segment.is_empty() && !point).then_some(segment);
        }
        // what is written here may be the beginning only
        let begins = |head: &Head| {
            head.text.as_bytes().get(..segment.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(segment))
        };
        self.heads.iter().any(begins).then_some(segment)
    }
}

/// Whether a byte is part of a segment that is written out.
fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

/// Whether a segment, or the text that it is written in, ends before a byte.
fn ends_segment(byte: u8) -> bool {
    matches!(byte, b'/' | b'\\' | b'?' | b'#' | b'\'' | b'"' | b'`' | b'$' | b'{' | b'%' | b'<' | b'\n' | b'\r')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prefilter() -> Prefilter {
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Prefilter::new(&Literals {
            project: owned(&["acme", "api/v2", "device-credentials"]),
            file: owned(&["users"]),
            call: owned(&["acme", "linkUser"]),
            prefix: "/api/v2/".to_owned(),
            heads: owned(&["users", "device-credentials"]),
            hosts: owned(&[".acme.com"]),
            all: false,
        })
    }

    fn signs(text: &str) -> Signs {
        prefilter().signs(text.as_bytes())
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
            "https://login.acme.com/api/v2/users https://api.example.com/api/v2/",
            "https://YOUR_DOMAIN/api/v2/ ",
        ] {
            assert!(signs(text).project, "{text}");
        }
        for text in
            ["/api/v2/pipeline", "/api/v2.1/users", "api/v2beta1/users", "/api/v2/users-by-email", "/api/v3/users"]
        {
            assert!(!signs(text).project, "{text}");
        }
    }

    #[test]
    fn a_path_begins_behind_the_prefix_or_in_a_literal() {
        for text in [
            "https://x/api/v2/users/1",
            "'/api/' + `v2/users/${id}`",
            "base + 'users/' + id",
            "`${base}//users`",
            "[base, \"users\", id]",
            "format!(\"{}/users/{}\", base, id)",
            "\"\\/users\\/\"",
            "'\\\nusers?x'",
            "format('%s/users/%s')",
            "PATH=/users/",
            "acme '/device-credentials'",
            "x = '/api/v2/device-credentials/'",
        ] {
            assert!(signs(text).head, "{text}");
        }
        for text in [
            "the users of it",
            "{ users } = x.users.map(users)",
            "'/v1/users/'",
            "'/users-by-email'",
            "'/Users/me'",
            "'/api/users/1'",
            "https://api.example.com/api/v2/users/1",
            "'x/device-credentials/'",
        ] {
            assert!(!signs(text).head, "{text}");
        }
    }

    #[test]
    fn a_call_is_named_and_a_host_is_no_name() {
        assert!(signs("import 'acme'").call && signs("acme.common()").call && signs("Acme; x.linkUser()").call);
        assert!(!signs("https://cdn.acme.com/x https://acme.com").call && !signs("Acme").call);
    }

    #[test]
    fn what_is_open_needs_the_vendor() {
        for (text, suffice) in [
            ("'/api/v2/' + kind", false),
            ("Acme: '/api/v2/' + kind", true),
            ("Acme: '/api/v2/us' + 'ers'", true),
            ("Acme: '/api/v2/pipeline'", false),
            ("Acme: 'https://api.example.com:8080/API/V2'", false),
            ("Acme: 'https://api.example.com/api/v2/' + kind", false),
            ("Acme: 'https://x.acme.com/api/v2/' + kind", true),
            ("Acme: 'https://YOUR_DOMAIN/api/v2/' + kind", true),
            ("'/api/v2/users/'", true),
        ] {
            assert_eq!(signs(text).suffice(), suffice, "{text}");
        }
        let both = signs("'/api/v2/' + kind").and(signs("Acme"));
        assert!(both.suffice());
        // in settings, the name tells whose host it is
        assert!(prefilter().signs_outside(b"ACME_URL=https://login.example.com/api/v2/").suffice());
    }

    #[test]
    fn without_it_everything_counts() {
        let all = Prefilter::new(&Literals { all: true, ..Literals::default() });
        assert!(all.signs(b"").suffice() && all.in_file(b""));
        assert!(prefilter().in_file(b"the users") && !prefilter().in_file(b"the Users"));
    }
}
