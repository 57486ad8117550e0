//! What is known of a text of which parts are not: whether it begins with another, holds it, equals it, fits a pattern.
//!
//! Three-valued. A hole may be any text, with two exceptions that URLs bring: a hole behind the host of a URL is one part
//! of its path and holds neither slash nor dot, and one that names a tenant's domain is taken for one.

use super::value::{Pattern, Piece, Traced, Value};
use crate::rules::{Asks, Rules, UrlPart};
use regex::{Regex, RegexBuilder};
use rustc_hash::FxHashMap;
use std::cell::RefCell;

/// How a test comes out.
pub(crate) fn ask(rules: &Rules, asks: Asks, text: &Pattern, part: &Pattern) -> Option<bool> {
    match asks {
        Asks::Start => starts(rules, text, part),
        Asks::End => ends(text, part),
        Asks::Part | Asks::Place => holds(rules, text, part),
        Asks::Same => same(rules, text, part),
        Asks::Match => None,
    }
}

/// Where `part` begins in `text`, at least: exactly, where everything before it is known.
pub(crate) fn place(text: &Pattern, part: &Pattern) -> Option<(u32, bool)> {
    let wanted = part.text()?;
    let mut before = 0usize;
    for (nth, piece) in text.pieces.iter().enumerate() {
        if let Piece::Lit(literal) = piece {
            if let Some(at) = literal.find(wanted) {
                return Some((u32::try_from(before + at).ok()?, nth == 0));
            }
            before += literal.len();
        }
    }
    // it runs over holes that are the same in both
    Some((0, false))
}

/// Whether two texts are equal. Texts of a few letters are compared without case, as methods and kinds are.
pub(crate) fn same(rules: &Rules, left: &Pattern, right: &Pattern) -> Option<bool> {
    if let (Some(left), Some(right)) = (left.text(), right.text()) {
        return Some(left.eq_ignore_ascii_case(right));
    }
    match (follow(&left.pieces, &right.pieces), follow(&right.pieces, &left.pieces)) {
        (Follow::All(rest), _) => match rest {
            Rest::Nothing => Some(true),
            Rest::Known => Some(false),
            Rest::Unknown => None,
        },
        (_, Follow::All(Rest::Known)) => Some(false),
        (Follow::Differs, _) | (_, Follow::Differs) => Some(false),
        _ if other_host(rules, left, right) => Some(false),
        _ => None,
    }
}

fn starts(rules: &Rules, text: &Pattern, part: &Pattern) -> Option<bool> {
    match follow(&text.pieces, &part.pieces) {
        Follow::All(_) => Some(true),
        Follow::Differs => Some(false),
        Follow::Unknown if other_host(rules, text, part) => Some(false),
        // `https://` before a tenant's domain
        Follow::Unknown => tenant_text(rules, text).and_then(|text| match follow(&text.pieces, &part.pieces) {
            Follow::All(_) => Some(true),
            _ => None,
        }),
    }
}

fn ends(text: &Pattern, part: &Pattern) -> Option<bool> {
    let wanted = part.text()?;
    match text.pieces.last() {
        None => Some(wanted.is_empty()),
        Some(Piece::Lit(last)) if last.ends_with(wanted) => Some(true),
        Some(Piece::Lit(last)) if wanted.ends_with(&**last) && text.pieces.len() > 1 => None,
        Some(Piece::Lit(_)) => Some(false),
        Some(Piece::Hole(_)) => None,
    }
}

fn holds(rules: &Rules, text: &Pattern, part: &Pattern) -> Option<bool> {
    let Some(wanted) = part.text() else {
        // a setting: found where the same one stands in the text
        let mut found = (0..text.pieces.len()).map(|from| follow(&text.pieces[from..], &part.pieces));
        if found.any(|found| matches!(found, Follow::All(_))) {
            return Some(true);
        }
        // what begins with a known host is found where a text of that host begins
        return match starts(rules, text, part) {
            Some(true) => Some(true),
            _ if other_host(rules, text, part) => Some(false),
            _ => None,
        };
    };
    let has =
        |text: &Pattern| text.pieces.iter().any(|piece| matches!(piece, Piece::Lit(text) if text.contains(wanted)));
    if wanted.is_empty() || has(text) || tenant_text(rules, text).is_some_and(|text| has(&text)) {
        return Some(true);
    }
    may_hold(text, wanted).then_some(()).map_or(Some(false), |()| None)
}

