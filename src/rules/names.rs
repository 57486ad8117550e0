//! What names say of tokens.

use super::schema::{NameTable, TokenKind};
use super::{Rules, words};

impl NameTable {
    /// Whether words hold one of the phrases, and none that rules it out.
    pub(super) fn says(&self, words: &[String]) -> bool {
        self.words.iter().any(|phrase| words::has(words, phrase))
            && !self.except.iter().any(|phrase| words::has(words, phrase))
    }
}

impl Rules {
    /// What the names of a method and of what it is called on say of its result, where both together say something.
    pub fn token_of_method(&self, receiver: &str, method: &str) -> Option<TokenKind> {
        let (receiver, method) = (words::split(receiver), words::split(method));
        let is_of = |of: &String| receiver.iter().map(String::as_str).eq(of.split(' '));
        self.names.iter().find(|table| table.of.iter().any(is_of) && table.says(&method)).map(|table| table.kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_is_told_by_its_object() {
        let rules = Rules::load(&[]).unwrap();
        assert_eq!(rules.token_of_method("user", "getIdToken"), Some(TokenKind::Other));
        assert_eq!(rules.token_of_method("userService", "getIdToken"), None);
        assert_eq!(rules.token_of_method("user", "getName"), None);
        assert_eq!(rules.token_name("getIdToken"), Some(TokenKind::Id));
    }
}
