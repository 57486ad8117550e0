//! Rewrites of JavaScript and TypeScript, each on the syntax tree.

use super::Sources;
use super::edit::{Edits, each};
use std::collections::BTreeMap;
use tree_sitter::{Language, Node, Parser, Tree};

const SCRIPTS: &[&str] = &["js", "jsx", "mjs", "cjs", "ts", "tsx"];

fn parse(path: &str, text: &str) -> Option<Tree> {
    let language: Language = match path.rsplit('.').next()? {
        "ts" => tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(),
        "tsx" => tree_sitter_typescript::LANGUAGE_TSX.into(),
        _ => tree_sitter_javascript::LANGUAGE.into(),
    };
    let mut parser = Parser::new();
    parser.set_language(&language).ok()?;
    // what does not parse is left alone
    parser.parse(text, None).filter(|tree| !tree.root_node().has_error())
}

/// Every node below `node`, itself first.
fn all(node: Node<'_>) -> Vec<Node<'_>> {
    let mut found = Vec::new();
    let mut open = vec![node];
    while let Some(node) = open.pop() {
        found.push(node);
        let mut cursor = node.walk();
        let children: Vec<Node<'_>> = node.children(&mut cursor).collect();
        open.extend(children.into_iter().rev());
    }
    found
}

fn of<'t>(text: &'t str, node: Node<'_>) -> &'t str {
    &text[node.byte_range()]
}

/// Rewrite every script by edits of its tree.
fn scripts(sources: &Sources, rewrite: impl Fn(&str, Node<'_>, &mut Edits)) -> Option<Sources> {
    each(sources, SCRIPTS, |path, text| {
        let tree = parse(path, text)?;
        let mut edits = Edits::default();
        rewrite(text, tree.root_node(), &mut edits);
        // a rewrite that breaks the syntax is none
        edits.apply(text).filter(|new| parse(path, new).is_some())
    })
}

/// Whether one of these words stands anywhere in a node as a keyword or identifier.
fn says(text: &str, node: Node<'_>, words: &[&str]) -> bool {
    all(node).iter().any(|inner| inner.child_count() == 0 && words.contains(&of(text, *inner)))
}

fn parent_is(node: Node<'_>, kinds: &[&str]) -> bool {
    node.parent().is_some_and(|parent| kinds.contains(&parent.kind()))
}

/// `` `a${b}` `` to `("a" + (b))`.
pub(super) fn templates_to_sums(sources: &Sources) -> Option<Sources> {
    scripts(sources, |text, root, edits| {
        for node in all(root) {
            let is_tagged = node.parent().is_some_and(|parent| {
                parent.kind() == "call_expression" && parent.child_by_field_name("arguments") == Some(node)
            });
            if node.kind() != "template_string" || is_tagged || parent_is(node, &["template_literal_type"]) {
                continue;
            }
            if of(text, node).contains(['\\', '\n', '"', '\r'])
                || text[node.start_byte() + 1..node.end_byte()].matches('`').count() > 1
            {
                continue;
            }
            let mut parts = vec!["\"\"".to_owned()];
            let mut from = node.start_byte() + 1;
            let mut cursor = node.walk();
            for hole in node.children(&mut cursor).filter(|child| child.kind() == "template_substitution") {
                parts.push(format!("\"{}\"", &text[from..hole.start_byte()]));
                parts.push(format!("({})", &text[hole.start_byte() + 2..hole.end_byte() - 1]));
                from = hole.end_byte();
            }
            parts.push(format!("\"{}\"", &text[from..node.end_byte() - 1]));
            edits.replace(node.byte_range(), format!("({})", parts.join(" + ")));
        }
    })
}

/// `"a" + b` to `` `a${b}` ``, where the first operand is a text.
pub(super) fn sums_to_templates(sources: &Sources) -> Option<Sources> {
    scripts(sources, |text, root, edits| {
        let is_sum = |node: Node<'_>| {
            node.kind() == "binary_expression"
                && node.child_by_field_name("operator").is_some_and(|operator| of(text, operator) == "+")
        };
        for node in all(root) {
            if !is_sum(node) || node.parent().is_some_and(is_sum) || of(text, node).contains(['`', '\\']) {
                continue;
            }
            let mut operands = Vec::new();
            let mut at = node;
            while is_sum(at) {
                operands.extend(at.child_by_field_name("right"));
                let Some(left) = at.child_by_field_name("left") else { break };
                at = left;
            }
            operands.push(at);
            operands.reverse();
            if operands.first().is_none_or(|first| first.kind() != "string") {
                continue;
            }
            let mut template = String::from("`");
            for operand in operands {
                let written = of(text, operand);
                if operand.kind() == "string" {
                    template.push_str(&written[1..written.len() - 1].replace("${", "$\\{"));
                } else {
                    template.push_str(&format!("${{{written}}}"));
                }
            }
            template.push('`');
            edits.replace(node.byte_range(), template);
        }
    })
}

/// `a.b` to `a["b"]`.
pub(super) fn members_in_brackets(sources: &Sources) -> Option<Sources> {
    scripts(sources, |text, root, edits| {
        for node in all(root) {
            let (Some(object), Some(property)) =
                (node.child_by_field_name("object"), node.child_by_field_name("property"))
            else {
                continue;
            };
            let is_plain = node.kind() == "member_expression" && property.kind() == "property_identifier";
            let is_special = matches!(object.kind(), "import" | "super")
                || parent_is(
                    node,
                    &[
                        "decorator",
                        "new_expression",
                        "jsx_opening_element",
                        "jsx_self_closing_element",
                        "jsx_closing_element",
                        "extends_clause",
                        "class_heritage",
                    ],
                );
            // CommonJS is told by its form, and so are prototypes
            let is_form = matches!(of(text, object), "module" | "exports" | "module.exports")
                || of(text, property) == "prototype"
                || of(text, property) == "exports"
                || of(text, node).contains(".prototype");
            let of_type = parent_is(node, &["nested_type_identifier", "type_query"]);
            if !is_plain || is_special || is_form || of_type {
                continue;
            }
            let is_optional = text[object.end_byte()..property.start_byte()].contains("?.");
            // comments between them stay out of it
            let between = text[object.end_byte()..property.start_byte()].trim();
            if between != "." && between != "?." {
                continue;
            }
            let dot = if is_optional { "?." } else { "" };
            edits.replace(object.end_byte()..property.end_byte(), format!("{dot}[\"{}\"]", of(text, property)));
        }
    })
}

/// `{ a }` to `{ a: a }`.
pub(super) fn shorthand_written_out(sources: &Sources) -> Option<Sources> {
    scripts(sources, |text, root, edits| {
        for node in all(root) {
            if matches!(node.kind(), "shorthand_property_identifier" | "shorthand_property_identifier_pattern")
                && parent_is(node, &["object", "object_pattern"])
            {
                edits.insert(node.start_byte(), format!("{}: ", of(text, node)));
            }
        }
    })
}

/// Containers that make objects of these functions.
const CONSTRUCTED: &[&str] = &["service", "controller", "provider", "component", "directive"];

/// `function (a) { … }` to `(a) => { … }`, where nothing tells them apart.
pub(super) fn functions_to_arrows(sources: &Sources) -> Option<Sources> {
    scripts(sources, |text, root, edits| {
        for node in all(root) {
            if node.kind() != "function_expression"
                || node.child_by_field_name("name").is_some()
                || node.child_by_field_name("type_parameters").is_some()
                || says(text, node, &["this", "arguments", "super", "new.target"])
            {
                continue;
            }
            let (Some(parameters), Some(body)) =
                (node.child_by_field_name("parameters"), node.child_by_field_name("body"))
            else {
                continue;
            };
            let mut around = node.parent();
            let mut is_constructed = parent_is(
                node,
                &[
                    "call_expression",
                    "new_expression",
                    "assignment_expression",
                    "binary_expression",
                    "member_expression",
                ],
            ) || text.contains(".prototype");
            for _ in 0..3 {
                if let Some(call) = around.filter(|around| around.kind() == "call_expression") {
                    let callee =
                        call.child_by_field_name("function").map(|callee| of(text, callee)).unwrap_or_default();
                    is_constructed |= CONSTRUCTED.iter().any(|name| callee.ends_with(&format!(".{name}")));
                }
                around = around.and_then(|around| around.parent());
            }
            // a name that is made with `new`
            if let Some(name) = node.parent().and_then(|parent| parent.child_by_field_name("name")) {
                is_constructed |= text.contains(&format!("new {}", of(text, name)));
            }
            if is_constructed {
                continue;
            }
            let is_async = of(text, node).starts_with("async");
            let start = if is_async { "async " } else { "" };
            let head = &text[parameters.start_byte()..body.start_byte()];
            edits.replace(
                node.start_byte()..body.start_byte(),
                format!("{start}{}=> ", head.trim_end().to_owned() + " "),
            );
        }
    })
}

/// `(a) => b` to `function (a) { return b; }`, where nothing tells them apart.
pub(super) fn arrows_to_functions(sources: &Sources) -> Option<Sources> {
    scripts(sources, |text, root, edits| {
        for node in all(root) {
            if node.kind() != "arrow_function"
                || node.child_by_field_name("type_parameters").is_some()
                || node.child_by_field_name("return_type").is_some()
                || says(text, node, &["this", "arguments", "super", "new.target"])
                || parent_is(node, &["public_field_definition", "field_definition", "export_statement"])
                // an inner one is rewritten by itself
                || all(node).iter().skip(1).any(|inner| inner.kind() == "arrow_function")
            {
                continue;
            }
            let Some(body) = node.child_by_field_name("body") else { continue };
            let parameters = match (node.child_by_field_name("parameters"), node.child_by_field_name("parameter")) {
                (Some(parameters), _) => of(text, parameters).to_owned(),
                (None, Some(parameter)) => format!("({})", of(text, parameter)),
                (None, None) => continue,
            };
            let is_async = of(text, node).starts_with("async");
            let start = if is_async { "async " } else { "" };
            let written = of(text, body);
            // a marked line stays the line it is
            let body = match body.kind() {
                "statement_block" => written.to_owned(),
                _ if written.contains("//") && written.contains('\n') => continue,
                _ => format!("{{ return {written}; }}"),
            };
            let is_called = parent_is(node, &["parenthesized_expression"]);
            let function = format!("{start}function {parameters} {body}");
            edits.replace(node.byte_range(), if is_called { function } else { format!("({function})") });
        }
    })
}

/// `const` to `let`.
pub(super) fn constants_to_variables(sources: &Sources) -> Option<Sources> {
    scripts(sources, |text, root, edits| {
        for node in all(root) {
            if node.kind() == "lexical_declaration"
                && let Some(word) = node.child(0).filter(|word| of(text, *word) == "const")
                && node.child(1).is_none_or(|next| of(text, next) != "enum")
            {
                edits.replace(word.byte_range(), "let");
            }
        }
    })
}

/// `if (a) b else c` to `if (!(a)) c else b`.
pub(super) fn branches_negated(sources: &Sources) -> Option<Sources> {
    scripts(sources, |text, root, edits| {
        for node in all(root) {
            let field = |name: &str| node.child_by_field_name(name);
            if node.kind() == "ternary_expression"
                && let (Some(condition), Some(consequence), Some(alternative)) =
                    (field("condition"), field("consequence"), field("alternative"))
                && !of(text, node).contains("//")
            {
                let (condition, consequence, alternative) =
                    (of(text, condition), of(text, consequence), of(text, alternative));
                edits.replace(node.byte_range(), format!("!({condition}) ? {alternative} : {consequence}"));
            }
            let otherwise = field("alternative").and_then(|clause| clause.named_child(0));
            if node.kind() == "if_statement"
                && let (Some(condition), Some(consequence), Some(alternative)) =
                    (field("condition"), field("consequence"), otherwise)
                && consequence.kind() == "statement_block"
                && alternative.kind() == "statement_block"
            {
                let (condition, consequence, alternative) =
                    (of(text, condition), of(text, consequence), of(text, alternative));
                edits.replace(node.byte_range(), format!("if (!{condition}) {alternative} else {consequence}"));
            }
        }
    })
}

/// Texts that are joined from parts, given to a call, each with the statement in which that stands.
fn joined_arguments<'t>(text: &str, root: Node<'t>) -> Vec<(Node<'t>, Node<'t>)> {
    let mut found = Vec::new();
    for node in all(root) {
        let is_template = node.kind() == "template_string" && of(text, node).contains("${");
        let is_sum = node.kind() == "binary_expression"
            && of(text, node).contains(['"', '\''])
            && node.child_by_field_name("operator").is_some_and(|operator| of(text, operator) == "+");
        if !(is_template || is_sum)
            || !parent_is(node, &["arguments"])
            || says(text, node, &["await", "yield", "arguments"])
            || of(text, node).contains("//~")
        {
            continue;
        }
        // up to the statement, through nothing that runs later or perhaps
        let mut at = node;
        let statement = loop {
            let Some(parent) = at.parent() else { break None };
            match parent.kind() {
                "statement_block" | "program" => break Some(at),
                "arguments"
                | "call_expression"
                | "member_expression"
                | "await_expression"
                | "return_statement"
                | "expression_statement"
                | "variable_declarator"
                | "lexical_declaration" => at = parent,
                _ => break None,
            }
        };
        if let Some(statement) = statement
            && matches!(statement.kind(), "return_statement" | "expression_statement" | "lexical_declaration")
            && !found.iter().any(|(_, known): &(Node<'_>, Node<'_>)| known.id() == statement.id())
        {
            found.push((node, statement));
        }
    }
    found
}

