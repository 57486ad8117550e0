//! From byte offsets to lines and columns.

use super::Span;

/// A position for people: both numbers are 1-based, columns count Unicode code points.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LineCol {
    /// 1-based line. LF, CRLF and a lone CR each end a line.
    pub line: u32,
    /// 1-based column in code points.
    pub column: u32,
}

/// Where the lines of one text begin.
#[derive(Clone, Debug)]
pub struct LineIndex {
    starts: Vec<u32>,
}

impl LineIndex {
    /// Index `text`.
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for at in memchr::memchr2_iter(b'\n', b'\r', bytes) {
            // the CR of a CRLF does not end the line, its LF does
            if bytes[at] == b'\r' && bytes.get(at + 1) == Some(&b'\n') {
                continue;
            }
            starts.push(u32::try_from(at + 1).unwrap_or(u32::MAX));
        }
        LineIndex { starts }
    }

    /// The position of byte `offset` of `text` (the text that was indexed).
    pub fn position(&self, text: &str, offset: u32) -> LineCol {
        let line = self.starts.partition_point(|&start| start <= offset).max(1) - 1;
        let before = text.get(self.starts[line] as usize..offset as usize).unwrap_or("");
        let narrow = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        LineCol { line: narrow(line + 1), column: narrow(before.chars().count() + 1) }
    }

    /// The positions of both ends of `span`.
    pub fn range(&self, text: &str, span: Span) -> (LineCol, LineCol) {
        (self.position(text, span.start), self.position(text, span.end))
    }

    /// The byte range of 1-based `line`, with its line end.
    pub fn line_span(&self, text: &str, line: u32) -> Span {
        let index = (line.max(1) - 1) as usize;
        let start = self.starts.get(index).map_or(text.len(), |&s| s as usize);
        let end = self.starts.get(index + 1).map_or(text.len(), |&s| s as usize);
        Span::new(start, end)
    }

    /// The number of lines.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Never: even an empty text has one line.
    pub fn is_empty(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_code_points_and_every_line_end_counts_once() {
        let text = "a\r\nbé😀c\rd\ne";
        let index = LineIndex::new(text);
        let at = |needle: &str| index.position(text, text.find(needle).unwrap() as u32);
        assert_eq!(at("c"), LineCol { line: 2, column: 4 });
        assert_eq!(at("d"), LineCol { line: 3, column: 1 });
        assert_eq!(at("e"), LineCol { line: 4, column: 1 });
        assert_eq!(index.len(), 4);
        assert_eq!(&text[index.line_span(text, 2).range()], "bé😀c\r");
    }
}
