//! The edits of a migration, where they are certain: the token's member at the call, and the options at the login. All of
//! them or none.

use super::find::{Held, Login, Setting};
use super::lacks::{self, Lack, Needs};
use super::{Config, Sent, effective, exchange};
use crate::check::model::{Applicability, Edit, Fix, Location, Verdict};
use crate::eval::value::{Node, Traced, Value};
use crate::eval::{Eval, Shared};
use crate::ir::{Expr, ExprId, FileIr, Lit, Prop};
use crate::project::Lowered;
use crate::rules::schema::ExchangeTable;
use crate::rules::{Fact, LoginFact, Way};
use crate::text::{FileId, LineIndex, Span};
use std::collections::BTreeMap;
use std::sync::Arc;

/// One change.
type Change = (FileId, Span, String);

/// Makes edits.
pub(super) struct Edits<'a> {
    shared: &'a Shared<'a>,
    sent: &'a [Sent<'a>],
}

impl<'a> Edits<'a> {
    pub(super) fn new(shared: &'a Shared<'a>, sent: &'a [Sent<'a>]) -> Self {
        Edits { shared, sent }
    }

    /// The edits that mend the calls of a group and the login that feeds them.
    pub(super) fn of_group(
        &self,
        calls: &[usize],
        logins: &[Login],
        config: Config,
        target: usize,
        lacking: &[Lack],
        needs: &Needs,
    ) -> Option<Fix> {
        // elsewhere the access token is not beside the ID token, or not a string
        let fact = &self.shared.rules.logins[logins[target].number];
        if !fact.beside && fact.exchange.is_none() {
            return None;
        }
        let mut changes: Vec<Change> = Vec::new();
        for nth in calls {
            match &fact.exchange {
                Some(exchange) => changes.extend(self.exchanged(*nth, calls, exchange)?),
                None => changes.push(self.member(*nth, calls)?),
            }
        }
        changes.extend(self.login(logins, config, target, lacking, needs)?);
        changes.sort();
        changes.dedup();
        let overlap = changes.windows(2).any(|two| two[0].0 == two[1].0 && two[0].1.end > two[1].1.start);
        if overlap {
            return None;
        }
        let what = if lacking.is_empty() { "" } else { ", and ask for it at login" };
        Some(Fix {
            description: format!("send the access token{what}"),
            edits: changes.into_iter().map(|change| self.edit(change)).collect(),
            applicability: Applicability::Unsafe,
        })
    }

    fn edit(&self, (file, span, replacement): Change) -> Edit {
        let text = self.shared.project.text(file);
        let (start, end) = LineIndex::new(&text).range(&text, span);
        let path = self.shared.project.path(file).to_owned();
        Edit { at: Location { path, start, end, span }, replacement }
    }

    fn lowered(&self, file: FileId) -> Option<(&'a Lowered, Arc<str>)> {
        Some((self.shared.project.lowered(file)?, self.shared.project.text(file)))
    }

    /// The member that holds the ID token, replaced by the one that holds the access token. Only where all that is made of
    /// it goes into calls that are mended too.
    fn member(&self, nth: usize, group: &[usize]) -> Option<Change> {
        let sent = &self.sent[nth];
        let (file, span) = self.certain_origin(sent)?;
        let (lowered, text) = self.lowered(file)?;
        let ir = &lowered.ir;
        let written = text.get(span.range())?;
        let quote = ["']", "\"]", "')", "\")"].iter().find_map(|end| written.strip_suffix(end));
        let is_call = written.ends_with(')');
        let body = quote.unwrap_or(written);
        let start = body.rfind(|c: char| !(c.is_alphanumeric() || c == '_'))? + 1;
        let before = body.get(..start)?;
        let is_member = if quote.is_some() { before.ends_with(['\'', '"']) } else { before.ends_with('.') };
        let access = self.shared.rules.access_member(body.get(start..)?)?;
        let is_meant = |id: &ExprId| match ir.expr(*id) {
            _ if ir.span(*id) != span => false,
            Expr::Field { .. } => !is_call,
            Expr::Call { .. } => is_call && self.reads_answer(ir, Node { file, expr: *id }),
            _ => false,
        };
        let expr = (0..u32::try_from(ir.exprs.len()).ok()?).map(ExprId).find(is_meant)?;
        let is_sent = |id: ExprId| self.is_sent(ir, Node { file, expr: id }, group);
        let by_variable = || {
            let binding = lowered.index.binding_of.get(&expr)?;
            let reads = lowered.index.reads.get(binding)?;
            let once = ir.binding(*binding).defs.len() == 1;
            (once && !reads.is_empty() && reads.iter().all(|read| is_sent(*read))).then_some(())
        };
        if !is_member || !(is_sent(expr) || by_variable().is_some()) {
            return None;
        }
        let from = span.start as usize + start;
        Some((file, Span::new(from, span.start as usize + body.len()), access.to_owned()))
    }

    /// The changes where another call hands out the access token.
    fn exchanged(&self, nth: usize, group: &[usize], exchange: &ExchangeTable) -> Option<Vec<Change>> {
        let sent = &self.sent[nth];
        let (file, span) = self.certain_origin(sent)?;
        let (lowered, text) = self.lowered(file)?;
        let is_sent = |id: ExprId| self.is_sent(&lowered.ir, Node { file, expr: id }, group);
        exchange::changes((lowered, &text, file), span, exchange, &is_sent)
    }

    /// Where an ID token comes from that is surely one.
    fn certain_origin(&self, sent: &Sent<'_>) -> Option<(FileId, Span)> {
        let mixed = sent.call.trace.last().is_some_and(|step| step.note.contains(crate::check::advice::ON_SOME_PATHS));
        (sent.call.verdict == Verdict::IdToken && !mixed).then_some(sent.origin.at).flatten()
    }

    /// Whether an expression is part of what a group's calls send.
    fn is_sent(&self, ir: &FileIr, node: Node, group: &[usize]) -> bool {
        let mut at = Some(node.expr);
        while let Some(expr) = at {
            let current = Node { file: node.file, expr };
            if group.iter().any(|nth| self.sent[*nth].origin.sent_by.contains(&current)) {
                return true;
            }
            at = ir.parents[expr.index()];
        }
        false
    }

    /// Whether a call reads a part of an answer by its name: what lies in a store under such a name is another matter.
    fn reads_answer(&self, ir: &FileIr, call: Node) -> bool {
        let Some(receiver) = ir.receiver(call.expr) else { return false };
        let values = Eval::new(self.shared).value(Node { file: call.file, expr: receiver }, &None);
        let is_answer = |value: &Traced| match &value.value {
            Value::Api(api) => self.shared.rules.facts(&api.states).any(|fact| matches!(fact, Fact::Answer)),
            _ => false,
        };
        !values.is_empty() && values.iter().all(is_answer)
    }

    /// What a login lacks, written where it is looked for.
    fn login(
        &self,
        logins: &[Login],
        config: Config,
        target: usize,
        lacking: &[Lack],
        needs: &Needs,
    ) -> Option<Vec<Change>> {
        if lacking.is_empty() {
            return Some(Vec::new());
        }
        let login = &logins[target];
        let rules = self.shared.rules;
        let fact = &rules.logins[login.number];
        let unmendable = |lack: &Lack| matches!(lack, Lack::OtherAudience(_) | Lack::NotSingle(_));
        if lacking.iter().any(unmendable) {
            return None;
        }
        let scope = lacks::scope(rules, logins, config, needs);
        let Some(literal) = login.options else { return self.url(login, fact, lacking, &scope) };
        let (lowered, text) = self.lowered(literal.file)?;
        if !matches!(lowered.ir.lang, crate::ir::Lang::Js) {
            return None;
        }
        let quote = if text.get(lowered.ir.span(literal.expr).range())?.contains('"') { '"' } else { '\'' };
        let quoted = |text: &str| format!("{quote}{text}{quote}");
        let mut changes = Vec::new();
        let mut added: Vec<(Way, String)> = Vec::new();
        let mut scope_done = false;
        for lack in lacking {
            let (setting, ways, value) = match lack {
                Lack::NoAudience | Lack::MisspeltAudience(_) => {
                    let value = self.audience(logins, config, &text, quote)?;
                    (effective(logins, config, |login| &login.audience), &fact.audience, value)
                }
                Lack::Response(_) => {
                    let wanted = fact.wanted_response_type.as_ref()?;
                    (effective(logins, config, |login| &login.response), &fact.response_type, quoted(wanted))
                }
                Lack::Scopes(_) | Lack::MisspeltScope(..) => {
                    if std::mem::replace(&mut scope_done, true) {
                        continue;
                    }
                    (effective(logins, config, |login| &login.scope), &fact.scope, quoted(&scope))
                }
                Lack::OtherAudience(_) | Lack::NotSingle(_) => return None,
            };
            match &setting.0.held {
                Held::Nothing => added.push((self.way(login, fact, ways)?, value)),
                _ => changes.push(self.replaced(setting.0, value)?),
            }
        }
        changes.extend(insertions(lowered, &text, literal, added)?);
        Some(changes)
    }

    /// A string literal replaced.
    fn replaced(&self, setting: &Setting, value: String) -> Option<Change> {
        let at = setting.at?;
        let (lowered, _) = self.lowered(at.file)?;
        matches!(lowered.ir.expr(at.expr), Expr::Lit(Lit::Str(_))).then(|| (at.file, lowered.ir.span(at.expr), value))
    }

    /// The way to an option that is not given: beside those that are.
    fn way(&self, login: &Login, fact: &LoginFact, ways: &[Way]) -> Option<Way> {
        let literal = login.options?;
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
        let Some(node) = domain.at else { return is_known.then_some(literal) };
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
            return is_known.then_some(literal);
        }
        let prefix = rules.prefix();
        Some(if text.contains('`') {
            format!("`https://${{{written}}}{prefix}`")
        } else {
            format!("{quote}https://{quote} + {written} + {quote}{prefix}{quote}")
        })
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
                let ending = if text.get(..line)?.ends_with("\r\n") { "\r\n" } else { "\n" };
                format!(",{ending}{indent}")
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
