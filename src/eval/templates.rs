//! Texts made of templates: what is replaced in them, and what a list's elements make of a first value one after the other.

use super::calls::Site;
use super::engine::{ALTERNATIVES, Eval};
use super::matching::compiled;
use super::value::{Args, Closure, Handed, Node, Pattern, Piece, Reason, Traced, Vals, Value};
use crate::ir::{Expr, Lang, Name};
use crate::project::PlaceKey;
use crate::rules::path::Step;
use crate::rules::slot::{Base, Into, Slot};
use crate::rules::{Fact, PassFact};
use std::rc::Rc;

/// Elements that are gone through one by one.
const ELEMENTS: usize = 32;
/// The places in a template: `${id}`, `{{id}}`, `{id}`, `:id` of a path.
const PLACES: &str = r"/\$?\{+\s*([A-Za-z_]\w*)\s*\}+|:([A-Za-z_]\w*)/g";

impl<'s> Eval<'s> {
    /// What a call is called on, with one text in it replaced by another; as it is where that text is not known or not
    /// seen in it.
    pub(crate) fn replaced(&mut self, what: &Slot, by: &Slot, every: bool, site: &Site) -> Vals {
        let Some(receiver) = site.receiver.clone() else { return Vals::new() };
        let Value::Str(text) = &receiver.value else { return vec![receiver] };
        let is_rust = self.lowered(site.node.file).is_some_and(|lowered| lowered.ir.lang == Lang::Rust);
        let mut values = Vals::new();
        for needle in self.slot(what, site).iter().take(ALTERNATIVES) {
            let cut = match &needle.value {
                Value::Str(wanted) => wanted.text().and_then(|wanted| cut_at_text(text, wanted, every || is_rust)),
                Value::Regex(expression) => cut_at(text, expression, every),
                _ => None,
            };
            let Some(pieces) = cut else {
                values.push(receiver.clone());
                continue;
            };
            let mut parts = Vec::with_capacity(pieces.len());
            for piece in pieces {
                parts.push(match piece {
                    Found::Rest(rest) => vec![Traced::new(Value::Str(rest))],
                    Found::Here(groups) => self.replacement(by, &groups, site),
                });
            }
            if parts.iter().any(Vec::is_empty) {
                values.push(receiver.clone());
            } else {
                let joined = self.join(parts);
                values.extend(joined.into_iter().map(|made| Traced { trail: receiver.trail.clone(), ..made }));
            }
        }
        if values.is_empty() { vec![receiver] } else { values }
    }

    /// What stands in the place of what was found: a text, or what a function makes of it and its groups.
    fn replacement(&mut self, by: &Slot, groups: &[String], site: &Site) -> Vals {
        let mut values = Vals::new();
        for value in self.slot(by, site) {
            match &value.value {
                Value::Func(closure) => {
                    let given = groups.iter().map(|group| vec![Traced::new(Value::Str(Pattern::lit(group)))]).collect();
                    values.extend(self.result(closure, Args::Given(given), None));
                }
                Value::Str(text) if text.text().is_some_and(|text| text.contains('$')) => {
                    let mut filled = text.text().unwrap_or_default().to_owned();
                    for (nth, group) in groups.iter().enumerate().rev() {
                        filled = filled.replace(&format!("${nth}"), group);
                    }
                    let whole = groups.first().map_or("", String::as_str);
                    values.push(Traced::new(Value::Str(Pattern::lit(&filled.replace("$&", whole)))));
                }
                _ => values.push(value),
            }
        }
        values
    }

    /// What a function makes of a first value and the elements of a list, one after the other. Of a list that is not
    /// known: what it makes of one element that is not.
    pub(crate) fn folded(&mut self, list: &Slot, function: &Slot, first: &Slot, site: &Site) -> Vals {
        let functions: Vec<Rc<Closure>> = self
            .slot(function, site)
            .into_iter()
            .filter_map(|value| match value.value {
                Value::Func(closure) => Some(closure),
                _ => None,
            })
            .collect();
        let mut values = Vals::new();
        for closure in functions {
            let mut made = self.slot(first, site);
            let items = self.listed_items(list, site).filter(|items| items.len() <= ELEMENTS);
            let unknown = || vec![vec![Traced::new(Value::unknown(Reason::DynamicKey, Vec::new()))]];
            let is_known = items.is_some();
            for (nth, item) in items.unwrap_or_else(unknown).into_iter().enumerate() {
                if made.is_empty() {
                    if !is_known {
                        break;
                    }
                    made = item;
                    continue;
                }
                let place = vec![Traced::new(Value::Str(Pattern::lit(&nth.to_string())))];
                let next = self.result(&closure, Args::Given(vec![made.clone(), item, place]), None);
                let blank = next.iter().all(|value| value.value.is_unknown() || matches!(value.value, Value::Null));
                if blank {
                    break;
                }
                made = next;
                made.truncate(ALTERNATIVES);
            }
            values.extend(made);
        }
        values
    }

