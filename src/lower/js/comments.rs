//! Comments and statements of JavaScript and TypeScript.

use crate::lower::Syntax;
use crate::lower::comments::Comments;
use crate::text::Span;
use std::ops::Range;
use tree_sitter::{Node, Tree};

/// Nodes that are statements, or parts that can stand on lines of their own.
const UNITS: &[&str] = &[
    "lexical_declaration",
    "variable_declaration",
    "pair",
    "method_definition",
    "field_definition",
    "public_field_definition",
    "jsx_attribute",
];

/// What a compound statement holds: its head ends where this begins.
const BODIES: &[&str] = &["body", "consequence"];

/// The comments and statements of parts of a text.
pub(crate) fn comments(syntax: Syntax, text: &str, parts: &[Range<usize>]) -> Comments {
    let mut found = Comments::default();
    if let Ok(parsed) = super::parse(syntax, text, parts) {
        parsed.trees.iter().for_each(|tree| collect(tree, &mut found));
    }
    found
}

fn collect(tree: &Tree, into: &mut Comments) {
    let mut cursor = tree.walk();
    loop {
        let node = cursor.node();
        match node.kind() {
            "comment" | "html_comment" => into.comments.push(Span::new(node.start_byte(), node.end_byte())),
            "statement_block" => {}
            kind if UNITS.contains(&kind) || kind.ends_with("_statement") => into.units.push(head(node)),
            _ => {}
        }
        if cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return;
            }
        }
    }
}

/// A statement without the statements it holds.
fn head(node: Node<'_>) -> Span {
    let is_compound = matches!(
        node.kind(),
        "if_statement"
            | "for_statement"
            | "for_in_statement"
            | "while_statement"
            | "switch_statement"
            | "try_statement"
            | "with_statement"
            | "labeled_statement"
    );
    let body = BODIES.iter().filter(|_| is_compound).find_map(|field| node.child_by_field_name(field));
    // with the brace that opens the body, so that its line is the head's
    let end = body.map_or(node.end_byte(), |body| (body.start_byte() + 1).min(node.end_byte()));
    Span::new(node.start_byte(), end)
}