/// Whether some filling of the holes makes the text hold `wanted`.
fn may_hold(text: &Pattern, wanted: &str) -> bool {
    let behind_host = host_end(text);
    // the places in `wanted` up to which the text before may have come
    let wanted: Vec<char> = wanted.chars().collect();
    let mut open = vec![false; wanted.len() + 1];
    for (nth, piece) in text.pieces.iter().enumerate() {
        match piece {
            Piece::Lit(literal) => {
                for letter in literal.chars() {
                    let mut next = vec![false; wanted.len() + 1];
                    open[0] = true;
                    for at in 0..wanted.len() {
                        next[at + 1] = open[at] && wanted[at] == letter;
                    }
                    if next[wanted.len()] {
                        return true;
                    }
                    open = next;
                }
            }
            Piece::Hole(_) => {
                let is_segment = behind_host.is_some_and(|end| nth > end);
                open[0] = true;
                for at in 0..wanted.len() {
                    let fits = !is_segment || !matches!(wanted[at], '/' | '.' | ':' | '?' | '#');
                    open[at + 1] |= open[at] && fits;
                }
                if open[wanted.len()] {
                    return true;
                }
            }
        }
    }
    false
}

/// The piece in which the host of a URL ends, where that is known.
fn host_end(text: &Pattern) -> Option<usize> {
    let rooted = text.prefix().starts_with('/');
    if rooted {
        return Some(0);
    }
    let at = text.prefix().find("://")?;
    text.pieces.iter().position(|piece| match piece {
        Piece::Lit(literal) if literal.len() >= at && std::ptr::eq(&**literal, text.prefix()) => {
            literal[at + 3..].contains('/')
        }
        Piece::Lit(literal) => literal.contains('/'),
        Piece::Hole(_) => false,
    })
}

/// How a text goes on behind another one.
enum Rest {
    Nothing,
    Known,
    Unknown,
}

/// What comes out where one text is followed along another.
enum Follow {
    /// It begins with all of it.
    All(Rest),
    /// It begins otherwise.
    Differs,
    /// A hole stands against something else.
    Unknown,
}

/// Follow `part` along the beginning of `text`.
fn follow(text: &[Piece], part: &[Piece]) -> Follow {
    let (mut text, mut part) = (text.to_vec(), part.to_vec());
    text.reverse();
    part.reverse();
    loop {
        match (text.pop(), part.pop()) {
            (None, None) => return Follow::All(Rest::Nothing),
            (Some(Piece::Lit(_)), None) => return Follow::All(Rest::Known),
            (Some(Piece::Hole(_)), None) => return Follow::All(Rest::Unknown),
            (None, Some(Piece::Lit(_))) => return Follow::Differs,
            (None, Some(Piece::Hole(_))) => return Follow::Unknown,
            (Some(Piece::Lit(left)), Some(Piece::Lit(right))) => {
                let common = left.bytes().zip(right.bytes()).take_while(|(a, b)| a == b).count();
                if common < left.len() && common < right.len() {
                    return Follow::Differs;
                }
                // both begin alike, so the cut lies between letters
                if let Some(rest) = left.get(common..).filter(|rest| !rest.is_empty()) {
                    text.push(Piece::Lit(rest.into()));
                }
                if let Some(rest) = right.get(common..).filter(|rest| !rest.is_empty()) {
                    part.push(Piece::Lit(rest.into()));
                }
            }
            (Some(Piece::Hole(left)), Some(Piece::Hole(right))) if is_same_hole(&left, &right) => {}
            _ => return Follow::Unknown,
        }
    }
}

/// Whether two holes are the same value: a setting under one name.
fn is_same_hole(left: &Traced, right: &Traced) -> bool {
    let (left, right) = (&left.value, &right.value);
    let names = left.names();
    !names.is_empty() && names == right.names() && left.open().is_none() && right.open().is_none()
}

/// Whether one text goes to a tenant's host and the other to one that is named as an own one.
fn other_host(rules: &Rules, left: &Pattern, right: &Pattern) -> bool {
    let is_tenant = |text: &Pattern| match part(text, UrlPart::Host) {
        Some(host) => match host.text() {
            Some(host) => rules.is_tenant_host(host) && !rules.is_own_host(host),
            None => host.holes().next().is_some_and(|hole| rules.names_tenant(&hole.value.names())),
        },
        None => false,
    };
    let is_own = |text: &Pattern| match text.pieces.first() {
        Some(Piece::Hole(hole)) => {
            let names = hole.value.names();
            rules.names_own(&names) && !rules.names_tenant(&names) && !rules.names_base(&names)
        }
        _ => false,
    };
    is_tenant(left) && is_own(right) || is_tenant(right) && is_own(left)
}

