//! Identifiers as words: the evidence of last resort.

/// Split an identifier, key or constant into lower-case words: `primaryIdToken`, `AUTH0_ID_TOKEN`, `auth0.id-token`.
/// Digits end a word and are left off, except in `auth0`, `api2` and the like, where they follow letters.
pub fn split(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let chars: Vec<char> = name.chars().collect();
    for (at, &c) in chars.iter().enumerate() {
        if !c.is_alphanumeric() {
            flush(&mut words, &mut word);
            continue;
        }
        if c.is_uppercase() {
            let after_lower = at > 0 && (chars[at - 1].is_lowercase() || chars[at - 1].is_numeric());
            // the last capital of a run begins the next word: JWTToken
            let before_lower =
                at > 0 && chars[at - 1].is_uppercase() && chars.get(at + 1).is_some_and(|next| next.is_lowercase());
            if after_lower || before_lower {
                flush(&mut words, &mut word);
            }
        }
        word.extend(c.to_lowercase());
    }
    flush(&mut words, &mut word);
    words
}

fn flush(words: &mut Vec<String>, word: &mut String) {
    if !word.is_empty() {
        words.push(std::mem::take(word));
    }
}

/// The letters and digits of the words of an identifier, one behind the other.
pub fn letters(name: &str) -> impl Iterator<Item = char> {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase)
}

/// Whether `phrase` (words separated by spaces) occurs in `words` as neighbours. A word matches with digits behind it.
pub fn has(words: &[String], phrase: &str) -> bool {
    let phrase: Vec<&str> = phrase.split(' ').collect();
    let same = |word: &String, wanted: &&str| {
        word == wanted
            || word
                .strip_prefix(*wanted)
                .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()))
    };
    words.windows(phrase.len()).any(|window| window.iter().zip(&phrase).all(|(word, wanted)| same(word, wanted)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_split_into_words() {
        assert_eq!(split("primaryIdToken"), ["primary", "id", "token"]);
        assert_eq!(split("AUTH0_ID_TOKEN"), ["auth0", "id", "token"]);
        assert_eq!(split("rawIDToken"), ["raw", "id", "token"]);
        assert_eq!(split("auth0.id-token"), ["auth0", "id", "token"]);
        for name in ["primaryIdToken", "AUTH0_ID_TOKEN", "rawIDToken", "auth0.id-token", "İd"] {
            assert_eq!(letters(name).collect::<String>(), split(name).concat());
        }
    }

    #[test]
    fn phrases_are_neighbours() {
        assert!(has(&split("idToken2"), "id token"));
        assert!(!has(&split("tokenId"), "id token"));
        assert!(!has(&split("voidTokens"), "id token"));
    }
}
