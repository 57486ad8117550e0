//! Which identifiers a text may hold: small filters that spare most searches for a word.
//!
//! Owns the filters alone. A filter never says "no" where the word is there; what it lets through is searched.

use rustc_hash::FxHasher;
use std::hash::Hasher;

/// Texts of so many bytes get an exact list too: searching them for each of their own names would take as long as they are.
const LARGE: usize = 64 * 1024;

/// A Bloom filter over the identifiers of one text, or of several.
#[derive(Debug)]
pub(super) struct Vocabulary {
    bits: Box<[u64]>,
    /// The hashes of all identifiers of a large text, sorted.
    exact: Option<Box<[u64]>>,
}

impl Vocabulary {
    /// The identifiers of a text. Takes about a sixteenth of its size, of a large text some more.
    pub(super) fn new(text: &str) -> Vocabulary {
        let mut vocabulary = Vocabulary::sized(text.len());
        vocabulary.add(text);
        if text.len() >= LARGE {
            let mut hashes: Vec<u64> = identifiers(text).map(hash).collect();
            hashes.sort_unstable();
            hashes.dedup();
            vocabulary.exact = Some(hashes.into());
        }
        vocabulary
    }

    /// None yet, with room for those of texts with so many bytes in all.
    pub(super) fn sized(bytes: usize) -> Vocabulary {
        let words = (bytes / 128).next_power_of_two().max(1);
        Vocabulary { bits: vec![0u64; words].into_boxed_slice(), exact: None }
    }

    /// The identifiers of a text join.
    pub(super) fn add(&mut self, text: &str) {
        for word in identifiers(text) {
            for (at, bit) in places(word, self.bits.len()) {
                self.bits[at] |= bit;
            }
        }
    }

    /// Whether the text may hold `word` as a whole identifier.
    pub(super) fn may_hold(&self, word: &str) -> bool {
        // what is no identifier is in no filter
        !word.bytes().all(is_part)
            || places(word.as_bytes(), self.bits.len()).iter().all(|(at, bit)| self.bits[*at] & bit != 0)
    }

    /// Whether the text holds `word` as a whole identifier, if that can be told without looking.
    pub(super) fn holds(&self, word: &str) -> Option<bool> {
        if !self.may_hold(word) {
            return Some(false);
        }
        let exact = self.exact.as_ref().filter(|_| !word.is_empty() && word.bytes().all(is_part))?;
        Some(exact.binary_search(&hash(word.as_bytes())).is_ok())
    }
}

fn identifiers(text: &str) -> impl Iterator<Item = &[u8]> {
    text.as_bytes().split(|byte| !is_part(*byte)).filter(|word| !word.is_empty())
}

fn hash(word: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(word);
    hasher.finish()
}

/// Whether a byte can be part of an identifier.
pub(super) fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$'
}

/// The two bits of an identifier in a filter of this many (a power of two) 64-bit words.
fn places(word: &[u8], words: usize) -> [(usize, u64); 2] {
    let hash = hash(word);
    let place = |hash: u64| {
        let at = usize::try_from(hash >> 6).unwrap_or(0) & (words - 1);
        (at, 1 << (hash & 63))
    };
    [place(hash), place(hash.rotate_left(32).wrapping_mul(0x9e37_79b9_7f4a_7c15))]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_there_is_denied() {
        let text = "const idToken = localStorage.getItem('id_token'); $http.get(`/users/${user.id}`)";
        let vocabulary = Vocabulary::new(text);
        for word in ["const", "idToken", "localStorage", "getItem", "id_token", "$http", "users", "$", "id"] {
            assert!(vocabulary.may_hold(word), "{word}");
        }
        assert!(vocabulary.may_hold("user-id"), "no identifier: searched anyway");
    }

    #[test]
    fn large_texts_are_known_exactly() {
        let text: String = (0..5000).map(|nth| format!("const someName{nth} = {nth};\n")).collect();
        let vocabulary = Vocabulary::new(&text);
        assert!((0..5000).all(|nth| vocabulary.holds(&format!("someName{nth}")) == Some(true)));
        assert!((0..5000).all(|nth| vocabulary.holds(&format!("absent{nth}")) == Some(false)));
        assert_eq!(vocabulary.holds("some-name"), None, "no identifier: to be searched");
        assert_eq!(Vocabulary::new("a b").holds("a"), None);
    }

    #[test]
    fn most_of_what_is_not_there_is_denied() {
        let text: String = (0..500).map(|nth| format!("const someName{nth} = otherName{nth}({nth});\n")).collect();
        let vocabulary = Vocabulary::new(&text);
        let passed = (0..1000).filter(|nth| vocabulary.may_hold(&format!("absent{nth}"))).count();
        assert!(passed < 100, "{passed} of 1000");
    }
}
