//! What a login lacks, written where its options are: audience, scope, response type. All of them or none.

use super::find::{Login, Setting};
use super::lacks::{self, Lack, Needs};
use super::uses::place_of;
use super::written::Held;
use super::{Change, Config, Left, effective, line_ending};
use crate::eval::Shared;
use crate::eval::value::Node;
use crate::ir::{CallKind, Expr, ExprId, Key, Lit, Prop};
use crate::project::Lowered;
use crate::rules::slot::{Base, Into};
use crate::rules::{LoginFact, MadeBy, Way};
use crate::text::{FileId, Span};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Writes options.
pub(super) struct Options<'a> {
    pub shared: &'a Shared<'a>,
    /// Where the URLs of the calls begin, as a template writes it.
    pub base: Option<String>,
}

impl<'a> Options<'a> {
    fn lowered(&self, file: FileId) -> Option<(&'a Lowered, Arc<str>)> {
        Some((self.shared.project.lowered(file)?, self.shared.project.text(file)))
    }

    /// What a login lacks, written where it is looked for.
    pub(super) fn of_login(
        &self,
        logins: &[Login],
        config: Config,
        target: usize,
        lacking: &[Lack],
        needs: &Needs,
    ) -> Result<Vec<Change>, Left> {
        if lacking.is_empty() {
            return Ok(Vec::new());
        }
        let login = &logins[target];
        let rules = self.shared.rules;
        let fact = &rules.logins[login.number];
        let place = place_of(self.shared, login.node);
        for lack in lacking {
            let why = match lack {
                Lack::OtherAudience(_) => {
                    "asks for another API's token already: the two are two tokens, and the one \
                                           for the Management API is asked for by a call of its own"
                }
                Lack::NotSingle(_) => "asks for several audiences: which of them is to stay is not certain",
                _ => continue,
            };
            return Err(Left::of(format!("the login at {place} {why}")));
        }
        let scope = lacks::scope(rules, logins, config, needs);
        if login.options.is_none() && fact.url.is_some() {
            let not_written = || Left::of(format!("the URL at {place} is not written out where it could be changed"));
            return self.url(login, fact, lacking, &scope).ok_or_else(not_written);
        }
        let not_written =
            || Left::of(format!("the options of the login at {place} are not written out where they could be changed"));
        let Some(literal) = login.options else {
            let (at, before, after) = self.place_for_options(login, fact).ok_or_else(not_written)?;
            let members = self.members(logins, config, target, (lacking, &scope))?;
            let mut written = nested(members).ok_or_else(not_written)?;
            let mut changes = Vec::new();
            if let Some(made) = &fact.made_by {
                let (name, import) = self.made_by(login, made)?;
                changes.extend(import);
                written = format!("{name}({written})");
            }
            changes.push((login.node.file, at, format!("{before}{written}{after}")));
            return Ok(changes);
        };
        self.options(logins, config, target, literal, (lacking, &scope))
    }

    /// The call that options have to be given to, and its import where that is missing.
    fn made_by(&self, login: &Login, made: &MadeBy) -> Result<(String, Option<Change>), Left> {
        let place = place_of(self.shared, login.node);
        let file = login.node.file;
        let is_older = made.unless.iter().any(|(package, range)| self.shared.project.may_use(file, package, range));
        if is_older {
            return Err(Left::of(format!(
                "which version of the library runs at {place} is not known, or an older one"
            )));
        }
        let unclear = || Left::of(format!("where `{}` is to be imported from at {place} is not understood", made.name));
        let (lowered, text) = self.lowered(file).ok_or_else(unclear)?;
        let ir = &lowered.ir;
        let Expr::Call { callee, .. } = ir.expr(login.node.expr) else { return Err(unclear()) };
        let Expr::Local(binding) = ir.expr(ir.strip(*callee)) else { return Err(unclear()) };
        let [def] = ir.binding(*binding).defs.as_slice() else { return Err(unclear()) };
        let Expr::Field { base, .. } = ir.expr(ir.strip(def.value)) else { return Err(unclear()) };
        let module = match ir.expr(ir.strip(*base)) {
            Expr::Import(import) => &ir.imports[import.index()].specifier,
            _ => return Err(unclear()),
        };
        let is_made = |held: &&crate::ir::Binding| match held.defs.as_slice() {
            [def] => match ir.expr(ir.strip(def.value)) {
                Expr::Field { base, key: Key::Name(key) } if **key == *made.name => {
                    matches!(ir.expr(ir.strip(*base)), Expr::Import(other) if ir.imports[other.index()].specifier == *module)
                }
                _ => false,
            },
            _ => false,
        };
        if let Some(known) = ir.bindings.iter().find(is_made) {
            return Ok((known.name.to_string(), None));
        }
        let end = ir.binding(*binding).span.end as usize;
        let follows = text.get(end..).ok_or_else(unclear)?.trim_start();
        let is_taken = ir.bindings.iter().any(|held| *held.name == *made.name);
        if is_taken || !follows.starts_with([',', '}']) {
            return Err(unclear());
        }
        Ok((made.name.clone(), Some((file, Span::new(end, end), format!(", {}", made.name)))))
    }

