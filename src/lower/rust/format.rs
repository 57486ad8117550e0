//! Format strings: literal pieces and the arguments between them.

/// A part of a format string.
#[derive(Debug, PartialEq)]
pub(super) enum Piece {
    /// Text, with `{{` and `}}` undone.
    Text(String),
    /// `{}` or `{0}`: a positional argument.
    Index(usize),
    /// `{name}`: a named argument, or a variable.
    Name(String),
}

/// Take a format string apart. What follows a `:` says how, not what, and is ignored; only `{:.*}` takes its precision
/// from a positional argument of its own, which is skipped.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut letters = text.chars().peekable();
    let mut next = 0_usize;
    while let Some(letter) = letters.next() {
        match letter {
            '{' | '}' if letters.peek() == Some(&letter) => {
                letters.next();
                literal.push(letter);
            }
            '{' => {
                if !literal.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut literal)));
                }
                let hole: String = letters.by_ref().take_while(|letter| *letter != '}').collect();
                let (what, how) = hole.split_once(':').unwrap_or((&hole, ""));
                let what = what.trim();
                if how.contains(".*") {
                    next += 1;
                }
                if what.is_empty() {
                    pieces.push(Piece::Index(next));
                    next += 1;
                } else {
                    pieces.push(what.parse().map_or_else(|_| Piece::Name(what.to_owned()), Piece::Index));
                }
            }
            letter => literal.push(letter),
        }
    }
    if !literal.is_empty() {
        pieces.push(Piece::Text(literal));
    }
    pieces
}