/// The text with the usual ending of tenants' domains in the place of a hole that is one.
fn tenant_text(rules: &Rules, text: &Pattern) -> Option<Pattern> {
    let domain = rules.tenant_suffix()?;
    let is_domain = |piece: &Piece| match piece {
        Piece::Hole(hole) => rules.names_tenant(&hole.value.names()),
        Piece::Lit(_) => false,
    };
    let before = text.prefix().ends_with("://");
    let nth = text.pieces.iter().position(is_domain).filter(|nth| *nth == 0 || *nth == 1 && before)?;
    let mut filled = Pattern::default();
    filled.append(&text.pieces[..=nth]);
    let ends_itself = matches!(text.pieces.get(nth + 1), Some(Piece::Lit(rest)) if rest.starts_with('.'));
    if !ends_itself {
        filled.push_lit(&format!(".{domain}"));
    }
    filled.append(&text.pieces[nth + 1..]);
    Some(filled)
}

/// A part of a URL.
pub(crate) fn part(url: &Pattern, which: UrlPart) -> Option<Pattern> {
    if let Some(Piece::Hole(_)) = url.pieces.first() {
        // a base that is not known, with a path behind it
        let (origin, rest) = split(url);
        return match which {
            _ if rest.pieces.is_empty() => None,
            UrlPart::Path => Some(without_query(&rest)),
            UrlPart::Host | UrlPart::Origin => Some(origin),
            UrlPart::Whole => Some(url.clone()),
            UrlPart::Protocol => None,
        };
    }
    let prefix = url.prefix();
    let host_at = match prefix.find("://") {
        Some(at) => at + 3,
        None if prefix.starts_with("//") => 2,
        // relative: all of it is path
        None if prefix.starts_with('/') => return (which == UrlPart::Path).then(|| without_query(url)),
        None => return None,
    };
    if which == UrlPart::Protocol {
        let scheme = prefix.split(':').next().unwrap_or_default();
        return Some(Pattern::lit(&format!("{scheme}:")));
    }
    let (mut host, mut path) = (Pattern::default(), Pattern::default());
    let mut in_path = false;
    for (nth, piece) in url.pieces.iter().enumerate() {
        match piece {
            Piece::Lit(literal) => {
                let literal = if nth == 0 { &literal[host_at..] } else { literal };
                match literal.find(['/', '?', '#']).filter(|_| !in_path) {
                    Some(at) => {
                        host.push_lit(&literal[..at]);
                        path.push_lit(&literal[at..]);
                        in_path = true;
                    }
                    None if in_path => path.push_lit(literal),
                    None => host.push_lit(literal),
                }
            }
            Piece::Hole(value) if in_path => path.push(value),
            Piece::Hole(value) => host.push(value),
        }
    }
    Some(match which {
        UrlPart::Host => host,
        UrlPart::Path => without_query(&path),
        UrlPart::Origin => {
            let mut origin = Pattern::lit(&prefix[..host_at]);
            origin.extend(&host);
            origin
        }
        UrlPart::Protocol | UrlPart::Whole => url.clone(),
    })
}

/// A URL with another text for one of its parts.
pub(crate) fn with_part(url: &Pattern, which: UrlPart, text: &Pattern) -> Pattern {
    let (origin, rest) = split(url);
    let mut changed = Pattern::default();
    match which {
        UrlPart::Whole => return text.clone(),
        // it changes nothing that is asked for
        UrlPart::Protocol | UrlPart::Origin => return url.clone(),
        UrlPart::Host => {
            let prefix = origin.prefix();
            changed.push_lit(&prefix[..prefix.find("//").map_or(0, |at| at + 2)]);
            changed.extend(text);
            changed.extend(&rest);
        }
        UrlPart::Path => {
            changed.extend(&origin);
            if !text.prefix().starts_with('/') && matches!(text.pieces.first(), Some(Piece::Lit(_))) {
                changed.push_lit("/");
            }
            changed.extend(text);
        }
    }
    changed
}

/// Scheme and host of a URL, and what comes behind them. What is not known holds no slash.
fn split(url: &Pattern) -> (Pattern, Pattern) {
    let (mut origin, mut rest) = (Pattern::default(), Pattern::default());
    let mut behind = false;
    for (nth, piece) in url.pieces.iter().enumerate() {
        match piece {
            Piece::Lit(text) if !behind => {
                let from = if nth == 0 { text.find("//").map_or(0, |at| at + 2) } else { 0 };
                match text[from..].find(['/', '?', '#']) {
                    Some(at) => {
                        origin.push_lit(&text[..from + at]);
                        rest.push_lit(&text[from + at..]);
                        behind = true;
                    }
                    None => origin.push_lit(text),
                }
            }
            Piece::Lit(text) => rest.push_lit(text),
            Piece::Hole(value) if behind => rest.push(value),
            Piece::Hole(value) => origin.push(value),
        }
    }
    (origin, rest)
}

