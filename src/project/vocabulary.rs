//! Which identifiers a text may hold: small filters that spare most searches for a word.
//!
//! Owns the filters alone. A filter never says "no" where the word is there; what it lets through is searched.

use rustc_hash::FxHasher;
use std::hash::Hasher;

/// A Bloom filter over the identifiers of one text.
#[derive(Debug)]
pub(super) struct Vocabulary {
    bits: Box<[u64]>,
}

impl Vocabulary {
    /// The identifiers of a text. Takes about a sixteenth of its size.
    pub(super) fn new(text: &str) -> Vocabulary {
        let words = (text.len() / 128).next_power_of_two().max(1);
        let mut bits = vec![0u64; words].into_boxed_slice();
        for word in text.as_bytes().split(|byte| !is_part(*byte)).filter(|word| !word.is_empty()) {
            for (at, bit) in places(word, words) {
                bits[at] |= bit;
            }
        }
        Vocabulary { bits }
    }

    /// Whether the text may hold `word` as a whole identifier.
    pub(super) fn may_hold(&self, word: &str) -> bool {
        // what is no identifier is in no filter
        !word.bytes().all(is_part)
            || places(word.as_bytes(), self.bits.len()).iter().all(|(at, bit)| self.bits[*at] & bit != 0)
    }
}

/// Whether a byte can be part of an identifier.
pub(super) fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$'
}

/// The two bits of an identifier in a filter of this many (a power of two) 64-bit words.
fn places(word: &[u8], words: usize) -> [(usize, u64); 2] {
    let mut hasher = FxHasher::default();
    hasher.write(word);
    let hash = hasher.finish();
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
    fn most_of_what_is_not_there_is_denied() {
        let text: String = (0..500).map(|nth| format!("const someName{nth} = otherName{nth}({nth});\n")).collect();
        let vocabulary = Vocabulary::new(&text);
        let passed = (0..1000).filter(|nth| vocabulary.may_hold(&format!("absent{nth}"))).count();
        assert!(passed < 100, "{passed} of 1000");
    }
}
