//! Code blocks of Markdown files, in which commands and requests are shown.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use std::ops::Range;

/// Where the code blocks of a text are, without their fences.
pub fn blocks(text: &str) -> Vec<Range<usize>> {
    let mut blocks = Vec::new();
    let mut open: Option<Option<Range<usize>>> = None;
    for (event, range) in Parser::new_ext(text, Options::empty()).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(_)) => open = Some(None),
            Event::End(TagEnd::CodeBlock) => blocks.extend(open.take().flatten()),
            Event::Text(_) => {
                if let Some(block) = &mut open {
                    let start = block.as_ref().map_or(range.start, |block| block.start);
                    *block = Some(start..range.end);
                }
            }
            _ => {}
        }
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_blocks_are_found() {
        let text =
            "# É\n\n`curl a`\n\n```sh\ncurl b \\\n  c\n```\n\n    curl d\n\n> ~~~\n> curl e\n> ~~~\n\n```\n```\n";
        let found: Vec<&str> = blocks(text).into_iter().map(|range| text[range].trim()).collect();
        assert_eq!(found, ["curl b \\\n  c", "curl d", "curl e"]);
    }
}