fn without_query(path: &Pattern) -> Pattern {
    let mut bare = Pattern::default();
    for piece in &path.pieces {
        match piece {
            Piece::Lit(text) => match text.find(['?', '#']) {
                Some(at) => {
                    bare.push_lit(&text[..at]);
                    return bare;
                }
                None => bare.push_lit(text),
            },
            Piece::Hole(value) => bare.push(value),
        }
    }
    bare
}

/// Whether a text fits a regular expression as JavaScript writes it, `/…/flags`.
pub(crate) fn fits(text: &Pattern, expression: &str) -> Option<bool> {
    let (source, flags) = expression.strip_prefix('/')?.rsplit_once('/')?;
    fits_regex(text, source, flags.contains('i'))
}

/// A regular expression, compiled once for each thread: the same tests are asked for many requests.
pub(super) fn compiled(source: &str, any_case: bool) -> Option<Regex> {
    /// Expressions that are kept.
    const KEPT: usize = 64;
    thread_local! {
        static COMPILED: RefCell<FxHashMap<(String, bool), Option<Regex>>> = RefCell::default();
    }
    COMPILED.with_borrow_mut(|known| {
        if known.len() >= KEPT {
            known.clear();
        }
        let compile = || RegexBuilder::new(source).case_insensitive(any_case).size_limit(1 << 20).build().ok();
        known.entry((source.to_owned(), any_case)).or_insert_with(compile).clone()
    })
}

/// Whether a text fits a regular expression.
pub(crate) fn fits_regex(text: &Pattern, source: &str, any_case: bool) -> Option<bool> {
    let compiled = compiled(source, any_case)?;
    if let Some(text) = text.text() {
        return Some(compiled.is_match(text));
    }
    let is_anchored = source.starts_with('^');
    let has_anchor = source.trim_start_matches('^').contains(['^', '$']) || source.contains("\\b");
    let literal = |piece: &Piece| match piece {
        Piece::Lit(text) => compiled.is_match(text),
        Piece::Hole(_) => false,
    };
    let found = match is_anchored {
        true => text.pieces.first().is_some_and(literal),
        false => text.pieces.iter().any(literal),
    };
    if found && !has_anchor {
        return Some(true);
    }
    // a plain text in the clothes of a pattern
    let plain = plain_text(source.trim_start_matches('^'))?;
    if is_anchored {
        match follow(&text.pieces, &Pattern::lit(&plain).pieces) {
            Follow::All(_) => Some(true),
            Follow::Differs if !any_case => Some(false),
            _ => None,
        }
    } else {
        (!any_case && !may_hold(text, &plain)).then_some(false)
    }
}

/// The only text that a regular expression fits, if it is no more than that.
fn plain_text(source: &str) -> Option<String> {
    let mut text = String::new();
    let mut letters = source.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next()? {
                next if next.is_ascii_alphanumeric() => return None,
                next => text.push(next),
            },
            '.' | '*' | '+' | '?' | '(' | ')' | '[' | ']' | '{' | '}' | '|' | '^' | '$' => return None,
            letter => text.push(letter),
        }
    }
    Some(text)
}

