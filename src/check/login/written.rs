//! What is written in options, bodies and queries, in whichever of the forms they have: objects, with what is spread into them,
//! queries made of them, pairs, texts of forms.
//!
//! Must not know what an option means.

use crate::eval::value::{Ctx, Node, Pattern, Piece, Traced, Vals, Value};
use crate::eval::{Eval, Site};
use crate::ir::{BindingId, Expr, Key, Lit, Prop};
use crate::rules::slot::{Base, Into, Slot};
use crate::rules::{Fact, Rules};

/// Stands for what is not known in the text of an option.
pub(super) const HOLE: char = '\u{0}';

/// Objects within objects that are looked into for an option.
const SPREADS: u8 = 8;

/// What an option holds.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(in crate::check) enum Held {
    /// It is not given.
    #[default]
    Nothing,
    /// It is given, but not known, or it may be given where it cannot be seen.
    Unknown,
    /// These texts, of which one counts.
    Texts(Vec<String>),
    /// A list of so many.
    List(Vec<String>),
}

/// The value at the end of a way into a literal, where all of it is written there.
pub(super) fn written_at(eval: &Eval<'_>, literal: Node, way: &[String]) -> Option<Node> {
    let ir = &eval.shared().project.lowered(literal.file)?.ir;
    let at = way.iter().try_fold(literal.expr, |at, name| ir.member_of(at, name))?;
    Some(Node { file: literal.file, expr: ir.strip(at) })
}

/// The value at the end of a way into an object, where that is written: in a literal, or in one that is spread into it.
pub(in crate::check) fn told_at(eval: &mut Eval<'_>, objects: &[Traced], way: &[String]) -> Option<Node> {
    told_within(eval, objects, way, SPREADS)
}

fn told_within(eval: &mut Eval<'_>, objects: &[Traced], way: &[String], depth: u8) -> Option<Node> {
    let objects = eval.whole_exports(objects.to_vec());
    let [Traced { value: Value::Object(object), .. }] = objects.as_slice() else { return None };
    let (name, rest) = way.split_first().filter(|_| depth > 0)?;
    for part in object.parts.iter().rev() {
        if let Some(found) = told_within(eval, part, way, depth - 1) {
            return Some(found);
        }
    }
    let file = object.node.file;
    let ir = &eval.shared().project.lowered(file)?.ir;
    let Expr::Object { props, .. } = ir.expr(ir.strip(object.node.expr)) else { return None };
    for prop in props.iter().rev() {
        match prop {
            Prop::Field(Key::Name(key), value) if **key == **name => {
                let at = Node { file, expr: ir.strip(*value) };
                if rest.is_empty() {
                    return Some(at);
                }
                let inner = eval.value(at, &object.ctx);
                return told_within(eval, &inner, rest, depth - 1);
            }
            Prop::Spread(inner) => {
                let inner = eval.value(Node { file, expr: *inner }, &object.ctx);
                if let Some(found) = told_within(eval, &inner, way, depth - 1) {
                    return Some(found);
                }
            }
            _ => {}
        }
    }
    None
}

/// What values say of an option.
pub(super) fn held(eval: &mut Eval<'_>, values: &Vals) -> Held {
    let mut texts = Vec::new();
    for value in values {
        match &value.value {
            Value::Str(pattern) => texts.push(text_of(pattern)),
            Value::Null | Value::Plain => {}
            Value::Object(_) => {
                let items = list_items(eval, value);
                let items: Vec<String> = items.iter().flat_map(texts_of).collect();
                return if items.is_empty() { Held::Unknown } else { Held::List(items) };
            }
            _ => return Held::Unknown,
        }
    }
    if texts.is_empty() { Held::Nothing } else { Held::Texts(texts) }
}

/// The items of a literal list.
fn list_items(eval: &mut Eval<'_>, list: &Traced) -> Vec<Vals> {
    let Value::Object(object) = &list.value else { return Vec::new() };
    let items = eval.items(object).unwrap_or_default();
    items.iter().map(|item| eval.value(item.node, &item.ctx)).collect()
}

/// The pairs of a list of them, as forms are written: `[("username", name)]`.
pub(super) fn pairs_of(eval: &mut Eval<'_>, lists: &Vals) -> Vec<(String, Vals)> {
    let mut pairs = Vec::new();
    for list in lists {
        for item in list_items(eval, list).into_iter().flatten() {
            let mut parts = list_items(eval, &item).into_iter();
            if let (Some(name), Some(value), None) = (parts.next(), parts.next(), parts.next())
                && let [name] = texts_of(&name).as_slice()
            {
                pairs.push((name.clone(), value));
            }
        }
    }
    pairs
}

