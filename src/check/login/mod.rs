//! Where the tokens of flagged calls are asked for, what is missing there, and what to set.
//!
//! Owns the join of calls with logins, what a login lacks, the plan for each, and the edits. Works on plain data: what
//! calls and logins say was evaluated before. Must not know how a request is found.

mod edit;
mod exchange;
mod find;
mod lacks;

pub(super) use find::{Login, of_file, query_call, text_of};

use super::model::{Call, Fix, Location, Plan, PlanOption, Severity, Verdict};
use super::origin::Origin;
use crate::eval::Shared;
use crate::eval::value::Node;
use crate::rules::{LinkingTable, Rules};
use edit::Edits;
use find::{Held, Setting};
use lacks::{Lack, Needs};
use std::collections::BTreeMap;

/// The rule for a login that brings no token which the API would take.
const MISSING: &str = "management-audience-missing";
/// The rule for a login that asks for several audiences.
const NOT_SINGLE: &str = "management-audience-not-single";
/// The rule for linking by id with a current user's token.
const LINK_BY_ID: &str = "current-user-link-by-id";
/// The rule for secondary ID tokens that are signed otherwise.
const NOT_RS256: &str = "secondary-token-not-rs256";

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
    pub severity: Severity,
    pub message: String,
    pub help: String,
    pub at: Location,
    /// The calls that it has to do with.
    pub calls: Vec<usize>,
    /// Whether it is about the first of them, and not about a login.
    pub about_call: bool,
    pub fix: Option<Fix>,
}

/// What came of it.
#[derive(Default)]
pub(super) struct Outcome {
    pub drafts: Vec<Draft>,
    pub plans: Vec<Plan>,
    /// The edits that mend a call, by its place.
    pub fixes: BTreeMap<usize, Fix>,
}

/// One way to log in: what is set up once, and what is set where it is used.
type Config = (Option<usize>, Option<usize>);

/// Calls that the same logins feed.
#[derive(Default)]
struct Group {
    calls: Vec<usize>,
    /// Whether the token was followed to the login, and not just found beside it.
    strong: bool,
}