    /// The elements of a list, where each of them is known: of a literal, or of an object's keys or pairs.
    fn listed_items(&mut self, list: &Slot, site: &Site) -> Option<Vec<Vals>> {
        if let Some((pass, made)) = self.listing(list, site) {
            let mut items: Vec<(Name, Vals)> = Vec::new();
            let object = pass.keys.as_ref().or(pass.pairs.as_ref())?;
            for value in self.slot(object, &made) {
                if !matches!(value.value, Value::Object(_)) {
                    return None;
                }
                for (key, value) in self.entries(&value, 0) {
                    match items.iter_mut().find(|(known, _)| *known == key) {
                        Some((_, values)) => values.push(value),
                        None => items.push((key, vec![value])),
                    }
                }
            }
            self.rules.answered(pass);
            let key_of = |key: &Name| vec![Traced::new(Value::Str(Pattern::lit(key)))];
            let item = |(key, values): (Name, Vals)| match pass.pairs {
                Some(_) => vec![pair(key_of(&key), values)],
                None => key_of(&key),
            };
            return Some(items.into_iter().map(item).collect());
        }
        let lists = self.slot(list, site);
        let [Traced { value: Value::Object(object), .. }] = lists.as_slice() else { return None };
        let items = self.items(object)?;
        Some(items.iter().map(|item| self.item(item)).collect())
    }

    /// The call that makes a list of an object's keys or pairs, where the list in a slot is written as one.
    fn listing(&mut self, list: &Slot, site: &Site) -> Option<(&'s PassFact, Site)> {
        let lowered = self.lowered(site.node.file)?;
        let ir = &lowered.ir;
        let Expr::Call { args, .. } = ir.expr(site.node.expr) else { return None };
        let written = match list.base {
            Base::Receiver => ir.receiver(site.node.expr)?,
            Base::Arg(nth) => args.get(nth as usize)?.expr,
            _ => return None,
        };
        let expr = ir.behind_variable(written);
        if !matches!(ir.expr(expr), Expr::Call { .. }) {
            return None;
        }
        let call = Node { file: site.node.file, expr };
        let rules = self.rules;
        for called in self.callees(call, &site.ctx) {
            let Value::Api(api) = &called.value else { continue };
            let states = rules.automaton.step(&api.states, &Step::Call);
            let lists = rules.facts(&states).find_map(|fact| match fact {
                Fact::Pass(pass) if pass.keys.is_some() || pass.pairs.is_some() => Some(&**pass),
                _ => None,
            });
            if let Some(pass) = lists {
                return Some((pass, Site::of(call, &site.ctx, api)));
            }
        }
        None
    }

    /// A template with the members of an object in the places that have their names: `/users/:id`, `{id}`, `${id}`.
    pub(crate) fn filled(&mut self, template: &Slot, values: &Slot, site: &Site) -> Vals {
        let given = self.slot(values, site);
        let mut all = Vals::new();
        for value in self.slot(template, site) {
            let cut = match &value.value {
                Value::Str(text) => cut_at(text, PLACES, true),
                _ => None,
            };
            let Some(pieces) = cut else {
                all.push(value);
                continue;
            };
            let mut parts = Vec::with_capacity(pieces.len());
            for piece in pieces {
                parts.push(match piece {
                    Found::Rest(rest) => vec![Traced::new(Value::Str(rest))],
                    Found::Here(groups) => {
                        let name = groups.iter().skip(1).find(|group| !group.is_empty());
                        let key = PlaceKey::Name(name.map_or("", String::as_str).into());
                        self.members(&given, &key, site.node, &site.ctx)
                    }
                });
            }
            all.extend(self.join(parts));
        }
        all
    }
}