/// What a member of options or of a body may be, however that is written: an object, a query made of one, pairs, or the text of
/// a form; `None` where it is not known.
pub(in crate::check) fn member_texts(
    eval: &mut Eval<'_>,
    site: &Site,
    options: &Slot,
    name: &str,
) -> Vec<Option<String>> {
    let whole = eval.slot(options, site);
    let made = whole.iter().find_map(|value| query_call(eval.rules(), value));
    let (site, options) = match made {
        Some(call) => (Site::new(call, &site.ctx), Slot { base: Base::Arg(0), path: Vec::new() }),
        None => (site.clone(), options.clone()),
    };
    let path = options.path.iter().cloned().chain([Into::Member(name.to_owned())]).collect();
    let mut values = eval.slot(&Slot { base: options.base.clone(), path }, &site);
    let objects = if made.is_some() { eval.slot(&options, &site) } else { whole };
    let mut pairs = pairs_of(eval, &objects);
    if let Some(call) = made {
        pairs.extend(added_to(eval, call, &site.ctx));
    }
    values.extend(pairs.into_iter().filter(|(key, _)| key == name).flat_map(|(_, value)| value));
    let known = |text: String| (!text.contains(HOLE)).then_some(text);
    let mut texts: Vec<Option<String>> = texts_of(&values).into_iter().map(known).collect();
    for form in texts_of(&objects) {
        let pairs = form.split('&').filter_map(|pair| pair.split_once('='));
        texts.extend(pairs.filter(|(key, _)| key.trim() == name).map(|(_, value)| known(decoded(value.trim()))));
    }
    texts
}

/// What is added to the query or the form that a call makes, which a variable holds: names and values.
pub(super) fn added_to(eval: &mut Eval<'_>, made: Node, ctx: &Ctx) -> Vec<(String, Vals)> {
    let Some(lowered) = eval.shared().project.lowered(made.file) else { return Vec::new() };
    let (ir, rules) = (&lowered.ir, eval.rules());
    let holds = |binding: BindingId| ir.binding(binding).defs.iter().any(|def| ir.strip(def.value) == made.expr);
    let mut pairs = Vec::new();
    for &call in &ir.calls {
        let Expr::Call { callee, args, .. } = ir.expr(call) else { continue };
        let (Expr::Field { base, key: Key::Name(method) }, [key, value]) = (ir.expr(ir.strip(*callee)), &**args) else {
            continue;
        };
        let (Expr::Local(binding), Expr::Lit(Lit::Str(name))) = (ir.expr(ir.strip(*base)), ir.expr(ir.strip(key.expr)))
        else {
            continue;
        };
        if rules.query_adds.contains(&**method) && holds(*binding) {
            let values = eval.value(Node { file: made.file, expr: value.expr }, ctx);
            pairs.push((name.to_string(), values));
        }
    }
    pairs
}

/// The texts that values may be; [`HOLE`] for what is no text.
pub(super) fn texts_of(values: &Vals) -> Vec<String> {
    let text = |value: &Traced| match &value.value {
        Value::Str(pattern) => Some(text_of(pattern)),
        Value::Null => None,
        _ => Some(HOLE.to_string()),
    };
    values.iter().filter_map(text).collect()
}

/// A text with [`HOLE`] in the place of what is not known of it.
pub(in crate::check) fn text_of(pattern: &Pattern) -> String {
    let mut text = String::new();
    for piece in &pattern.pieces {
        match piece {
            Piece::Lit(literal) => text.push_str(literal),
            Piece::Hole(_) => text.push(HOLE),
        }
    }
    text
}

/// The call that made a query or a form of an object, where a value is one.
pub(super) fn query_call(rules: &Rules, value: &Traced) -> Option<Node> {
    let mut at = match &value.value {
        Value::Api(api) => Some(api.clone()),
        _ => None,
    };
    let mut steps = 0;
    while let Some(api) = at {
        if rules.facts(&api.states).any(|fact| matches!(fact, Fact::Query)) {
            return Some(api.node);
        }
        steps += 1;
        at = match api.from.as_ref().map(|from| &from.value) {
            Some(Value::Api(from)) if steps < 20 => Some(from.clone()),
            _ => None,
        };
    }
    None
}

/// A query's value without its escapes.
pub(super) fn decoded(value: &str) -> String {
    let bytes = value.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escape = (bytes[at] == b'%').then(|| value.get(at + 1..at + 3)).flatten();
        match escape.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(if bytes[at] == b'+' { b' ' } else { bytes[at] });
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::decoded;

    #[test]
    fn queries_are_read_without_their_escapes() {
        assert_eq!(decoded("token%20id_token+x"), "token id_token x");
        assert_eq!(decoded("https%3A%2F%2Fé%2"), "https://é%2");
    }
}