/// `f(`a${b}`)` to `const joined = `a${b}`; f(joined)`.
pub(super) fn texts_in_a_constant(sources: &Sources) -> Option<Sources> {
    scripts(sources, |text, root, edits| {
        for (nth, (node, statement)) in joined_arguments(text, root).into_iter().enumerate() {
            edits.insert(statement.start_byte(), format!("const joined{nth} = {}; ", of(text, node)));
            edits.replace(node.byte_range(), format!("joined{nth}"));
        }
    })
}

/// `f(`a${b}`)` to `f((() => `a${b}`)())`.
pub(super) fn texts_from_a_function(sources: &Sources) -> Option<Sources> {
    scripts(sources, |text, root, edits| {
        for (node, _) in joined_arguments(text, root) {
            edits.insert(node.start_byte(), "(() => ");
            edits.insert(node.end_byte(), ")()");
        }
    })
}

/// The pattern and the value of `const a = await b;`.
fn awaited(statement: Node<'_>) -> Option<(Node<'_>, Node<'_>)> {
    let is_one = statement.kind() == "lexical_declaration" && statement.named_child_count() == 1;
    let declarator = statement.named_child(0).filter(|_| is_one)?;
    let value = declarator.child_by_field_name("value").filter(|value| value.kind() == "await_expression")?;
    let is_typed = declarator.child_by_field_name("type").is_some();
    Some((declarator.child_by_field_name("name")?, value.named_child(0)?)).filter(|_| !is_typed)
}