/// Judge the logins behind the calls.
pub(super) fn judge(
    shared: &Shared<'_>,
    logins: &[Login],
    sent: &[Sent<'_>],
    locate: &mut dyn FnMut(Node) -> Location,
) -> Outcome {
    let rules = shared.rules;
    let mut outcome = Outcome::default();
    let mut groups: BTreeMap<Vec<Config>, Group> = BTreeMap::new();
    for (nth, sent) in sent.iter().enumerate() {
        let (configs, strong) = feeding(shared, logins, sent.origin);
        if let Some(linking) = rules.endpoints[sent.endpoint].linking.as_ref() {
            judge_linking(shared, logins, (nth, sent), (&configs, strong), linking, &mut outcome, locate);
        }
        if sent.call.verdict == Verdict::IdToken && !configs.is_empty() {
            let group = groups.entry(configs).or_insert_with(|| Group { strong: true, ..Group::default() });
            group.calls.push(nth);
            group.strong &= strong;
        }
    }
    let mut reported: Vec<usize> = Vec::new();
    for (configs, group) in &groups {
        let work = Work { shared, logins, sent, configs, group };
        work.judge(&mut outcome, &mut reported, locate);
    }
    for (nth, login) in logins.iter().enumerate().filter(|(nth, _)| !reported.contains(nth)) {
        misspelt(rules, logins, nth, login, &mut outcome, locate);
    }
    outcome
}

/// Judge a call that links accounts: what its body says, and how the login expects ID tokens to be signed.
fn judge_linking(
    shared: &Shared<'_>,
    logins: &[Login],
    (nth, sent): (usize, &Sent<'_>),
    (configs, strong): (&[Config], bool),
    linking: &LinkingTable,
    outcome: &mut Outcome,
    locate: &mut dyn FnMut(Node) -> Location,
) {
    let rules = shared.rules;
    if sent.call.verdict == Verdict::AccessToken
        && strong
        && let Some(key) = sent.needs_key
        && configs.iter().all(|config| is_current_user(rules, logins, *config, sent.call))
        && !configs.is_empty()
    {
        outcome.drafts.push(Draft {
            rule: LINK_BY_ID,
            severity: Severity::Error,
            message: format!(
                "{} is called with the logged-in user's token, but the body names the other account by `{key}`",
                sent.call.endpoint
            ),
            help: format!(
                "Send the ID token of the other account as `{}`, and nothing else: signed with RS256, its `aud` the \
                 `azp` of the access token. Only a server with {} may link by id.",
                linking.id_token_member,
                sent.call.any_user_scopes.join(" or ")
            ),
            at: sent.call.at.clone(),
            calls: vec![nth],
            about_call: true,
            fix: None,
        });
    }
    for &(base, part) in configs {
        let algorithms = [base, part].into_iter().flatten().map(|nth| (nth, &logins[nth].algorithm.held));
        for (login, held) in algorithms {
            let Held::Texts(texts) = held else { continue };
            let Some(other) = texts.iter().find(|text| text.starts_with("HS")) else { continue };
            let at = locate(logins[login].node);
            if sent.needs_key.is_none() && !outcome.drafts.iter().any(|draft| draft.rule == NOT_RS256 && draft.at == at)
            {
                outcome.drafts.push(Draft {
                    rule: NOT_RS256,
                    severity: Severity::Warning,
                    message: format!(
                        "accounts are linked with ID tokens of a login that expects them signed with {other}"
                    ),
                    help: "Set the algorithm of the client, and what is expected here, to RS256: with the user's own \
                           token, an ID token in the body is taken only if it is signed so, and if its `aud` is the \
                           `azp` of the access token."
                        .to_owned(),
                    at,
                    calls: vec![nth],
                    about_call: false,
                    fix: None,
                });
            }
        }
    }
}

/// The logins that feed a token, and whether it was followed to them.
fn feeding(shared: &Shared<'_>, logins: &[Login], origin: &Origin) -> (Vec<Config>, bool) {
    let rules = shared.rules;
    let fact = |nth: usize| &rules.logins[logins[nth].number];
    let bases = || (0..logins.len()).filter(|nth| !fact(*nth).part);
    let parts = || (0..logins.len()).filter(|nth| fact(*nth).part);
    let of_base = |base: usize, part: usize| {
        let client = &logins[part].client;
        client.made.contains(&logins[base].node) || client.feeds.contains(&logins[base].number)
    };
    let mut configs: Vec<Config> = Vec::new();
    for part in parts().filter(|part| origin.made.contains(&logins[*part].node)) {
        let before = configs.len();
        configs.extend(bases().filter(|base| of_base(*base, part)).map(|base| (Some(base), Some(part))));
        if configs.len() == before {
            configs.push((None, Some(part)));
        }
    }
    if !configs.is_empty() {
        return (configs, true);
    }
    let with_parts = |base: usize| -> Vec<Config> {
        let found: Vec<Config> =
            parts().filter(|part| of_base(base, *part)).map(|part| (Some(base), Some(part))).collect();
        if found.is_empty() { vec![(Some(base), None)] } else { found }
    };
    let feeds = |nth: &usize| origin.made.contains(&logins[*nth].node) || origin.feeds.contains(&logins[*nth].number);
    configs.extend(nearest(shared, logins, origin, bases().filter(feeds).collect()).into_iter().flat_map(with_parts));
    if !configs.is_empty() {
        return (configs, true);
    }
    // nothing is known of where it came from: the only login there is
    let mut all = bases();
    match (all.next(), all.next()) {
        (Some(only), None) if origin.made.is_empty() && origin.feeds.is_empty() => (with_parts(only), false),
        _ => (Vec::new(), false),
    }
}

/// Of several logins that may feed a token, those of its file; else those of its application; else all.
fn nearest(shared: &Shared<'_>, logins: &[Login], origin: &Origin, all: Vec<usize>) -> Vec<usize> {
    let Some((from, _)) = origin.at.filter(|_| all.len() > 1) else { return all };
    let made = |nth: &usize| origin.made.contains(&logins[*nth].node);
    let here = |nth: &usize| logins[*nth].node.file == from;
    let together = |nth: &usize| shared.project.in_one_application(logins[*nth].node.file, from);
    let near: [&dyn Fn(&usize) -> bool; 3] = [&made, &here, &together];
    let found = near.iter().map(|is_near| all.iter().copied().filter(|nth| is_near(nth)).collect::<Vec<_>>());
    found.into_iter().find(|some| !some.is_empty()).unwrap_or(all)
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

/// Whether a login's tokens are the logged-in user's, and cannot act on any user.
fn is_current_user(rules: &Rules, logins: &[Login], config: Config, call: &Call) -> bool {
    let (base, part) = config;
    if [base, part].into_iter().flatten().any(|nth| rules.logins[logins[nth].number].public) {
        return true;
    }
    let words = lacks::words(&effective(logins, config, |login| &login.scope).0.held);
    let holds = |scopes: &[String]| scopes.iter().any(|scope| words.contains(scope));
    holds(&call.current_user_scopes) && !holds(&call.any_user_scopes)
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
    let Some(first) = found.first() else { return };
    let rule = if matches!(first, Lack::NotSingle(_)) { NOT_SINGLE } else { MISSING };
    let severity = if rule == NOT_SINGLE { Severity::Error } else { Severity::Warning };
    let said: Vec<String> = found.iter().map(|lack| lack.text(rules, login)).collect();
    outcome.drafts.push(Draft {
        rule,
        severity,
        message: format!("this login asks for no token that the Management API would take: {}", said.join("; ")),
        help: format!(
            "The audience is https://{{domain}}{}, with the slash at its end, as the only one.",
            rules.prefix()
        ),
        at: locate(login.node),
        calls: Vec::new(),
        about_call: false,
        fix: None,
    });
}

/// One group under work.
struct Work<'a> {
    shared: &'a Shared<'a>,
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
        let spoken = |config: &Config| config.1.or(config.0).is_some_and(|nth| self.logins[nth].says_something());
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
            });
        }
        let edits = Edits::new(self.shared, self.sent);
        // without an SDK, nothing but the answer's members leads to the only login that there is
        let is_followed = self.group.strong || fact.url.is_some() || fact.exchange.is_some();
        let fix = (is_followed && server.is_empty())
            .then(|| edits.of_group(&self.group.calls, self.logins, *config, target, lacks, &needs))
            .flatten();
        if let Some(fix) = &fix {
            for nth in &self.group.calls {
                outcome.fixes.insert(*nth, fix.clone());
            }
        }
        if lacks.is_empty() || own.is_empty() {
            return;
        }
        let not_single = lacks.iter().any(|lack| matches!(lack, Lack::NotSingle(_)));
        let (rule, severity) = if not_single { (NOT_SINGLE, Severity::Error) } else { (MISSING, Severity::Warning) };
        let said: Vec<String> = lacks.iter().map(|lack| lack.text(rules, login)).collect();
        let count = match self.group.calls.len() {
            1 => "a flagged call".to_owned(),
            many => format!("{many} flagged calls"),
        };
        let mut help = format!("Set {}.", listed(&options));
        if !server.is_empty() {
            help.push_str(" What acts on other users, or changes more than the user may, belongs on a server with a token of its own.");
        }
        let feeds = if self.group.strong { "that feeds" } else { "there is for" };
        outcome.drafts.push(Draft {
            rule,
            severity,
            message: format!("the login {feeds} {count} brings no access token for it: {}", said.join("; ")),
            help,
            at,
            calls: self.group.calls.clone(),
            about_call: false,
            fix,
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