/// The text of a value, for tests on it.
pub(crate) fn text_of(value: &Traced) -> Option<Pattern> {
    match &value.value {
        Value::Str(pattern) => Some(pattern.clone()),
        Value::Unknown(_) | Value::Api(_) => Some(Pattern::of(value)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::value::Reason;
    use super::*;
    use proptest::prelude::*;

    /// A text with a hole for every `*`, and one for the tenant's domain for every `@`.
    fn text(of: &str) -> Pattern {
        let mut pattern = Pattern::default();
        for letter in of.chars() {
            match letter {
                '*' => pattern.push(&Traced::new(Value::unknown(Reason::DynamicKey, Vec::new()))),
                '@' => pattern.push(&Traced::new(Value::unknown(Reason::Environment, vec!["AUTH0_DOMAIN".into()]))),
                '%' => pattern.push(&Traced::new(Value::unknown(Reason::Environment, vec!["ORIGIN_URL".into()]))),
                letter => pattern.push_lit(&letter.to_string()),
            }
        }
        pattern
    }

    fn asked(asks: Asks, left: &str, right: &str) -> Option<bool> {
        static RULES: std::sync::OnceLock<Rules> = std::sync::OnceLock::new();
        ask(RULES.get_or_init(|| Rules::load(&[], &[]).unwrap()), asks, &text(left), &text(right))
    }

    #[test]
    fn beginnings() {
        let starts = |left, right| asked(Asks::Start, left, right);
        assert_eq!(starts("https://a.auth0.com/api/v2/users/*", "https://a.auth0.com"), Some(true));
        assert_eq!(starts("https://a.auth0.com/api/v2/users/*", "https://b."), Some(false));
        assert_eq!(starts("https://@/api/v2/users/*", "https://@/api"), Some(true));
        assert_eq!(starts("https://a.auth0.com/api/v2/users/*", "https://@/api"), None);
        assert_eq!(starts("*/users", "https://a"), None);
        assert_eq!(starts("/users/*", "/api"), Some(false));
        assert_eq!(starts("/users/*", "/users/me"), None);
    }

    #[test]
    fn parts() {
        let holds = |left, right| asked(Asks::Part, left, right);
        assert_eq!(holds("https://a.auth0.com/api/v2/users/*", "auth0.com"), Some(true));
        assert_eq!(holds("https://a.auth0.com/api/v2/users/*", "api.acme.dev"), Some(false));
        assert_eq!(holds("https://a.auth0.com/api/v2/users/*", "/users/me"), None);
        assert_eq!(holds("https://*/api/v2/users/*", "auth0.com"), None);
        assert_eq!(holds("https://@/api/v2/users/*", "auth0.com"), Some(true));
        assert_eq!(holds("https://@/api/v2/users/*", "@"), Some(true));
        assert_eq!(holds("/orders/*", "auth0.com"), Some(false));
        assert_eq!(holds("https://a.auth0.com/api/v2/users/*", "%"), Some(false));
    }

    #[test]
    fn parts_of_urls() {
        let host = |of| part(&text(of), UrlPart::Host).and_then(|host| host.text().map(str::to_owned));
        assert_eq!(host("https://a.auth0.com/api/v2/users/*").as_deref(), Some("a.auth0.com"));
        assert_eq!(host("/api"), None);
        let path = |of| part(&text(of), UrlPart::Path).and_then(|path| path.text().map(str::to_owned));
        assert_eq!(path("*/api/v2/users?q=1").as_deref(), Some("/api/v2/users"));
        assert_eq!(path("*"), None);
        let changed = |of, which, into| with_part(&text(of), which, &text(into)).text().map(str::to_owned);
        let path = |of, into| changed(of, UrlPart::Path, into);
        assert_eq!(path("https://a.auth0.com", "/api/v2").as_deref(), Some("https://a.auth0.com/api/v2"));
        assert_eq!(path("https://a.auth0.com/x?y=1", "api").as_deref(), Some("https://a.auth0.com/api"));
        let host = changed("https://a.auth0.com/api/v2", UrlPart::Host, "b.dev");
        assert_eq!(host.as_deref(), Some("https://b.dev/api/v2"));
        let path = part(&text("https://a.auth0.com/api/v2/users?q=1"), UrlPart::Path).unwrap();
        assert_eq!(path.text(), Some("/api/v2/users"));
    }

    #[test]
    fn regular_expressions() {
        let fits = |left: &str, right: &str| super::fits(&text(left), right);
        assert_eq!(fits("https://a.auth0.com/api/v2/users/*", "/auth0\\.com/"), Some(true));
        assert_eq!(fits("https://a.auth0.com/api/v2/users/*", "/^https:\\/\\/a\\.auth0\\.com\\//"), Some(true));
        assert_eq!(fits("https://a.auth0.com/api/v2/users/*", "/^https:\\/\\/b\\./"), Some(false));
        assert_eq!(fits("https://a.auth0.com/api/v2/users/*", "/acme\\.dev/"), Some(false));
        assert_eq!(fits("https://a.auth0.com/api/v2/users/*", "/me$/"), None);
        assert_eq!(fits("https://*/x", "/(a|b)+/"), None);
    }

    proptest! {
        /// What is decided with holes stays so whatever fills them.
        #[test]
        fn holes_decide_nothing_wrongly(left in "[ab*]{0,6}", right in "[ab]{0,3}", filling in "[ab]{0,3}") {
            for asks in [Asks::Start, Asks::End, Asks::Part, Asks::Same] {
                let filled = left.replace('*', &filling);
                let whole = asked(asks, &filled, &right);
                prop_assert!(whole.is_some());
                if let Some(decided) = asked(asks, &left, &right) {
                    prop_assert_eq!(Some(decided), whole, "{:?} {} {}", asks, &left, &right);
                }
            }
        }
    }
}
