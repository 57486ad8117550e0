//! Where the tokens of flagged calls are asked for, what is missing there, and what to set.
//!
//! Owns the join of calls with logins, what a login lacks, the plan for each, and the edits. Works on plain data: what
//! calls and logins say was evaluated before. Must not know how a request is found.

mod ambient;
mod beside;
mod edit;
mod exchange;
mod feed;
mod find;
mod flow;
mod keeps;
mod kept;
mod lacks;
mod linking;
mod members;
mod options;
mod stores;
mod token;
mod twin;
mod uses;
mod written;

pub(super) use find::{Login, of_file};
pub(super) use linking::{NOT_RS256, links_by_token};
pub(super) use written::{member_texts, text_of, told_at};

use super::model::{Call, Fix, Location, Plan, PlanOption, Verdict};
use super::origin::Origin;
use super::outside::Client;
use crate::eval::Shared;
use crate::eval::value::Node;
use crate::rules::Rules;
use crate::text::{FileId, Span};
use edit::Edits;
use feed::{Feeding, Logins, Sure};
use find::Setting;
use lacks::{Lack, Needs};
use std::collections::BTreeMap;
use written::Held;

/// The rule for a login that brings no token which the API would take.
const MISSING: &str = "management-audience-missing";
/// The rule for a login that asks for several audiences.
const NOT_SINGLE: &str = "management-audience-not-single";

/// Why there is no edit of a token that a client takes from somewhere itself.
const BY_ITSELF: &str = "no code here reads the token: the client adds it by itself";

/// Whether a rule is about what a login asks for.
pub(super) fn is_about_login(rule: &str) -> bool {
    [MISSING, NOT_SINGLE].contains(&rule)
}

/// A call with what is known of it beside the report.
pub(super) struct Sent<'a> {
    /// The call.
    pub call: &'a Call,
    /// The endpoint's place in the migration table.
    pub endpoint: usize,
    /// Where its token came into being.
    pub origin: &'a Origin,
    /// The key of its body that takes a token for any user.
    pub needs_key: Option<&'a str>,
}

/// A finding that is not about a Bearer.
pub(super) struct Draft {
    pub rule: &'static str,
    pub message: String,
    pub help: String,
    pub at: Location,
    /// The calls that it has to do with.
    pub calls: Vec<usize>,
    /// Whether it is about the first of them, and not about a login.
    pub about_call: bool,
    /// What these calls have to do with it, where it is not about the first of them.
    pub related: &'static str,
    pub fix: Option<Fix>,
    /// Why there is none.
    pub no_fix: Option<String>,
}

/// One change of a text.
type Change = (FileId, Span, String);

/// How lines end around the one that begins at `line`.
fn line_ending(text: &str, line: usize) -> &'static str {
    if text.get(..line).is_some_and(|before| before.ends_with("\r\n")) { "\r\n" } else { "\n" }
}

/// Why no edit is made.
struct Left {
    /// Part of a sentence.
    why: String,
    /// The call that it is about, if it is about one.
    call: Option<usize>,
}

impl Left {
    fn of(why: impl Into<String>) -> Left {
        Left { why: why.into(), call: None }
    }

    /// It is about this call.
    fn at(self, call: usize) -> Left {
        Left { call: Some(call), ..self }
    }

