//! Rewrites of Rust, on its trees of tokens.

use super::Sources;
use super::edit::{Edits, each};
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::ops::Range;

/// A call of `format!` with what it is given.
struct Format {
    whole: Range<usize>,
    /// The text's literal, without its quotes.
    text: Range<usize>,
    /// Each argument behind it.
    args: Vec<Range<usize>>,
}

/// A list of tokens inside one pair of brackets.
fn lists(tokens: TokenStream, result: bool, each: &mut impl FnMut(&[TokenTree], bool)) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    each(&tokens, result);
    let mut returns_result = false;
    let mut in_signature = false;
    for (nth, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Ident(word) if word == "fn" => (in_signature, returns_result) = (true, false),
            TokenTree::Ident(word) if in_signature && word == "Result" => returns_result = true,
            TokenTree::Punct(mark) if mark.as_char() == ';' => in_signature = false,
            TokenTree::Group(group) => {
                let is_body = in_signature && group.delimiter() == Delimiter::Brace;
                // closures and asynchronous blocks return for themselves
                let before = nth.checked_sub(1).map(|before| tokens[before].to_string()).unwrap_or_default();
                let is_own = matches!(before.as_str(), "async" | "move" | "|");
                let inside = if is_body { returns_result } else { result && !is_own };
                // what a macro gets is its own business
                if before != "!" || group.delimiter() != Delimiter::Brace {
                    lists(group.stream(), inside, each);
                }
                in_signature &= !is_body;
            }
            _ => {}
        }
    }
}

fn range(token: &TokenTree) -> Range<usize> {
    token.span().byte_range()
}

/// Rewrite every file by edits of its tokens. Files with macros of their own are left alone.
fn files(sources: &Sources, rewrite: impl Fn(&str, &[TokenTree], bool, &mut Edits)) -> Option<Sources> {
    each(sources, &["rs"], |_, text| {
        if text.contains("macro_rules!") {
            return None;
        }
        let tokens: TokenStream = text.parse().ok()?;
        let mut edits = Edits::default();
        lists(tokens, false, &mut |tokens, result| rewrite(text, tokens, result, &mut edits));
        edits.apply(text).filter(|new| syn::parse_file(new).is_ok())
    })
}

/// The calls of `format!` among tokens.
fn formats(tokens: &[TokenTree]) -> Vec<Format> {
    let mut found = Vec::new();
    for window in tokens.windows(3) {
        let [TokenTree::Ident(name), TokenTree::Punct(mark), TokenTree::Group(group)] = window else { continue };
        if name != "format" || mark.as_char() != '!' || group.delimiter() != Delimiter::Parenthesis {
            continue;
        }
        let inside: Vec<TokenTree> = group.stream().into_iter().collect();
        let Some(TokenTree::Literal(literal)) = inside.first() else { continue };
        let written = literal.to_string();
        if !written.starts_with('"') || written.contains('\\') {
            continue;
        }
        let mut args: Vec<Range<usize>> = Vec::new();
        let mut at_start = false;
        for token in &inside[1..] {
            match token {
                TokenTree::Punct(mark) if mark.as_char() == ',' => at_start = true,
                token => {
                    if at_start {
                        args.push(range(token));
                        at_start = false;
                    } else if let Some(last) = args.last_mut() {
                        last.end = range(token).end;
                    }
                }
            }
        }
        let text = range(&inside[0]);
        found.push(Format {
            whole: range(&window[0]).start..range(&window[2]).end,
            text: text.start + 1..text.end - 1,
            args,
        });
    }
    found
}

/// The holes of a format's text: where, what they name, what stands behind the colon.
fn holes(text: &str) -> Option<Vec<(Range<usize>, String, String)>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = text[at..].find(['{', '}']) {
        let open = at + open;
        if text[open..].starts_with("{{") || text[open..].starts_with("}}") {
            at = open + 2;
            continue;
        }
        let close = open + text[open..].find('}')?;
        let (name, how) = text[open + 1..close].split_once(':').unwrap_or((&text[open + 1..close], ""));
        found.push((open..close + 1, name.to_owned(), how.to_owned()));
        at = close + 1;
    }
    Some(found)
}

fn with_colon(how: &str) -> String {
    if how.is_empty() { String::new() } else { format!(":{how}") }
}

