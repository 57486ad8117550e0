//! A URL pattern against the endpoints of the migration table.
//!
//! Whole paths match. A hole may stand for any one segment; one that stands where a template has a literal makes a
//! match possible, never sure; one that is glued to its neighbours may hold several segments.

use crate::eval::value::{Open, Pattern, Piece, Reason, Traced, Value};
use crate::rules::{Endpoint, Segment};

/// A URL, split at the prefix that all endpoints share.
#[derive(Clone, Debug)]
pub(super) struct Target {
    /// What comes before the prefix: scheme and host.
    pub host: Vec<Piece>,
    /// Whether the prefix itself is not written out: the host's last hole would have to hold it.
    pub base_hole: bool,
    segments: Vec<Part>,
    /// Whether any text at all was there to decide by.
    vague: bool,
    opens: Vec<Open>,
}

/// One segment of a URL's path.
#[derive(Clone, Debug)]
enum Part {
    Text(String),
    /// A hole, with text around it or not.
    Hole {
        value: Traced,
        /// Text that the segment begins with.
        before: String,
        /// Whether it may hold slashes: there is no slash between it and what is before it.
        glued: bool,
    },
}

/// How well a URL matches an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Match {
    /// Not.
    No,
    /// Nothing is known of the path: it may be any endpoint's.
    Any,
    /// If the holes hold the right text.
    Maybe,
    /// Whatever the holes hold, as long as each holds one segment.
    Yes,
}

impl Target {
    /// Split `url` at `prefix` (`/a/b/`); without it, at the first of `heads` (the endpoints' first segments) that
    /// follows a hole. `None` where no endpoint can be meant.
    pub(super) fn new(url: &Pattern, prefix: &str, heads: &[String]) -> Option<Target> {
        let bare = prefix.trim_matches('/');
        let pieces = &url.pieces;
        for (nth, piece) in pieces.iter().enumerate() {
            let Piece::Lit(text) = piece else { continue };
            let lower = text.to_ascii_lowercase();
            let mut from = 0;
            while let Some(found) = lower[from..].find(bare) {
                let (start, end) = (from + found, from + found + bare.len());
                from = end;
                let starts = start == 0 && nth > 0 || start > 0 && lower.as_bytes()[start - 1] == b'/';
                let rest = &text[end..];
                let ends = rest.starts_with('/') || rest.is_empty() && nth + 1 < pieces.len();
                // `PATCH https://…`: a line for people
                let is_prose = text[..start].trim_start().contains(char::is_whitespace);
                if !starts || !ends || is_prose {
                    continue;
                }
                let mut host: Vec<Piece> = pieces[..nth].to_vec();
                if start > 0 {
                    host.push(Piece::Lit(text[..start].into()));
                }
                let mut path = vec![Piece::Lit(rest.into())];
                path.extend(pieces[nth + 1..].iter().cloned());
                return Some(Target::of(host, false, &path));
            }
        }
        for (nth, piece) in pieces.iter().enumerate().skip(1) {
            let (Piece::Lit(text), Piece::Hole(_)) = (piece, &pieces[nth - 1]) else { continue };
            let rest = text.trim_start_matches('/');
            let head = rest.split(['/', '?', '#']).next().unwrap_or(rest);
            if heads.iter().any(|known| known == head) {
                let mut path = vec![Piece::Lit(format!("/{rest}").into())];
                path.extend(pieces[nth + 1..].iter().cloned());
                return Some(Target::of(pieces[..nth].to_vec(), true, &path));
            }
            // only the part behind the first hole can be a host's
            break;
        }
        let opens: Vec<Open> = url.holes().filter_map(|hole| hole.value.open()).collect();
        if opens.is_empty() {
            return None;
        }
        Some(Target { host: Vec::new(), base_hole: false, segments: Vec::new(), vague: true, opens })
    }