/// `const a = await b; …` to `return Promise.resolve(b).then(async (a) => { … })`, at the top of an asynchronous function.
pub(super) fn await_to_then(sources: &Sources) -> Option<Sources> {
    scripts(sources, |text, root, edits| {
        for function in all(root) {
            let is_async = of(text, function).starts_with("async")
                || function.kind() == "method_definition" && of(text, function).contains("async ");
            let is_function =
                matches!(function.kind(), "arrow_function" | "function_declaration" | "function_expression");
            let Some(body) = function.child_by_field_name("body").filter(|body| body.kind() == "statement_block")
            else {
                continue;
            };
            if !is_async || !is_function || says(text, function, &["arguments", "yield"]) {
                continue;
            }
            let mut cursor = body.walk();
            let statements: Vec<Node<'_>> =
                body.named_children(&mut cursor).filter(|statement| statement.kind() != "comment").collect();
            let Some((nth, (name, value))) =
                statements.iter().enumerate().find_map(|(nth, statement)| Some((nth, awaited(*statement)?)))
            else {
                continue;
            };
            let Some(first) = statements.get(nth + 1) else { continue };
            let rest = &text[statements[nth].end_byte()..body.end_byte() - 1];
            // what is declared behind it may be used before
            if statements[nth + 1..].iter().any(|statement| statement.kind() == "function_declaration")
                || first.start_byte() > body.end_byte()
            {
                continue;
            }
            edits.replace(
                statements[nth].start_byte()..body.end_byte() - 1,
                format!(
                    "return Promise.resolve({}).then(async ({}) => {{{rest}}});\n",
                    of(text, value),
                    of(text, name)
                ),
            );
        }
    })
}