    /// Where options can be written that are not given at all: what stands before and behind them.
    fn place_for_options(&self, login: &Login, fact: &LoginFact) -> Option<(Span, String, String)> {
        let slot = fact.options.as_ref()?;
        let Base::Arg(nth) = slot.base else { return None };
        let (lowered, text) = self.lowered(login.node.file)?;
        let Expr::Call { args, kind, .. } = lowered.ir.expr(login.node.expr) else { return None };
        let is_next = args.len() == nth as usize && args.iter().all(|arg| !arg.spread);
        if !is_next || *kind == CallKind::Jsx || login.says_something() {
            return None;
        }
        let span = lowered.ir.span(login.node.expr);
        let end = match args.last() {
            Some(last) => lowered.ir.span(last.expr).end as usize,
            None => span.end as usize - 1,
        };
        // behind a last comma, there may be another argument
        let rest = text.get(end..span.end as usize)?.trim().trim_start_matches(',').trim_start();
        let (mut before, mut after) = (String::new(), String::new());
        for step in &slot.path {
            let Into::Member(name) = step else { return None };
            before.push_str(&format!("{{ {name}: "));
            after.push_str(" }");
        }
        let separator = if args.is_empty() { "" } else { ", " };
        (rest == ")").then(|| (Span::new(end, end), format!("{separator}{before}"), after))
    }

    /// What is lacking, in the literal of the options.
    fn options(
        &self,
        logins: &[Login],
        config: Config,
        target: usize,
        literal: Node,
        (lacking, scope): (&[Lack], &str),
    ) -> Result<Vec<Change>, Left> {
        let login = &logins[target];
        let place = place_of(self.shared, login.node);
        let not_written =
            || Left::of(format!("the options of the login at {place} are not written out where they could be changed"));
        let (lowered, text) = self.lowered(literal.file).ok_or_else(not_written)?;
        let mut changes = Vec::new();
        let mut added: Vec<(Way, String)> = Vec::new();
        for (setting, way, value) in self.lacking(logins, config, target, literal, (lacking, scope))? {
            match &setting.held {
                Held::Nothing => added.push((way, value)),
                _ => changes.push(self.replaced(setting, value).ok_or_else(|| self.elsewhere(setting, &place))?),
            }
        }
        if let Some([given, needed]) = &self.shared.rules.logins[login.number].keeps
            && let Some(value) = member_at(lowered, literal, given)
            && member_at(lowered, literal, needed).is_none()
        {
            let written = text.get(lowered.ir.span(value).range()).ok_or_else(not_written)?;
            added.push((needed.clone(), written.to_owned()));
        }
        changes.extend(insertions(lowered, &text, literal, added).ok_or_else(not_written)?);
        Ok(changes)
    }

    /// What is lacking, as members of new options.
    fn members(
        &self,
        logins: &[Login],
        config: Config,
        target: usize,
        lacking: (&[Lack], &str),
    ) -> Result<Vec<(Way, String)>, Left> {
        let login = &logins[target];
        let mut added = Vec::new();
        for (setting, way, value) in self.lacking(logins, config, target, login.node, lacking)? {
            if setting.held != Held::Nothing {
                let place = place_of(self.shared, login.node);
                return Err(Left::of(format!("what the login at {place} is given is set in two places")));
            }
            added.push((way, value));
        }
        Ok(added)
    }