    fn of(host: Vec<Piece>, base_hole: bool, path: &[Piece]) -> Target {
        let mut segments: Vec<Part> = Vec::new();
        // whether the next piece starts a segment
        let mut fresh = false;
        'pieces: for piece in path {
            match piece {
                Piece::Lit(text) => {
                    let end = text.find(['?', '#']);
                    let text = &text[..end.unwrap_or(text.len())];
                    for (nth, part) in text.split('/').enumerate() {
                        if nth > 0 {
                            fresh = true;
                        }
                        if part.is_empty() {
                            continue;
                        }
                        if fresh {
                            segments.push(Part::Text(part.to_owned()));
                        } else if let Some(Part::Text(last)) = segments.last_mut() {
                            last.push_str(part);
                        } else if segments.is_empty() {
                            segments.push(Part::Text(part.to_owned()));
                        }
                        fresh = false;
                    }
                    if end.is_some() {
                        break 'pieces;
                    }
                }
                Piece::Hole(value) => {
                    let value = value.clone();
                    if fresh {
                        segments.push(Part::Hole { value, before: String::new(), glued: false });
                    } else {
                        match segments.pop() {
                            Some(Part::Text(before)) => segments.push(Part::Hole { value, before, glued: true }),
                            Some(hole) => segments.push(hole),
                            None => segments.push(Part::Hole { value, before: String::new(), glued: true }),
                        }
                    }
                    fresh = false;
                }
            }
        }
        let opens = segments
            .iter()
            .filter_map(|part| match part {
                Part::Hole { value, .. } => value.value.open(),
                Part::Text(_) => None,
            })
            .collect();
        Target { host, base_hole, segments, vague: false, opens }
    }

    /// How well the path matches.
    pub(super) fn matches(&self, endpoint: &Endpoint) -> Match {
        if self.vague {
            return Match::Maybe;
        }
        let template = &endpoint.segments;
        let mut best = Match::Yes;
        for (nth, part) in self.segments.iter().enumerate() {
            let last = nth + 1 == self.segments.len();
            match (part, template.get(nth)) {
                (_, None) => return Match::No,
                (Part::Text(text), Some(Segment::Literal(wanted))) => {
                    if text != wanted {
                        return Match::No;
                    }
                }
                (Part::Text(_), Some(Segment::Any(_))) => {}
                (Part::Hole { before, glued, value }, Some(segment)) => {
                    if *glued && before.is_empty() {
                        // from here on anything may follow
                        return match (value.value.open(), nth) {
                            (Some(_), _) => Match::Maybe,
                            (None, 0) if !is_nobodys(value) => Match::Any,
                            (None, _) => Match::No,
                        };
                    }
                    if let Segment::Literal(wanted) = segment {
                        if !wanted.starts_with(before.as_str()) {
                            return Match::No;
                        }
                        best = Match::Maybe;
                    }
                    if last && nth + 1 < template.len() {
                        // a tail that is handed in may hold several segments; an id is one
                        return match (value.value.open(), nth) {
                            (Some(_), _) => Match::Maybe,
                            (None, 0) if before.is_empty() && !is_nobodys(value) => Match::Any,
                            (None, _) => Match::No,
                        };
                    }
                }
            }
        }
        if self.segments.len() == template.len() { best } else { Match::No }
    }

    /// What would decide the path: everything that is left open where it matters.
    pub(super) fn opens(&self, sure: bool) -> Vec<Open> {
        if !sure {
            return self.opens.clone();
        }
        // a match that is sure can only be changed by a last segment that holds more than one
        match self.segments.last() {
            Some(Part::Hole { value, .. }) => value.value.open().into_iter().collect(),
            _ => Vec::new(),
        }
    }

    /// The text that is written out in the segment at a place.
    pub(super) fn text(&self, nth: usize) -> Option<&str> {
        match self.segments.get(nth) {
            Some(Part::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// What stands in the segment at a place.
    pub(super) fn segment(&self, nth: usize) -> Option<&Traced> {
        match self.segments.get(nth) {
            Some(Part::Hole { value, .. }) => Some(value),
            _ => None,
        }
    }
}

/// Whether a path is a parameter that nothing passes: a wrapper that nobody calls asks for nothing.
fn is_nobodys(path: &Traced) -> bool {
    matches!(&path.value, Value::Unknown(unknown) if unknown.reason == Reason::NoCallers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Rules;
    use proptest::prelude::*;

    fn hole() -> Piece {
        Piece::Hole(Traced::new(Value::unknown(Reason::Call, Vec::new())))
    }

    /// `*` is a hole.
    fn pattern(text: &str) -> Pattern {
        let mut pattern = Pattern::default();
        for (nth, part) in text.split('*').enumerate() {
            if nth > 0 {
                pattern.pieces.push(hole());
            }
            pattern.push_lit(part);
        }
        pattern
    }

    fn matching(text: &str) -> Vec<(String, Match)> {
        let rules = Rules::load(&[], &[]).unwrap();
        let Some(target) =
            Target::new(&pattern(text), rules.prefix(), &["users", "device-credentials"].map(String::from))
        else {
            return Vec::new();
        };
        let named = |endpoint: &Endpoint| (endpoint.name.clone(), target.matches(endpoint));
        rules.endpoints.iter().map(named).filter(|(_, found)| *found != Match::No).collect()
    }

    #[test]
    fn whole_paths_match() {
        let yes = |text: &str| {
            let found = matching(text);
            found.into_iter().filter(|(_, found)| *found == Match::Yes).map(|(name, _)| name).collect::<Vec<_>>()
        };
        let user = ["GET /api/v2/users/{id}", "PATCH /api/v2/users/{id}"];
        assert_eq!(yes("https://a.auth0.com/api/v2/users/*"), user);
        assert_eq!(yes("https://*/api/v2/users/x?fields=a/b"), user);
        assert_eq!(yes("*api/v2/users/*/"), user);
        assert_eq!(yes("*/users/*"), user);
        assert_eq!(yes("*/api/v2/users/*/identities"), ["POST /api/v2/users/{id}/identities"]);
        assert_eq!(
            yes("*/api/v2/users/*|*/identities/*/*"),
            ["DELETE /api/v2/users/{id}/identities/{provider}/{user_id}"]
        );
        assert_eq!(yes("*/api/v2/device-credentials"), ["POST /api/v2/device-credentials"]);
    }

    #[test]
    fn neighbours_do_not() {
        for text in [
            "https://a.auth0.com/api/v2/users",
            "https://a.auth0.com/api/v2/users?q=*",
            "https://a.auth0.com/api/v2/users/*/roles",
            "https://a.auth0.com/api/v2/users-by-email/*",
            "https://a.auth0.com/api/v2/users/*/identities/x",
            "https://a.auth0.com/api/v20/users/*",
            "https://a.auth0.com/userinfo",
            "/users/*",
        ] {
            assert_eq!(matching(text), [], "{text}");
        }
    }

    proptest! {
        /// Losing information never turns a match into none.
        #[test]
        fn a_hole_keeps_a_match_possible(at in 0usize..6) {
            let full = "https://a.auth0.com/api/v2/users/u/multifactor/p";
            let mut parts: Vec<&str> = full.split('/').collect();
            let before = matching(full);
            // the scheme, the host and the prefix stay: without them nothing tells the API
            let nth = 5 + at % 4;
            parts[nth] = "*";
            let after = matching(&parts.join("/"));
            for (name, _) in before {
                prop_assert!(nth == 5 || after.iter().any(|(other, _)| *other == name), "{name} at {nth}");
            }
        }

        /// Nothing that can be written makes the split panic.
        #[test]
        fn any_text_is_split(text in "[a-z/*?#2:.é]{0,40}") {
            let _ = matching(&text);
        }
    }
}
