//! Which method a request may have, compared with an endpoint's.

use super::target::Match;
use crate::eval::value::{Vals, Value};

/// Whether the method may be `wanted`. Without one, requests are GETs.
pub(super) fn method_matches(methods: &Vals, wanted: &str) -> Match {
    if methods.is_empty() {
        return if wanted == "GET" { Match::Yes } else { Match::No };
    }
    let mut best = Match::No;
    for method in methods {
        let text = match &method.value {
            Value::Str(pattern) => match pattern.text() {
                Some(text) => text.to_owned(),
                None => {
                    best = best.max(Match::Maybe);
                    continue;
                }
            },
            // a library's constant: its name, behind which the names of what held it may come
            Value::Api(_) | Value::Unknown(_) => {
                let verb = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
                let names = method.value.names();
                let named = names.iter().rev().find(|name| verb.iter().any(|verb| name.eq_ignore_ascii_case(verb)));
                match named {
                    Some(name) if method.value.open().is_none() => name.to_string(),
                    _ => {
                        best = best.max(Match::Maybe);
                        continue;
                    }
                }
            }
            _ => {
                best = best.max(Match::Maybe);
                continue;
            }
        };
        let upper = text.to_uppercase();
        let upper = if upper == "DEL" { "DELETE" } else { &upper };
        if upper == wanted || (wanted == "GET" && !is_verb_like(upper)) {
            best = Match::Yes;
        }
    }
    best
}

/// Whether a method's text is one: a verb-less call like `$.getJSON` reads.
fn is_verb_like(upper: &str) -> bool {
    ["POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "CONNECT"].contains(&upper)
        || !upper.starts_with("GET")
}