    /// What is lacking: what holds it now, the way to it, and what it is to be, in the quotes of the code at `near`.
    fn lacking<'l>(
        &self,
        logins: &'l [Login],
        config: Config,
        target: usize,
        near: Node,
        (lacking, scope): (&[Lack], &str),
    ) -> Result<Vec<(&'l Setting, Way, String)>, Left> {
        let login = &logins[target];
        let fact = &self.shared.rules.logins[login.number];
        let place = place_of(self.shared, login.node);
        let not_written =
            || Left::of(format!("the options of the login at {place} are not written out where they could be changed"));
        let (lowered, text) = self.lowered(near.file).ok_or_else(not_written)?;
        if !matches!(lowered.ir.lang, crate::ir::Lang::Js) {
            return Err(Left::of("edits of Rust code are not made"));
        }
        let written = text.get(lowered.ir.span(near.expr).range()).unwrap_or_default();
        let quote = match (written.contains('\''), written.contains('"')) {
            (_, true) => '"',
            (true, false) => '\'',
            (false, false) if text.matches('"').count() > text.matches('\'').count() => '"',
            (false, false) => '\'',
        };
        let quoted = |text: &str| format!("{quote}{text}{quote}");
        let mut all = Vec::new();
        let mut scope_done = false;
        for lack in lacking {
            let (setting, ways, value) = match lack {
                Lack::NoAudience | Lack::MisspeltAudience(_) => {
                    let value = self.audience(logins, config, &text, quote).ok_or_else(|| {
                        Left::of(format!("the tenant's domain, of which the audience is made, is not known at {place}"))
                    })?;
                    (effective(logins, config, |login| &login.audience).0, &fact.audience, value)
                }
                Lack::Response(_) => {
                    let wanted = fact.wanted_response_type.as_ref().ok_or_else(not_written)?;
                    self.has_secret(login, fact)?;
                    (effective(logins, config, |login| &login.response).0, &fact.response_type, quoted(wanted))
                }
                Lack::Scopes(_) | Lack::MisspeltScope(..) => {
                    if std::mem::replace(&mut scope_done, true) {
                        continue;
                    }
                    (effective(logins, config, |login| &login.scope).0, &fact.scope, quoted(scope))
                }
                Lack::OtherAudience(_) | Lack::NotSingle(_) => return Err(not_written()),
            };
            let way = self.way(login, fact, ways).ok_or_else(not_written)?;
            all.push((setting, way, value));
        }
        Ok(all)
    }

    /// What the wanted response type needs is given.
    fn has_secret(&self, login: &Login, fact: &LoginFact) -> Result<(), Left> {
        let Some(needs) = &fact.response_needs else { return Ok(()) };
        let is_option = login.options.is_some_and(|literal| {
            self.lowered(literal.file)
                .is_some_and(|(lowered, _)| lowered.ir.member_of(literal.expr, &needs.option).is_some())
        });
        if is_option || !self.shared.project.setting_around(login.node.file, &needs.environment).is_empty() {
            return Ok(());
        }
        let place = place_of(self.shared, login.node);
        Err(Left::of(format!(
            "the response type that brings an access token needs `{}`, which the login at {place} is not given, and no file \
             here sets `{}`",
            needs.option, needs.environment
        )))
    }

    /// A string literal replaced.
    fn replaced(&self, setting: &Setting, value: String) -> Option<Change> {
        let at = setting.at?;
        let (lowered, _) = self.lowered(at.file)?;
        matches!(lowered.ir.expr(at.expr), Expr::Lit(Lit::Str(_))).then(|| (at.file, lowered.ir.span(at.expr), value))
    }

    /// Why an option is not changed that is given.
    fn elsewhere(&self, setting: &Setting, place: &str) -> Left {
        match setting.told.filter(|_| setting.at.is_none()) {
            Some(told) => Left::of(format!(
                "an option of the login at {place} is written at {}, from where others may take it, too",
                place_of(self.shared, told)
            )),
            None => Left::of(format!("an option of the login at {place} is no text that is written there")),
        }
    }

    /// The way to an option that is not given: beside those that are.
    fn way(&self, login: &Login, fact: &LoginFact, ways: &[Way]) -> Option<Way> {
        let Some(literal) = login.options else { return lacks::usual(ways, login.style).cloned() };
        let (lowered, _) = self.lowered(literal.file)?;
        let ir = &lowered.ir;
        let holds = |parent: &[String]| {
            let mut at = literal.expr;
            for name in parent {
                match ir.member_of(at, name) {
                    Some(value) => at = value,
                    None => return false,
                }
            }
            let names = fact.audience.iter().chain(&fact.scope).chain(&fact.response_type);
            let here = |way: &&Way| way.len() == parent.len() + 1 && way.starts_with(parent);
            names.filter(here).filter_map(|way| way.last()).any(|name| ir.member_of(at, name).is_some())
        };
        let beside = ways.iter().find(|way| holds(&way[..way.len() - 1]));
        beside.or_else(|| lacks::usual(ways, login.style)).cloned()
    }

    /// The audience as code: with the tenant's host as it is written at the login.
    fn audience(&self, logins: &[Login], config: Config, text: &str, quote: char) -> Option<String> {
        let rules = self.shared.rules;
        let (domain, at) = effective(logins, config, |login| &login.domain);
        let known = lacks::audience(rules, logins, config);
        let literal = format!("{quote}{known}{quote}");
        let is_known = !known.contains("{domain}");
        if let Some(written) = self.beside_url(&logins[at]).filter(|_| !is_known) {
            return Some(written);
        }
        let Some(node) = domain.at else {
            return if is_known { Some(literal) } else { self.beside_calls(text, quote) };
        };
        let (lowered, source) = self.lowered(node.file)?;
        if matches!(lowered.ir.expr(node.expr), Expr::Lit(_)) {
            return is_known.then_some(literal);
        }
        let written = source.get(lowered.ir.span(node.expr).range())?;
        let is_simple = written.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | '.'));
        // what is called a domain is a host's name; other settings may be whole URLs
        let is_host = match &domain.held {
            Held::Texts(texts) => texts.iter().all(|text| !text.contains("://")),
            _ => {
                let slots = rules.logins[logins[at].number].domain.iter();
                let mut last = slots.map(|slot| slot.path.last());
                last.all(|step| match step {
                    Some(crate::rules::slot::Into::Member(name)) => name == "domain",
                    _ => true,
                })
            }
        };
        if !is_simple || !is_host {
            return if is_known { Some(literal) } else { self.beside_calls(text, quote) };
        }
        let prefix = rules.prefix();
        Some(if text.contains('`') {
            format!("`https://${{{written}}}{prefix}`")
        } else {
            format!("{quote}https://{quote} + {written} + {quote}{prefix}{quote}")
        })
    }

    /// The audience with the host as the URLs of the calls have it.
    fn beside_calls(&self, text: &str, quote: char) -> Option<String> {
        let audience = format!("{}{}", self.base.as_deref()?, self.shared.rules.prefix());
        if !audience.contains("${") {
            let host = audience.split("://").nth(1).and_then(|rest| rest.split('/').next())?;
            return self.shared.rules.is_tenant_host(host).then(|| format!("{quote}{audience}{quote}"));
        }
        // where templates are not used, they may not be known
        let is_modern = text.contains('`') || text.contains("=>") || text.contains("const ");
        is_modern.then(|| format!("`{audience}`"))
    }

    /// The audience with the host as the URL of a login has it, where that is a template.
    fn beside_url(&self, login: &Login) -> Option<String> {
        let path = self.shared.rules.logins[login.number].url.as_ref()?;
        let (lowered, text) = self.lowered(login.node.file)?;
        let written = text.get(lowered.ir.span(login.node.expr).range())?;
        let (before, _) = written.split_once(path.as_str())?;
        let (_, origin) = before.rsplit_once('`')?;
        let is_template = origin.starts_with("https://${") && origin.ends_with('}') && origin.matches('}').count() == 1;
        is_template.then(|| format!("`{origin}{}`", self.shared.rules.prefix()))
    }

    /// The query of a URL, changed where it is written.
    fn url(&self, login: &Login, fact: &LoginFact, lacking: &[Lack], scope: &str) -> Option<Vec<Change>> {
        let url = fact.url.as_ref()?;
        let (lowered, text) = self.lowered(login.node.file)?;
        let span = lowered.ir.span(login.node.expr);
        let written = text.get(span.range())?;
        let query = written.find(&format!("{url}?"))? + url.len() + 1;
        let host = written.get(written.find("https://")? + "https://".len()..query - url.len() - 1)?;
        let mut changes: Vec<Change> = Vec::new();
        let mut change = |at: usize, length: usize, to: String| {
            let start = span.start as usize + at;
            changes.push((login.node.file, Span::new(start, start + length), to));
        };
        let value = |ways: &[Way]| -> Option<(usize, usize)> {
            let name = format!("{}=", ways.first()?.last()?);
            let mut found =
                written.match_indices(&name).filter(|(at, _)| written[..*at].ends_with(['?', '&', '\'', '"']));
            let (at, _) = found.next().filter(|_| found.next().is_none())?;
            let start = at + name.len();
            let end = written[start..].find(['&', '\'', '"', '`', '#', '$'])?;
            Some((start, end))
        };
        let mut scope_done = false;
        for lack in lacking {
            match lack {
                Lack::NoAudience => {
                    let name = fact.audience.first()?.last()?;
                    change(query, 0, format!("{name}=https://{host}{}&", self.shared.rules.prefix()));
                }
                Lack::Response(_) => {
                    let (at, length) = value(&fact.response_type)?;
                    change(at, length, fact.wanted_response_type.as_ref()?.replace(' ', "%20"));
                }
                Lack::Scopes(_) | Lack::MisspeltScope(..) => {
                    if !std::mem::replace(&mut scope_done, true) {
                        let (at, length) = value(&fact.scope)?;
                        change(at, length, scope.replace(' ', "%20"));
                    }
                }
                Lack::MisspeltAudience(_) | Lack::OtherAudience(_) | Lack::NotSingle(_) => return None,
            }
        }
        Some(changes)
    }
}