/// A module that others import moves to another file, and its place hands everything on.
pub(super) fn modules_behind_a_barrel(sources: &Sources) -> Option<Sources> {
    let is_listed = |ending: &str| sources.iter().any(|(path, _)| path.ends_with(ending));
    if is_listed(".json") || is_listed(".html") || is_listed(".vue") || is_listed(".svelte") || is_listed(".astro") {
        return None;
    }
    let mut new = Sources::new();
    let mut any = false;
    for (path, text) in sources {
        let (stem, ending) = path.rsplit_once('.')?;
        let name = stem.rsplit('/').next().unwrap_or(stem);
        let imported = sources
            .iter()
            .any(|(_, other)| other.contains(&format!("/{name}'")) || other.contains(&format!("/{name}.{ending}'")));
        let tree = parse(path, text).filter(|_| matches!(ending, "js" | "ts"));
        let exports: Vec<bool> = tree
            .iter()
            .flat_map(|tree| all(tree.root_node()))
            .filter(|node| node.kind() == "export_statement")
            .map(|node| of(text, node).starts_with("export default") || of(text, node).contains("as default"))
            .collect();
        if !imported || exports.is_empty() || text.contains("module.exports") || name == "index" {
            new.push((path.clone(), text.clone()));
            continue;
        }
        any = true;
        let mut barrel = format!("export * from './{name}.inner';\n");
        if exports.contains(&true) {
            barrel.push_str(&format!("export {{ default }} from './{name}.inner';\n"));
        }
        new.push((path.clone(), barrel));
        new.push((format!("{stem}.inner.{ending}"), text.clone()));
    }
    any.then_some(new)
}