/// A pair as a list of two.
fn pair(key: Vals, value: Vals) -> Traced {
    let member = |nth: &str, values: Vals| (vec![Into::Member(nth.to_owned())], Rc::new(values));
    let otherwise = Traced::new(Value::unknown(Reason::DynamicKey, Vec::new()));
    let handed = Handed { known: vec![member("0", key), member("1", value)], otherwise };
    Traced::new(Value::Handed(Rc::new(handed)))
}

/// A piece of a text in which something was looked for.
enum Found {
    /// What lies between.
    Rest(Pattern),
    /// What was found: the whole of it, and its groups.
    Here(Vec<String>),
}

/// A text cut at the places where another one stands in it; `None` where it is not seen.
fn cut_at_text(text: &Pattern, wanted: &str, every: bool) -> Option<Vec<Found>> {
    if wanted.is_empty() {
        return None;
    }
    cut(text, every, |literal, from, _| {
        let at = from + literal.get(from..)?.find(wanted)?;
        Some((at..at + wanted.len(), vec![wanted.to_owned()]))
    })
}

/// A text cut at the places that fit a regular expression, `/…/flags`.
fn cut_at(text: &Pattern, expression: &str, every: bool) -> Option<Vec<Found>> {
    let (source, flags) = expression.strip_prefix('/')?.rsplit_once('/')?;
    let compiled = compiled(source, flags.contains('i'))?;
    // an end of the text is no end of a piece of it
    let at_start = source.replace("[^", "").replace("\\^", "").contains('^');
    let at_end = source.replace("\\$", "").contains('$');
    let last = text.pieces.len().saturating_sub(1);
    cut(text, every || flags.contains('g'), |literal, from, nth| {
        if at_start && nth > 0 || at_end && nth < last {
            return None;
        }
        let found = compiled.captures_at(literal, from)?;
        let range = found.get(0)?.range();
        let groups = found.iter().map(|group| group.map_or("", |group| group.as_str()).to_owned()).collect();
        (!range.is_empty()).then_some((range, groups))
    })
}

/// A text cut at what `find` finds in a literal piece, from a place in it on.
fn cut(
    text: &Pattern,
    every: bool,
    find: impl Fn(&str, usize, usize) -> Option<(std::ops::Range<usize>, Vec<String>)>,
) -> Option<Vec<Found>> {
    let (mut pieces, mut rest, mut any) = (Vec::new(), Pattern::default(), false);
    for (nth, piece) in text.pieces.iter().enumerate() {
        let Piece::Lit(literal) = piece else {
            rest.append(std::slice::from_ref(piece));
            continue;
        };
        let mut from = 0;
        while (every || !any)
            && let Some((range, groups)) = find(literal, from, nth)
        {
            rest.push_lit(&literal[from..range.start]);
            pieces.push(Found::Rest(std::mem::take(&mut rest)));
            pieces.push(Found::Here(groups));
            from = range.end;
            any = true;
        }
        rest.push_lit(&literal[from..]);
    }
    pieces.push(Found::Rest(rest));
    any.then_some(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, expression: &str) -> Option<String> {
        let piece = |found: Found| match found {
            Found::Rest(rest) => rest.text().unwrap_or("*").to_owned(),
            Found::Here(groups) => format!("<{}>", groups.join("|")),
        };
        Some(cut_at(&Pattern::lit(text), expression, false)?.into_iter().map(piece).collect())
    }

    #[test]
    fn texts_are_cut_where_an_expression_fits() {
        assert_eq!(shown("/users/:id/x/:p", "/:(\\w+)/g").as_deref(), Some("/users/<:id|id>/x/<:p|p>"));
        assert_eq!(shown("/users/:id/x/:p", "/:(\\w+)/").as_deref(), Some("/users/<:id|id>/x/:p"));
        assert_eq!(shown("https://a.b:80/users/{id}", PLACES).as_deref(), Some("https://a.b:80/users/<{id}|id|>"));
        assert_eq!(shown("/users", "/:(\\w+)/g"), None);
        let text = |text, every| cut_at_text(&Pattern::lit("a-a"), text, every).map(|pieces| pieces.len());
        assert_eq!((text("a", false), text("a", true), text("b", true)), (Some(3), Some(5), None));
    }
}