    /// What is said of one of the calls that are mended together, or of their login.
    fn said(&self, of: Option<usize>, sent: &[Sent<'_>]) -> String {
        match (self.call, of) {
            (Some(call), Some(of)) if call != of => {
                let place = place(sent[call].call);
                format!("all calls of a login are mended together, and the one at {place} is not: {}", self.why)
            }
            (Some(call), None) => format!("the call at {} is not mended: {}", place(sent[call].call), self.why),
            _ => self.why.clone(),
        }
    }
}

/// A call's place as people look for it.
fn place(call: &Call) -> String {
    format!("{}:{}", call.at.path, call.at.start.line)
}

/// What came of it.
#[derive(Default)]
pub(super) struct Outcome {
    pub drafts: Vec<Draft>,
    pub plans: Vec<Plan>,
    /// The edits that mend a call, by its place.
    pub fixes: BTreeMap<usize, Fix>,
    /// Why there are none for a call.
    pub left: BTreeMap<usize, String>,
}

impl Outcome {
    /// What is said about other calls joins: about those that stand at `places` among all.
    pub(super) fn add(&mut self, other: Outcome, places: &[usize]) {
        let numbered = |calls: Vec<usize>| calls.into_iter().map(|nth| places[nth]).collect();
        self.drafts.extend(other.drafts.into_iter().map(|draft| Draft { calls: numbered(draft.calls), ..draft }));
        self.plans.extend(other.plans.into_iter().map(|plan| Plan { calls: numbered(plan.calls), ..plan }));
        self.fixes.extend(other.fixes.into_iter().map(|(nth, fix)| (places[nth], fix)));
        self.left.extend(other.left.into_iter().map(|(nth, why)| (places[nth], why)));
    }
}

/// One way to log in: what is set up once, and what is set where it is used.
type Config = (Option<usize>, Option<usize>);

/// Calls that the same login feeds.
#[derive(Default)]
struct Group {
    calls: Vec<usize>,
    /// How sure it is that it feeds all of them.
    sure: Sure,
}

/// Judge the logins behind the calls, and what calls that link accounts need of the tenant's `clients`.
pub(super) fn judge(
    shared: &Shared<'_>,
    logins: &[Login],
    sent: &[Sent<'_>],
    clients: &[Client],
    locate: &mut dyn FnMut(Node) -> Location,
) -> Outcome {
    let rules = shared.rules;
    let mut outcome = Outcome::default();
    let mut groups: BTreeMap<Vec<Config>, Group> = BTreeMap::new();
    let known = Logins::new(shared, logins);
    for (nth, sent) in sent.iter().enumerate() {
        let is_linking = rules.endpoints[sent.endpoint].linking.as_ref();
        if sent.call.verdict != Verdict::IdToken && is_linking.is_none() {
            continue;
        }
        let feeding = known.feeding(sent);
        if let Some(linking) = is_linking {
            let configs: Vec<Config> = feeding.ways.iter().flatten().copied().collect();
            let link = linking::Link { nth, sent, linking, configs: &configs, sure: feeding.sure };
            linking::judge(&link, rules, logins, clients, &mut outcome, locate);
        }
        if sent.call.verdict == Verdict::IdToken {
            let Feeding { ways, sure } = without_others(rules, logins, sent.call, feeding);
            if ways.is_empty() {
                let why = match sent.origin.at {
                    Some(_) => "the login that this token comes from was not found",
                    None => BY_ITSELF,
                };
                outcome.left.insert(nth, why.to_owned());
            }
            for way in ways {
                let group = groups.entry(way).or_default();
                group.calls.push(nth);
                group.sure = group.sure.max(sure);
            }
        }
    }
    let mut reported: Vec<usize> = Vec::new();
    for (configs, group) in &groups {
        let work = Work { shared, known: &known, logins, sent, configs, group };
        work.judge(&mut outcome, &mut reported, locate);
    }
    for (nth, login) in logins.iter().enumerate().filter(|(nth, _)| !reported.contains(nth)) {
        misspelt(rules, logins, nth, login, &mut outcome, locate);
    }
    outcome
}

/// Of the logins that may feed a call, the ones that ask for all that it needs; where none does, all.
fn without_others(rules: &Rules, logins: &[Login], call: &Call, feeding: Feeding) -> Feeding {
    if feeding.ways.len() < 2 || matches!(feeding.sure, Sure::EachOf(_)) {
        return feeding;
    }
    let needs = Needs::of(&[&call]);
    let brings =
        |way: &Vec<Config>| way.iter().any(|config| lacks::of_config(rules, logins, *config, &needs).is_empty());
    let satisfied: Vec<Vec<Config>> = feeding.ways.iter().filter(|way| brings(way)).cloned().collect();
    if satisfied.is_empty() { feeding } else { Feeding { ways: satisfied, ..feeding } }
}

/// What counts of an option: what is set where it is used, else what was set up.
fn effective<'a>(
    logins: &'a [Login],
    (base, part): Config,
    of: impl Fn(&'a Login) -> &'a Setting,
) -> (&'a Setting, usize) {
    let settings = [part, base].into_iter().flatten().map(|nth| (of(&logins[nth]), nth));
    let mut given = settings.clone().filter(|(setting, _)| setting.held != Held::Nothing);
    given.next().or_else(|| settings.last()).unwrap_or_else(|| (of(&logins[0]), 0))
}

/// The rule that what a login lacks is against.
fn rule_of(lacks: &[Lack]) -> &'static str {
    if lacks.iter().any(|lack| matches!(lack, Lack::NotSingle(_))) { NOT_SINGLE } else { MISSING }
}

/// Scopes that do not exist and audiences that are written wrongly, at logins that no flagged call was followed to.
fn misspelt(
    rules: &Rules,
    logins: &[Login],
    nth: usize,
    login: &Login,
    outcome: &mut Outcome,
    locate: &mut dyn FnMut(Node) -> Location,
) {
    let found = lacks::of_itself(rules, logins, nth, login);
    if found.is_empty() {
        return;
    }
    let said: Vec<String> = found.iter().map(|lack| lack.text(rules, login)).collect();
    outcome.drafts.push(Draft {
        rule: rule_of(&found),
        message: format!("this login asks for no token that the Management API would take: {}", said.join("; ")),
        help: format!(
            "The audience is https://{{domain}}{}, with the slash at its end, as the only one.",
            rules.prefix()
        ),
        at: locate(login.node),
        calls: Vec::new(),
        about_call: false,
        related: "its token is sent here",
        fix: None,
        no_fix: None,
    });
}

/// One group under work.
struct Work<'a> {
    shared: &'a Shared<'a>,
    known: &'a Logins<'a>,
    logins: &'a [Login],
    sent: &'a [Sent<'a>],
    configs: &'a [Config],
    group: &'a Group,
}