/// `format!("{a}")` to `format!("{}", a)`.
pub(super) fn inline_to_positional(sources: &Sources) -> Option<Sources> {
    files(sources, |text, tokens, _, edits| {
        for format in formats(tokens).iter().filter(|format| format.args.is_empty()) {
            let written = &text[format.text.clone()];
            let Some(holes) = holes(written).filter(|holes| !holes.is_empty()) else { continue };
            if holes.iter().any(|(_, name, how)| name.is_empty() || how.contains('$')) {
                continue;
            }
            let mut inner = Edits::default();
            for (at, _, how) in &holes {
                inner.replace(at.clone(), format!("{{{}}}", with_colon(how)));
            }
            let names: Vec<&str> = holes.iter().map(|(_, name, _)| name.as_str()).collect();
            if let Some(new) = inner.apply(written) {
                edits.replace(format.whole.clone(), format!("format!(\"{new}\", {})", names.join(", ")));
            }
        }
    })
}

/// `format!("{}", a)` to `format!("{a}")`, and any other argument to a name of its own: `format!("{x0}", x0 = f())`.
pub(super) fn positional_to_inline(sources: &Sources) -> Option<Sources> {
    files(sources, |text, tokens, _, edits| {
        for format in formats(tokens) {
            let written = &text[format.text.clone()];
            let Some(holes) = holes(written) else { continue };
            let is_plain = holes.iter().all(|(_, name, how)| name.is_empty() && !how.contains('$'));
            if !is_plain || holes.is_empty() || holes.len() != format.args.len() {
                continue;
            }
            let mut inner = Edits::default();
            let mut rest = Vec::new();
            for (nth, ((at, _, how), arg)) in holes.iter().zip(&format.args).enumerate() {
                let arg = &text[arg.clone()];
                let is_name = arg.chars().all(|c| c.is_alphanumeric() || c == '_') && arg != "self";
                let name = if is_name { arg.to_owned() } else { format!("x{nth}") };
                if !is_name {
                    rest.push(format!(", {name} = {arg}"));
                }
                inner.replace(at.clone(), format!("{{{name}{}}}", with_colon(how)));
            }
            if let Some(new) = inner.apply(written) {
                edits.replace(format.whole.clone(), format!("format!(\"{new}\"{})", rest.concat()));
            }
        }
    })
}

/// `format!(…)` to `{ let joined = format!(…); joined }`.
pub(super) fn texts_in_a_binding(sources: &Sources) -> Option<Sources> {
    files(sources, |_, tokens, _, edits| {
        for format in formats(tokens) {
            edits.insert(format.whole.start, "{ let joined = ");
            edits.insert(format.whole.end, "; joined }");
        }
    })
}

/// `format!(…)` to `(|| format!(…))()`.
pub(super) fn texts_from_a_closure(sources: &Sources) -> Option<Sources> {
    files(sources, |text, tokens, _, edits| {
        for format in formats(tokens) {
            // neither leaves a closure as it leaves a function
            if text[format.whole.clone()].contains(['?']) || text[format.whole.clone()].contains(".await") {
                continue;
            }
            edits.insert(format.whole.start, "(|| ");
            edits.insert(format.whole.end, ")()");
        }
    })
}

/// `let a = b?;` to `let a = match b { Ok(value) => value, Err(error) => return Err(error.into()) };`.
pub(super) fn question_to_match(sources: &Sources) -> Option<Sources> {
    files(sources, |text, tokens, result, edits| {
        if !result {
            return;
        }
        let mut start = None;
        for (nth, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Ident(word) if word == "let" => start = None,
                TokenTree::Punct(mark) if mark.as_char() == '=' && start.is_none() => start = tokens.get(nth + 1),
                TokenTree::Punct(mark) if mark.as_char() == ';' => {
                    let question = nth.checked_sub(1).map(|before| &tokens[before]);
                    if let (Some(start), Some(TokenTree::Punct(question))) = (start.take(), question)
                        && question.as_char() == '?'
                    {
                        let value = range(start).start..question.span().byte_range().start;
                        // `let x = if … else …?;` and its like end otherwise
                        let written = &text[value.clone()];
                        if !["if ", "match ", "let ", "|", "return "].iter().any(|begin| written.starts_with(begin))
                            && !written.contains("else")
                        {
                            edits.insert(value.start, "match ");
                            edits.replace(
                                question.span().byte_range(),
                                " { Ok(value) => value, Err(error) => return Err(error.into()) }",
                            );
                        }
                    }
                }
                _ => {}
            }
        }
    })
}

