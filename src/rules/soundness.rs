//! What must be true of rule files together, and of each table by itself, beyond its shape: a table says something, and
//! what it names is described somewhere.

use super::place::Place;
use super::schema::{CallTable, ContainerTable, PassTable, PathText, RuleFile};
use super::{GLOBAL_OBJECT, RuleFiles, toml_file};
use crate::rules::path::Root;
use crate::text::nearest::did_you_mean;
use crate::text::{Mistake, Span};
use std::collections::BTreeSet;

impl RuleFiles {
    /// What the files say of each other: every type that a path starts from is described somewhere.
    pub(super) fn check(&self) -> Result<(), Mistake> {
        let mut described: BTreeSet<&str> = BTreeSet::from([GLOBAL_OBJECT]);
        for source in self.sources() {
            described.extend(source.file.r#type.iter().map(|table| table.name.as_str()));
            described.extend(source.file.call.iter().flat_map(|table| &table.hook).filter_map(|h| h.r#as.as_deref()));
            described.extend(source.file.container.iter().map(|table| table.r#type.as_str()));
            described.extend(source.file.ambient.iter().filter_map(|table| table.r#as.as_deref()));
        }
        let handed: BTreeSet<&str> =
            self.sources().iter().flat_map(|source| &source.file.handed).map(|table| table.name.as_str()).collect();
        let stores = self.sources().iter().flat_map(|source| &source.file.store);
        let stores: Vec<&str> = stores.map(|table| table.name.as_str()).collect();
        for source in self.sources() {
            let place = Place::new(&source.name, &source.text);
            check_calls(&place, &source.file.call, &stores)?;
            // what two stores keep is told apart by their names
            let mut stores = source.file.store.iter().zip(toml_file::tables(&source.text, "store"));
            if let Some((_, (span, _))) = stores.find(|(table, _)| table.name.is_empty()) {
                let help = "What is written to a store of this name is what is read from one.";
                return Err(place.mistake(span, "this store has no `name`", "expected `name`", help));
            }
            let of_calls = source.file.call.iter().flat_map(|table| {
                table.hook.iter().filter_map(|hook| hook.handed.as_deref()).chain(table.handed.as_deref())
            });
            let of_ambient = source.file.ambient.iter().filter_map(|table| table.handed.as_deref());
            for name in of_calls.chain(of_ambient) {
                if !handed.contains(name) {
                    let at = source.text.find(&format!("\"{name}\"")).unwrap_or_default();
                    let span = Span::new(at, at + name.len() + 2);
                    let message = format!("no `[[handed]]` is named `{name}`");
                    let known: Vec<&str> = handed.iter().copied().collect();
                    return Err(place.mistake(span, &message, "not described", &did_you_mean(name, "tables", &known)));
                }
            }
            for Paths { kind, nth, values, calls } in source.file.paths() {
                // a URL that asks for tokens is no call
                let by_url = match kind {
                    "login" => source.file.login.get(nth).is_some_and(|table| table.url.is_some()),
                    "own" => source.file.own.get(nth).is_some_and(|table| table.url.is_some()),
                    _ => false,
                };
                if values.is_empty() && calls.is_empty() && !by_url {
                    let headers = toml_file::tables(&source.text, kind);
                    let span = headers.get(nth).map_or(Span::default(), |(span, _)| *span);
                    let message = format!("this table says nothing: it names no {}", matched(kind));
                    return Err(place.mistake(span, &message, "a path was expected below", ""));
                }
                for text in values {
                    check_path(&place, text, false, &described)?;
                }
                for text in calls {
                    check_path(&place, text, true, &described)?;
                }
            }
        }
        Ok(())
    }
}

/// What the paths of a table are, in words.
fn matched(kind: &str) -> &'static str {
    match kind {
        "token" => "value (`at`)",
        "type" => "value (`is`)",
        "store" => "`object`, no `read` and no `write`",
        "ambient" => "`object` and no `class`",
        "container" => "call (`made`)",
        _ => "call (`on`)",
    }
}

impl CallTable {
    /// Whether nothing follows from it.
    fn says_nothing(&self) -> bool {
        self.body.is_empty() && self.body_keys.is_empty() && self.says_nothing_but_the_body()
    }

    /// Whether all that follows from it is what the body is.
    pub(super) fn says_the_body_alone(&self) -> bool {
        !self.body.is_empty() && self.says_nothing_but_the_body()
    }

    /// Whether all that follows from it is which keys the body has.
    pub(super) fn says_the_keys_alone(&self) -> bool {
        self.body.is_empty() && !self.body_keys.is_empty() && self.says_nothing_but_the_body()
    }

    /// Whether it is a whole call of its own that is given no credential.
    pub(super) fn sends_without_a_credential(&self) -> bool {
        let given = [&self.headers, &self.bearer, &self.authorization, &self.header_line, &self.options];
        let is_given = given.iter().any(|list| !list.is_empty()) || self.header.is_some() || !self.hook.is_empty();
        let own = self.fallback.is_some() || self.stored.is_some();
        self.sends && !self.method.is_empty() && !self.url.is_empty() && !is_given && !own
    }

    fn says_nothing_but_the_body(&self) -> bool {
        let lists = [
            &self.url,
            &self.base,
            &self.path,
            &self.host,
            &self.method,
            &self.headers,
            &self.bearer,
            &self.authorization,
            &self.header_line,
            &self.options,
            &self.alone,
            &self.settings,
            &self.registers,
        ];
        !self.sends
            && self.endpoint.is_none()
            && self.header.is_none()
            && self.fallback.is_none()
            && self.stored.is_none()
            && self.hook.is_empty()
            && self.handed.is_none()
            && lists.iter().all(|list| list.is_empty())
    }
}

impl PassTable {
    /// Whether it only says that its calls are known.
    pub(super) fn says_nothing(&self) -> bool {
        let lists = [
            &self.value,
            &self.with,
            &self.concat,
            &self.merge,
            &self.url,
            &self.list,
            &self.replaces,
            &self.folds,
            &self.fills,
        ];
        let slots = [
            &self.calls,
            &self.join,
            &self.member,
            &self.resolves,
            &self.instance,
            &self.element,
            &self.append,
            &self.segment,
            &self.keys,
            &self.pairs,
            &self.behind,
        ];
        let flags = [self.returns, self.shared, self.pipes, self.absent, self.selects, self.every, self.injects];
        lists.iter().all(|list| list.is_empty())
            && slots.iter().all(|slot| slot.is_none())
            && self.steps.is_none()
            && !flags.contains(&true)
    }
}

/// Every call says something of the request, and the stores that are named are described.
fn check_calls(place: &Place<'_>, calls: &[CallTable], stores: &[&str]) -> Result<(), Mistake> {
    let header = |nth: usize| {
        let headers = toml_file::tables(place.text(), "call");
        headers.get(nth).map_or(Span::default(), |(span, _)| *span)
    };
    for (nth, table) in calls.iter().enumerate() {
        if table.says_nothing() {
            let help = "What does it send or add? Write `url`, `endpoint`, `headers`, `bearer` or `sends = true`.";
            let message = "this table says nothing of the call";
            return Err(place.mistake(header(nth), message, "one more key was expected below", help));
        }
        if let Some(stored) = table.stored.as_ref().filter(|stored| !stores.contains(&stored.store.as_str())) {
            let message = format!("no `[[store]]` is named `{}`", stored.store);
            let help = did_you_mean(&stored.store, "stores", stores);
            return Err(place.mistake(header(nth), &message, "named by `stored` in this table", &help));
        }
    }
    Ok(())
}

fn check_path(
    place: &Place<'_>,
    text: &PathText,
    ends_in_call: bool,
    described: &BTreeSet<&str>,
) -> Result<(), Mistake> {
    for path in place.paths(text)? {
        if let Root::Type(name) = &path.root
            && !described.contains(name.as_str())
        {
            let known: Vec<&str> = described.iter().copied().collect();
            let at = text.get_ref().find(name.as_str()).unwrap_or_default();
            let span = place.inside(text.span(), text.get_ref(), at..at + name.len());
            let message = format!("no `[[type]]` is named `{name}`");
            return Err(place.mistake(span, &message, "not described", &did_you_mean(name, "types", &known)));
        }
        if ends_in_call && !path.is_call() {
            let span = place.whole(text.span());
            let help = format!("Write `{}()` for calling it, or `{0}@new` for making one.", text.get_ref());
            return Err(place.mistake(
                span,
                "this names a value, not a call",
                "expected a path that ends in `()`",
                &help,
            ));
        }
    }
    Ok(())
}

/// The paths of one table.
struct Paths<'a> {
    /// `token`, `call`, …
    kind: &'static str,
    /// Which table of its kind.
    nth: usize,
    /// Paths that may lead to anything.
    values: Vec<&'a PathText>,
    /// Paths that must lead to a call.
    calls: Vec<&'a PathText>,
}

impl RuleFile {
    /// The paths of every table that says something about them.
    fn paths<'a>(&'a self) -> Vec<Paths<'a>> {
        fn of<'a, T>(
            kind: &'static str,
            tables: &'a [T],
            values: impl Fn(&'a T) -> Vec<&'a PathText>,
            calls: impl Fn(&'a T) -> Vec<&'a PathText>,
        ) -> Vec<Paths<'a>> {
            let one = |(nth, table)| Paths { kind, nth, values: values(table), calls: calls(table) };
            tables.iter().enumerate().map(one).collect()
        }
        let mut all = of("type", &self.r#type, |table| table.is.iter().collect(), |_| Vec::new());
        all.extend(of("token", &self.token, |table| table.at.iter().collect(), |_| Vec::new()));
        all.extend(of("pass", &self.pass, |table| table.on.iter().collect(), |_| Vec::new()));
        all.extend(of("call", &self.call, |_| Vec::new(), |table| table.on.iter().collect()));
        all.extend(of("login", &self.login, |table| table.feeds.iter().collect(), |table| table.on.iter().collect()));
        all.extend(of("cell", &self.cell, |_| Vec::new(), |table| table.on.iter().collect()));
        all.extend(of("context", &self.context, |table| table.on.iter().collect(), |_| Vec::new()));
        all.extend(of("reducer", &self.reducer, |table| table.on.iter().collect(), |_| Vec::new()));
        all.extend(of("reduced", &self.reduced, |_| Vec::new(), |table| table.on.iter().collect()));
        all.extend(of("action", &self.action, |table| table.on.iter().collect(), |_| Vec::new()));
        all.extend(of("case", &self.case, |_| Vec::new(), |table| table.on.iter().collect()));
        all.extend(of("flow", &self.flow, |_| Vec::new(), |table| table.on.iter().collect()));
        all.extend(of("injector", &self.injector, |_| Vec::new(), |table| table.on.iter().collect()));
        all.extend(of("outlet", &self.outlet, |_| Vec::new(), |table| table.on.iter().collect()));
        all.extend(of("test", &self.test, |_| Vec::new(), |table| table.on.iter().collect()));
        all.extend(of("setting", &self.setting, |_| Vec::new(), |table| table.at.iter().collect()));
        all.extend(of("query", &self.query, |_| Vec::new(), |table| table.on.iter().collect()));
        all.extend(of("own", &self.own, |table| table.on.iter().collect(), |_| Vec::new()));
        all.extend(of("answer", &self.answer, |_| Vec::new(), |table| table.on.iter().collect()));
        all.extend(of("refs", &self.refs, |_| Vec::new(), |table| table.on.iter().collect()));
        all.extend(of("mapper", &self.mapper, |_| Vec::new(), |table| table.on.iter().collect()));
        let mapped_by = |table: &'a ContainerTable| table.handlers.iter().flat_map(|handler| &handler.mapped_by);
        all.extend(of(
            "container",
            &self.container,
            |_| Vec::new(),
            |table| table.made.iter().chain(mapped_by(table)).collect(),
        ));
        all.extend(of(
            "store",
            &self.store,
            |table| table.object.iter().chain(&table.read).collect(),
            |table| table.write.iter().collect(),
        ));
        all.extend(of(
            "ambient",
            &self.ambient,
            |table| table.object.iter().chain(&table.class).collect(),
            |_| Vec::new(),
        ));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Rules;
    use crate::rules::path::Path;
    use crate::rules::slot::{self, Base};
    use std::collections::BTreeMap;

    /// A path as it is from what no other table describes, in each way.
    fn whole(path: &Path, types: &BTreeMap<&str, Vec<Path>>, through: &[&str], into: &mut Vec<String>) {
        let Root::Type(ty) = &path.root else {
            into.push(path.to_string());
            return;
        };
        if through.contains(&ty.as_str()) {
            return;
        }
        for from in types.get(ty.as_str()).into_iter().flatten() {
            let longer = Path { root: from.root.clone(), steps: [from.steps.clone(), path.steps.clone()].concat() };
            whole(&longer, types, &[through, &[ty]].concat(), into);
        }
    }

    /// What calls an endpoint without a path has one of the words by which programs are told that do.
    #[test]
    fn what_is_called_without_a_path_is_looked_for() {
        let files = RuleFiles::embedded().unwrap();
        let words = Rules::load(&[], &[]).unwrap().literals.call;
        let mut types: BTreeMap<&str, Vec<Path>> = BTreeMap::new();
        for source in files.sources() {
            let place = Place::new(&source.name, &source.text);
            for table in &source.file.r#type {
                let paths = table.is.iter().flat_map(|text| place.paths(text).unwrap());
                types.entry(&table.name).or_default().extend(paths);
            }
        }
        let mut seen = 0;
        for source in files.sources() {
            let place = Place::new(&source.name, &source.text);
            for table in &source.file.call {
                let is_path = |text: &slot::Slot| matches!(&text.base, Base::Literal(text) if text.contains('/'));
                let slots = table.url.iter().chain(&table.base).chain(&table.path);
                let has_path = slots.map(|text| place.slot(text).unwrap()).any(|slot| is_path(&slot));
                if table.endpoint.is_none() && !has_path {
                    continue;
                }
                for path in table.on.iter().flat_map(|text| place.paths(text).unwrap()) {
                    let mut ways = Vec::new();
                    whole(&path, &types, &[], &mut ways);
                    assert!(!ways.is_empty(), "{path}");
                    for way in ways {
                        assert!(words.iter().any(|word| way.contains(word)), "{}: {way}", source.name);
                        seen += 1;
                    }
                }
            }
        }
        assert!(seen > 100, "{seen}");
    }
}