/// A script that stands alone runs in a function that is called at once.
pub(super) fn scripts_in_a_function(sources: &Sources) -> Option<Sources> {
    if sources.len() != 1 {
        return None;
    }
    each(sources, &["js"], |path, text| {
        let tree = parse(path, text)?;
        let is_module = all(tree.root_node()).iter().any(|node| {
            matches!(
                node.kind(),
                "import_statement" | "export_statement" | "await_expression" | "this" | "hash_bang_line"
            )
        });
        let is_common_js = text.contains("exports");
        (!is_module && !is_common_js).then(|| format!("(function () {{\n{text}\n}})();\n"))
    })
}

/// JavaScript is TypeScript, too.
pub(super) fn as_typescript(sources: &Sources) -> Option<Sources> {
    if sources.iter().any(|(path, _)| !path.ends_with(".js") && !path.ends_with(".rs")) {
        return None;
    }
    let mut any = false;
    let new = sources
        .iter()
        .map(|(path, text)| {
            let typed =
                path.strip_suffix(".js").map(|stem| format!("{stem}.ts")).filter(|typed| parse(typed, text).is_some());
            any |= typed.is_some();
            (typed.unwrap_or_else(|| path.clone()), text.clone())
        })
        .collect();
    any.then_some(new)
}

/// Variables get other names, which say the same: what a name says is evidence.
pub(super) fn locals_renamed(sources: &Sources) -> Option<Sources> {
    let whole = sources.clone();
    each(sources, SCRIPTS, |path, text| {
        let tree = parse(path, text)?;
        let nodes = all(tree.root_node());
        let mut declared: BTreeMap<&str, Vec<Node<'_>>> = BTreeMap::new();
        let mut used: BTreeMap<&str, Vec<Node<'_>>> = BTreeMap::new();
        for node in &nodes {
            match node.kind() {
                "identifier" => used.entry(of(text, *node)).or_default().push(*node),
                "variable_declarator" => {
                    if let Some(name) = node.child_by_field_name("name").filter(|name| name.kind() == "identifier") {
                        declared.entry(of(text, name)).or_default().push(name);
                    }
                }
                "shorthand_property_identifier" | "shorthand_property_identifier_pattern" | "type_identifier" => {
                    declared.entry(of(text, *node)).or_default().extend([*node, *node]);
                }
                _ => {}
            }
        }
        let mut edits = Edits::default();
        for (name, places) in declared {
            let [place] = places.as_slice() else { continue };
            // inside a function, and nowhere else
            let mut around = place.parent();
            let function = loop {
                match around {
                    Some(node)
                        if node.kind() == "statement_block"
                            && node.parent().is_some_and(|parent| parent.kind().contains("function")) =>
                    {
                        break Some(node);
                    }
                    Some(node) => around = node.parent(),
                    None => break None,
                }
            };
            let Some(function) = function else { continue };
            let uses = used.get(name).map(Vec::as_slice).unwrap_or_default();
            let is_inside = uses
                .iter()
                .all(|node| node.start_byte() >= function.start_byte() && node.end_byte() <= function.end_byte());
            let elsewhere = whole.iter().any(|(other, text)| other != path && text.contains(name));
            if !is_inside || elsewhere {
                continue;
            }
            for node in uses {
                edits.replace(node.byte_range(), format!("{name}_1"));
            }
        }
        edits.apply(text)
    })
}