/// The value at the end of a way into a literal.
fn member_at(lowered: &Lowered, literal: Node, way: &[String]) -> Option<ExprId> {
    way.iter().try_fold(literal.expr, |at, name| lowered.ir.member_of(at, name))
}

/// Members added to a literal, behind the last that it has.
fn insertions(lowered: &Lowered, text: &str, literal: Node, added: Vec<(Way, String)>) -> Option<Vec<Change>> {
    if added.is_empty() {
        return Some(Vec::new());
    }
    let ir = &lowered.ir;
    let mut inside: BTreeMap<String, Vec<(Way, String)>> = BTreeMap::new();
    let mut here: Vec<String> = Vec::new();
    let mut changes = Vec::new();
    for (way, value) in added {
        match way.as_slice() {
            [name] => here.push(format!("{name}: {value}")),
            [first, rest @ ..] => inside.entry(first.clone()).or_default().push((rest.to_vec(), value)),
            [] => return None,
        }
    }
    for (name, members) in inside {
        match ir.member_of(literal.expr, &name).map(|value| ir.strip(value)) {
            Some(value) if matches!(ir.expr(value), Expr::Object { .. }) => {
                changes.extend(insertions(lowered, text, Node { file: literal.file, expr: value }, members)?);
            }
            Some(_) => return None,
            None => here.push(format!("{name}: {}", nested(members)?)),
        }
    }
    if here.is_empty() {
        return Some(changes);
    }
    if ir.is_of_element(literal.expr) {
        changes.push(attributes(lowered, literal, here)?);
        return Some(changes);
    }
    let Expr::Object { props, .. } = ir.expr(literal.expr) else { return None };
    let span = ir.span(literal.expr);
    let end = props.iter().map(|prop| match prop {
        Prop::Field(_, value) | Prop::Spread(value) => ir.span(*value),
        Prop::Getter(_, func) => ir.func(*func).span,
    });
    let (at, written) = match end.max_by_key(|span| span.end) {
        None => (span.start as usize + 1, format!(" {} ", here.join(", "))),
        Some(last) => {
            let line = text.get(..last.start as usize)?.rfind('\n').map_or(0, |at| at + 1);
            let indent: String = text.get(line..)?.chars().take_while(|c| *c == ' ' || *c == '\t').collect();
            let separator = if line > span.start as usize {
                format!(",{}{indent}", line_ending(text, line))
            } else {
                ", ".to_owned()
            };
            (last.end as usize, here.iter().map(|member| format!("{separator}{member}")).collect())
        }
    };
    let follows = text.get(at..)?.trim_start();
    if !props.is_empty() && !follows.starts_with([',', '}']) || at > span.end as usize {
        return None;
    }
    changes.push((literal.file, Span::new(at, at), written));
    Some(changes)
}

