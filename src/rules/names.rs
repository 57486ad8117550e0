//! What names say of tokens and users.

use super::schema::{NameTable, SubjectKind, SubjectTable, TokenKind};
use super::{Rules, words};
use std::sync::Arc;

impl Rules {
    /// What a name says of the token it holds.
    pub fn token_name(&self, name: &str) -> Option<TokenKind> {
        if !self.may_name_token(name) {
            return None;
        }
        let words = words::split(name);
        self.names.iter().find(|table| table.of.is_empty() && self.says_so(table, &words)).map(|table| table.kind)
    }

    /// Whether words hold one of a table's phrases, and none that rules it out.
    fn says_so(&self, table: &NameTable, words: &[String]) -> bool {
        let holds = |phrase: &String| words::has(words, phrase);
        table.words.iter().any(holds) && !self.any_of(&table.except, holds) && self.any_of(&table.words, holds)
    }

    /// Whether a name holds a word of any phrase: most do not.
    fn may_name_token(&self, name: &str) -> bool {
        self.name_hints.as_ref().is_none_or(|hints| hints.is_match(name))
    }

    /// Whose id the access path `path` (names from the outside in) holds, as far as its names say. A capital begins a
    /// type's name, which is compared as it is written. With `is_entry`, the first is a key of a store.
    pub fn subject_name(&self, path: &[Arc<str>], is_entry: bool) -> Option<SubjectKind> {
        let same = |name: &Arc<str>, wanted: &str| match wanted.starts_with(char::is_uppercase) {
            true => **name == *wanted,
            false => words::letters(name).eq(words::letters(wanted)),
        };
        let occurs = |path: &[Arc<str>], wanted: &String| {
            let wanted: Vec<&str> = wanted.split('.').collect();
            path.windows(wanted.len()).any(|window| window.iter().zip(&wanted).all(|(name, wanted)| same(name, wanted)))
        };
        let counts = |table: &&SubjectTable| {
            // a member has the name of what holds it before it; what comes behind are the variables that it is kept in
            let has_holder = table.member && !is_entry;
            let path = if has_holder { path.get(1..).unwrap_or_default() } else { path };
            self.any_of(&table.path, |wanted| occurs(path, wanted))
        };
        self.subjects.iter().find(counts).map(|table| table.kind)
    }

    /// Whose id is handed to a function, as far as its name says.
    pub fn subject_within(&self, function: &str) -> Option<SubjectKind> {
        let words = words::split(function);
        let says = |table: &&SubjectTable| self.any_of(&table.within, |phrase| words::has(&words, phrase));
        self.subjects.iter().find(says).map(|table| table.kind)
    }

    /// What the names of a method and of what it is called on say of its result, where both together say something.
    pub fn token_of_method(&self, receiver: &str, method: &str) -> Option<TokenKind> {
        if !self.may_name_token(method) {
            return None;
        }
        let (receiver, method) = (words::split(receiver), words::split(method));
        let is_of = |of: &String| receiver.iter().map(String::as_str).eq(of.split(' '));
        self.names
            .iter()
            .find(|table| self.says_so(table, &method) && self.any_of(&table.of, is_of))
            .map(|table| table.kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_is_told_by_its_object() {
        let rules = Rules::load(&[], &[]).unwrap();
        assert_eq!(rules.token_of_method("user", "getIdToken"), Some(TokenKind::Other));
        assert_eq!(rules.token_of_method("userService", "getIdToken"), None);
        assert_eq!(rules.token_of_method("user", "getName"), None);
        assert_eq!(rules.token_name("getIdToken"), Some(TokenKind::Id));
    }
}