/// What `then` is given to, the pattern and the body of its function, in `return a.then((b) => …);`.
fn then_returned(statement: Node<'_>) -> Option<(Node<'_>, Option<Node<'_>>, Node<'_>)> {
    let call = statement.named_child(0).filter(|call| call.kind() == "call_expression")?;
    let callee = call.child_by_field_name("function").filter(|callee| callee.kind() == "member_expression")?;
    let arguments = call.child_by_field_name("arguments").filter(|list| list.named_child_count() == 1)?;
    let arrow = arguments.named_child(0).filter(|arrow| arrow.kind() == "arrow_function")?;
    let pattern = match arrow.child_by_field_name("parameter") {
        Some(single) => Some(single),
        None => {
            let list = arrow.child_by_field_name("parameters").filter(|list| list.named_child_count() < 2)?;
            list.named_child(0)
        }
    };
    // a default or `...rest` is no pattern that is declared alone
    let is_pattern = |node: Node<'_>| {
        matches!(node.kind(), "identifier" | "object_pattern" | "array_pattern" | "required_parameter")
    };
    if pattern.is_some_and(|pattern| !is_pattern(pattern)) {
        return None;
    }
    Some((callee.child_by_field_name("object")?, pattern, arrow.child_by_field_name("body")?))
        .filter(|_| callee.child_by_field_name("property").is_some_and(|name| name.byte_range().len() == "then".len()))
}

/// `return a.then((b) => c);` to `{ const b = await (a); return (c); }`, where the function only returns so; it becomes
/// asynchronous.
pub(super) fn then_to_await(sources: &Sources) -> Option<Sources> {
    scripts(sources, |text, root, edits| {
        for function in all(root) {
            let is_function =
                matches!(function.kind(), "arrow_function" | "function_declaration" | "function_expression");
            let Some(body) = function.child_by_field_name("body").filter(|body| body.kind() == "statement_block")
            else {
                continue;
            };
            let is_plain = !of(text, function).starts_with("async") && !says(text, function, &["arguments", "yield"]);
            let Some(last) = body.named_child(body.named_child_count().saturating_sub(1) as u32) else { continue };
            let returns = all(body).into_iter().filter(|node| node.kind() == "return_statement");
            let own = returns.filter(|node| {
                let mut at = *node;
                while let Some(parent) = at.parent() {
                    if parent.id() == body.id() {
                        return true;
                    }
                    if parent.child_by_field_name("body").is_some_and(|inner| inner.id() == at.id())
                        && parent.kind().contains("function")
                    {
                        return false;
                    }
                    at = parent;
                }
                false
            });
            if !is_function || !is_plain || last.kind() != "return_statement" || own.count() != 1 {
                continue;
            }
            let Some((promise, pattern, inner)) = then_returned(last) else { continue };
            let says_then = text[promise.end_byte()..last.end_byte()].trim_start_matches('?').starts_with(".then(")
                || text[promise.end_byte()..last.end_byte()].trim_start().starts_with(".then(");
            if !says_then || of(text, inner).starts_with("async") {
                continue;
            }
            let awaited = match pattern {
                Some(pattern) => format!("const {} = await ({});", of(text, pattern), of(text, promise)),
                None => format!("await ({});", of(text, promise)),
            };
            let rest = match inner.kind() {
                "statement_block" => of(text, inner).to_owned(),
                _ => format!("return ({});", of(text, inner)),
            };
            edits.insert(function.start_byte(), "async ");
            edits.replace(last.byte_range(), format!("{{ {awaited} {rest} }}"));
        }
    })
}
