//! Which page is about some words: people know what they saw, not what it is called.

use super::docs::Doc;
use std::collections::{BTreeMap, BTreeSet};

/// How much more a word counts in the title, and in the name.
const TITLE: f64 = 4.0;
/// How much more a word counts in the paragraph that says what the page is about.
const SUMMARY: f64 = 2.0;

/// The pages of `docs` that hold some of `words`, best first: what is rare counts more than what stands everywhere, what
/// stands at the top more than what stands below, and pages that hold more of the words come first. Words that stand side by
/// side in both count once more: of questions in nothing but common words, these tell.
pub(super) fn rank(docs: &'static [Doc], words: &str) -> Vec<&'static Doc> {
    let asked = terms(words);
    let pairs: BTreeSet<String> = pairs(&asked).collect();
    let wanted: BTreeSet<String> = asked.into_iter().collect();
    let weights: Vec<BTreeMap<String, f64>> = docs.iter().map(weights).collect();
    let rarity = |term: &str| {
        let holding = weights.iter().filter(|weights| weights.contains_key(term)).count();
        (1.0 + docs.len() as f64 / (1.0 + holding as f64)).ln()
    };
    let rarity: BTreeMap<&str, f64> = wanted.iter().chain(&pairs).map(|term| (term.as_str(), rarity(term))).collect();
    let mut found: Vec<(f64, &Doc)> = Vec::new();
    for (doc, weights) in docs.iter().zip(&weights) {
        // the tenth time a word stands there says little
        let score = |term: &String| {
            let weight = weights.get(term)?;
            Some(rarity[term.as_str()] * weight / (weight + 2.0))
        };
        let scores: Vec<f64> = wanted.iter().filter_map(score).collect();
        if !scores.is_empty() {
            let share = scores.len() as f64 / wanted.len() as f64;
            let together: f64 = pairs.iter().filter_map(score).sum();
            found.push(((scores.iter().sum::<f64>() + together) * share, doc));
        }
    }
    found.sort_by(|(left, _), (right, _)| right.total_cmp(left));
    let best = found.first().map_or(0.0, |(score, _)| *score);
    // what is far behind is only there for a common word
    found.into_iter().take_while(|(score, _)| *score >= best / 4.0).map(|(_, doc)| doc).collect()
}

/// How much each word counts on a page.
fn weights(doc: &Doc) -> BTreeMap<String, f64> {
    let mut weights = BTreeMap::new();
    let summary = doc.summary();
    for (text, weight) in [(doc.id, TITLE), (doc.title(), TITLE), (&*summary, SUMMARY), (doc.page, 1.0)] {
        let terms = terms(text);
        let pairs: Vec<String> = pairs(&terms).collect();
        for term in terms.into_iter().chain(pairs) {
            *weights.entry(term).or_default() += weight;
        }
    }
    weights
}

/// The words of a text in lower case, without endings; of names like `read:current_user` the whole and the parts.
fn terms(text: &str) -> Vec<String> {
    let text = text.to_lowercase();
    let mut terms = Vec::new();
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | ':' | '-');
    for word in text.split(|c: char| !is_part(c)) {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        let parts: Vec<&str> = word.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
        if parts.len() > 1 {
            terms.push(word.to_owned());
        }
        terms.extend(parts.into_iter().filter(|part| !is_common(part)).map(stem));
    }
    terms
}

/// Words that stand side by side, whatever common words are between them.
fn pairs(terms: &[String]) -> impl Iterator<Item = String> + use<'_> {
    terms.iter().zip(terms.iter().skip(1)).map(|(one, next)| format!("{one} {next}"))
}

/// Words that stand everywhere.
fn is_common(word: &str) -> bool {
    [
        "a", "an", "and", "be", "can", "do", "for", "i", "in", "is", "it", "my", "need", "no", "not", "of", "on", "or",
        "s", "t", "the", "to", "with", "why", "how",
    ]
    .contains(&word)
}

/// A word without the endings of plurals.
fn stem(word: &str) -> String {
    let singular = word.strip_suffix('s').filter(|rest| rest.len() > 2 && !rest.ends_with(['s', 'u', 'i']));
    singular.unwrap_or(word).to_owned()
}

#[cfg(test)]
mod tests {
    use crate::rules::docs;

    #[test]
    fn what_people_see_leads_to_the_page() {
        for (words, id) in [
            ("403 with read:current_user", "insufficient-scope"),
            ("Insufficient scope, expected any of: read:users,read:current_user", "insufficient-scope"),
            ("Bad HTTP authentication header format", "bad-header-format"),
            ("400 opaque token", "bad-header-format"),
            ("Bad audience", "bad-audience"),
            ("consent dialog on localhost", "consent-required"),
            ("consent_required", "consent-required"),
            ("scope not in the dashboard", "scope-not-listed"),
            ("can't find update:current_user_metadata in the list", "scope-not-listed"),
            ("401 invalid token", "invalid-token"),
            ("link_with deprecated", "link-with"),
            ("user does not match subject in bearer token", "wrong-subject"),
            ("custom domain token refused", "custom-domain"),
            ("change password email", "root-attributes"),
            ("depnote logs", "find-callers"),
            ("enable_idtoken_api2", "id-token-toggle-on"),
            ("toggle not shown in dashboard", "toggle-not-shown"),
            ("token without update:users in a single page app", "scope-missing"),
            ("update:current_user", "unknown-scope"),
            ("interceptor adds the header no authorization", "no-authorization"),
            ("har file", "recorded-id-token-call"),
            ("why does the SDK expose __raw", "raw-id-token"),
            ("update:users SPA scope null", "scope-missing"),
            ("two tokens for my own API and the Management API", "two-audiences"),
            ("need my API's token and the Management token", "two-audiences"),
            ("can't see the toggle", "toggle-not-shown"),
            ("401 Unauthorized Invalid token auth0.Management", "invalid-token"),
        ] {
            let found: Vec<&str> = docs::search(words).iter().map(|doc| doc.id).collect();
            assert!(found.iter().take(2).any(|found| *found == id), "{words}: {found:?}");
        }
        let first = docs::search("need my API's token and the Management token");
        assert_eq!(first.first().map(|doc| doc.id), Some("two-audiences"));
        assert!(docs::search("kubernetes").is_empty());
        assert!(docs::search("").is_empty());
    }
}