impl Work<'_> {
    fn judge(&self, outcome: &mut Outcome, reported: &mut Vec<usize>, locate: &mut dyn FnMut(Node) -> Location) {
        let rules = self.shared.rules;
        let calls: Vec<&Call> = self.group.calls.iter().map(|nth| self.sent[*nth].call).collect();
        let (server, own): (Vec<&&Call>, Vec<&&Call>) =
            calls.iter().partition(|call| call.suggested_scopes == call.any_user_scopes);
        let needs = Needs::of(&own);
        let lacking: Vec<(Config, Vec<Lack>)> = self
            .configs
            .iter()
            .map(|config| (*config, lacks::of_config(rules, self.logins, *config, &needs)))
            .collect();
        let satisfied = lacking.iter().find(|(_, lacks)| lacks.is_empty());
        // where something is set already is where people look
        let spoken = |config: &Config| self.known.says_something(config);
        let chosen =
            satisfied.or_else(|| lacking.iter().find(|(config, _)| spoken(config))).or_else(|| lacking.first());
        let Some((config, lacks)) = chosen else { return };
        let target =
            match config {
                (Some(base), Some(part)) if self.logins[*part].says_something() => {
                    if self.logins[*base].says_something() { self.where_set(*config) } else { *part }
                }
                (Some(base), _) => *base,
                (None, Some(part)) => *part,
                (None, None) => return,
            };
        reported.extend([config.0, config.1].into_iter().flatten());
        let login = &self.logins[target];
        let fact = &rules.logins[login.number];
        let at = locate(login.node);
        let options = lacks::options(rules, self.logins, *config, target, &needs);
        if !own.is_empty() {
            outcome.plans.push(Plan {
                at: at.clone(),
                sdk: fact.sdk.to_string(),
                audience: lacks::audience(rules, self.logins, *config),
                scopes: needs.scopes(),
                options: options.clone(),
                calls: self.group.calls.clone(),
                confidence: self.group.sure.confidence(),
            });
        }
        let edits = Edits::new(self.shared, self.sent);
        // without an SDK, nothing but the answer's members leads to the only login that there is
        let is_followed = match self.group.sure {
            Sure::Followed => Ok(()),
            Sure::EachOf(several) => {
                Err(Left::of(format!("its token comes from {several} logins, which no edit changes together")))
            }
            Sure::Only if fact.url.is_some() || fact.exchange.is_some() => Ok(()),
            Sure::Only => {
                Err(Left::of("the token was not followed to this login, which is only the one that there is"))
            }
            Sure::OneOf(several) => {
                Err(Left::of(format!("the code does not tell of which of {several} logins it comes")))
            }
        };
        let mut facts = [config.0, config.1].into_iter().flatten().map(|nth| &rules.logins[self.logins[nth].number]);
        let outdated = facts.find_map(|fact| Some(format!("{} {}", fact.sdk, fact.outdated.as_ref()?)));
        let edited = if let Some(why) = &outdated {
            Err(Left::of(why.clone()))
        } else if !server.is_empty() {
            let on_server = self.group.calls.iter().find(|nth| {
                let call = self.sent[**nth].call;
                call.suggested_scopes == call.any_user_scopes
            });
            let left = Left::of(
                "what acts on other users, or changes more than the user may, takes a token that a server asks for with \
                 client credentials, and not this login's",
            );
            Err(Left { call: on_server.copied(), ..left })
        } else {
            is_followed.and_then(|()| edits.of_group(&self.group.calls, self.logins, *config, target, lacks, &needs))
        };
        let (fix, left) = match edited {
            Ok(fix) => (Some(fix), None),
            Err(left) => (None, Some(left)),
        };
        for nth in &self.group.calls {
            match (&fix, &left) {
                (Some(fix), _) => _ = outcome.fixes.insert(*nth, fix.clone()),
                (None, Some(left)) => _ = outcome.left.insert(*nth, left.said(Some(*nth), self.sent)),
                (None, None) => {}
            }
        }
        if lacks.is_empty() || own.is_empty() {
            return;
        }
        let said: Vec<String> = lacks.iter().map(|lack| lack.text(rules, login)).collect();
        let count = match self.group.calls.len() {
            1 => "a flagged call".to_owned(),
            many => format!("{many} flagged calls"),
        };
        let mut help = format!("Set {}.", listed(&options));
        if let Some(why) = &outdated {
            help.push_str(&format!(" But {why}."));
        }
        if !server.is_empty() {
            help.push_str(" What acts on other users, or changes more than the user may, belongs on a server with a token of its own.");
        }
        let subject = match self.group.sure {
            Sure::Followed => format!("the login that feeds {count}"),
            Sure::EachOf(several) => format!("this login, one of {several} that feed {count},"),
            Sure::Only => format!("the login there is for {count}"),
            Sure::OneOf(several) => format!("this login, one of {several} that may feed {count},"),
        };
        if matches!(self.group.sure, Sure::OneOf(_)) {
            help.push_str(" Which of these logins feeds it, the code does not say: set this at each that does.");
        }
        if matches!(self.group.sure, Sure::EachOf(_)) {
            help.push_str(" On other ways the token comes from another login, which needs the same.");
        }
        outcome.drafts.push(Draft {
            rule: rule_of(lacks),
            message: format!("{subject} brings no access token for it: {}", said.join("; ")),
            help,
            at,
            calls: self.group.calls.clone(),
            about_call: false,
            related: "its token is sent here",
            fix,
            no_fix: left.map(|left| left.said(None, self.sent)),
        });
    }

    /// Of two places that both set something, the one where the audience is set, or the scope.
    fn where_set(&self, config: Config) -> usize {
        let (audience, at) = effective(self.logins, config, |login| &login.audience);
        if audience.held != Held::Nothing {
            return at;
        }
        effective(self.logins, config, |login| &login.scope).1
    }
}

fn listed(options: &[PlanOption]) -> String {
    let shown: Vec<String> = options.iter().map(|option| format!("`{}` to `{}`", option.name, option.value)).collect();
    match shown.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