/// Attributes added to an element, behind its name.
fn attributes(lowered: &Lowered, literal: Node, members: Vec<String>) -> Option<Change> {
    let ir = &lowered.ir;
    let Expr::Call { callee, .. } = ir.expr(ir.parents[literal.expr.index()]?) else { return None };
    let written = members.iter().map(|member| {
        let (name, value) = member.split_once(": ")?;
        let is_text = value.starts_with('"');
        Some(if is_text { format!(" {name}={value}") } else { format!(" {name}={{{value}}}") })
    });
    let at = ir.span(*callee).end as usize;
    Some((literal.file, Span::new(at, at), written.collect::<Option<String>>()?))
}

/// A literal with these members.
fn nested(members: Vec<(Way, String)>) -> Option<String> {
    let mut written = Vec::new();
    let mut inside: BTreeMap<String, Vec<(Way, String)>> = BTreeMap::new();
    for (way, value) in members {
        match way.as_slice() {
            [name] => written.push(format!("{name}: {value}")),
            [first, rest @ ..] => inside.entry(first.clone()).or_default().push((rest.to_vec(), value)),
            [] => return None,
        }
    }
    for (name, members) in inside {
        written.push(format!("{name}: {}", nested(members)?));
    }
    Some(format!("{{ {} }}", written.join(", ")))
}