/// `if a { b } else { c }` to `if !(a) { c } else { b }`.
pub(super) fn branches_negated(sources: &Sources) -> Option<Sources> {
    files(sources, |text, tokens, _, edits| {
        for (nth, token) in tokens.iter().enumerate() {
            let is_if = matches!(token, TokenTree::Ident(word) if word == "if");
            let is_else_if = nth > 0 && matches!(&tokens[nth - 1], TokenTree::Ident(word) if word == "else");
            // a guard of an arm
            let Some(block) = tokens[nth..].iter().position(is_brace).filter(|_| is_if && !is_else_if) else {
                continue;
            };
            let condition = &tokens[nth + 1..nth + block];
            let otherwise = &tokens[nth + block + 1..];
            let [TokenTree::Ident(word), alternative, ..] = otherwise else { continue };
            let is_simple = !condition.iter().any(|token| {
                matches!(token, TokenTree::Ident(word) if ["let", "match", "unsafe"].iter().any(|other| word == other))
                    || matches!(token, TokenTree::Punct(mark) if mark.as_char() == '|' || mark.as_char() == '>')
            });
            if word != "else" || !is_brace(alternative) || condition.is_empty() || !is_simple {
                continue;
            }
            let tested = range(&condition[0]).start..range(&condition[condition.len() - 1]).end;
            let consequence = range(&tokens[nth + block]);
            let alternative = range(alternative);
            edits.replace(
                range(token).start..alternative.end,
                format!("if !({}) {} else {}", &text[tested], &text[alternative], &text[consequence]),
            );
        }
    })
}

fn is_brace(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

/// A function that joins the text of a format, called `name`, and the arguments of a call of it.
fn joining(text: &str, format: &Format, name: &str) -> Option<(String, String)> {
    let written = &text[format.text.clone()];
    let holes = holes(written).filter(|holes| !holes.is_empty())?;
    let mut inner = Edits::default();
    let (mut params, mut args) = (Vec::new(), Vec::new());
    let mut positional = format.args.iter();
    for (nth, (at, named, how)) in holes.iter().enumerate() {
        let arg = if named.is_empty() { text[positional.next()?.clone()].to_owned() } else { named.clone() };
        let is_named = |arg: &str| arg.split('=').count() > 1;
        if is_named(&arg) || !how.is_empty() {
            return None;
        }
        params.push(format!("part{nth}: impl std::fmt::Display"));
        args.push(format!("&({arg})"));
        inner.replace(at.clone(), format!("{{part{nth}}}"));
    }
    if positional.next().is_some() {
        return None;
    }
    let joined = inner.apply(written)?;
    let function = format!("fn {name}({}) -> String {{ format!(\"{joined}\") }}", params.join(", "));
    Some((function, args.join(", ")))
}

/// `format!(…)` in the methods of a type to `Self::joined(…)`, and in a function to `joined(…)`: a method or function of its
/// own.
pub(super) fn texts_from_a_method(sources: &Sources) -> Option<Sources> {
    each(sources, &["rs"], |path, text| {
        if text.contains("macro_rules!") {
            return None;
        }
        // the methods of a type may stand in several files
        let file: String = path.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        let tokens: Vec<TokenTree> = text.parse::<TokenStream>().ok()?.into_iter().collect();
        let mut edits = Edits::default();
        let mut start = 0;
        let mut count = 0;
        for (nth, token) in tokens.iter().enumerate() {
            if matches!(token, TokenTree::Punct(mark) if mark.as_char() == ';') {
                start = nth + 1;
            }
            let TokenTree::Group(group) = token else { continue };
            if group.delimiter() != Delimiter::Brace {
                continue;
            }
            let head = &tokens[start..nth];
            start = nth + 1;
            let says =
                |wanted: &str| head.iter().any(|token| matches!(token, TokenTree::Ident(word) if word == wanted));
            let (is_method, is_function) = (says("impl") && !says("for") && !says("fn"), says("fn"));
            // a constant is no place for a call
            if !is_method && !is_function {
                continue;
            }
            let mut found = Vec::new();
            lists(group.stream(), false, &mut |tokens, _| found.extend(formats(tokens)));
            for format in found {
                let name = format!("joined_{count}_{}", file.to_lowercase());
                let Some((function, args)) = joining(text, &format, &name) else { continue };
                count += 1;
                let called = if is_method { format!("Self::{name}") } else { name };
                edits.replace(format.whole.clone(), format!("{called}({args})"));
                let place = if is_method { range(token).end - 1 } else { range(token).end };
                edits.insert(place, format!("\n{function}\n"));
            }
        }
        edits.apply(text).filter(|new| syn::parse_file(new).is_ok())
    })
}
