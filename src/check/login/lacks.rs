//! What a login lacks for the calls that it feeds, each by name, and the options that would mend it.

use super::find::Login;
use super::written::{HOLE, Held};
use super::{Config, effective};
use crate::check::model::{Call, PlanOption};
use crate::rules::schema::EnvironmentTable;
use crate::rules::{Rules, Way};

/// The scopes that calls need: for each, those of which one is enough.
pub(super) struct Needs(Vec<Vec<String>>);

impl Needs {
    /// What these calls need.
    pub(super) fn of(calls: &[&&Call]) -> Needs {
        let mut all: Vec<Vec<String>> = Vec::new();
        for call in calls {
            if !all.contains(&call.current_user_scopes) {
                all.push(call.current_user_scopes.clone());
            }
        }
        all.sort();
        Needs(all)
    }

    /// The first of each.
    pub(super) fn scopes(&self) -> Vec<String> {
        let mut scopes: Vec<String> = self.0.iter().filter_map(|any| any.first().cloned()).collect();
        scopes.sort();
        scopes.dedup();
        scopes
    }

    /// Those that none of `words` stands for.
    fn missing(&self, words: &[String]) -> Vec<String> {
        let lacking = self.0.iter().filter(|any| !any.iter().any(|scope| words.contains(scope)));
        let mut scopes: Vec<String> = lacking.filter_map(|any| any.first().cloned()).collect();
        scopes.sort();
        scopes.dedup();
        scopes
    }
}

/// Something that a login lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Lack {
    /// No audience is asked for.
    NoAudience,
    /// Another API's is.
    OtherAudience(String),
    /// The right one is, misspelt.
    MisspeltAudience(String),
    /// Several are.
    NotSingle(Vec<String>),
    /// No access token comes with this response type.
    Response(String),
    /// These scopes are not asked for.
    Scopes(Vec<String>),
    /// A scope that does not exist, and what is meant.
    MisspeltScope(String, String),
}

impl Lack {
    /// In words, with the names that the SDK's options have.
    pub(super) fn text(&self, rules: &Rules, login: &Login) -> String {
        let fact = &rules.logins[login.number];
        let name = |ways: &[Way]| usual(ways, login.style).map(|way| way.join(".")).unwrap_or_default();
        let elsewhere = |of: fn(&EnvironmentTable) -> &String| {
            let known = fact.environment.as_ref().map(of);
            known.map(|name| format!(", and no file here sets `{name}`")).unwrap_or_default()
        };
        let quoted =
            |texts: &[String]| texts.iter().map(|text| format!("`{}`", shown(text))).collect::<Vec<_>>().join(" and ");
        match self {
            Lack::NoAudience => {
                format!("it sets no `{}`{}", name(&fact.audience), elsewhere(|known| &known.audience))
            }
            Lack::OtherAudience(text) => {
                format!("its `{}` is `{}`, which is another API's", name(&fact.audience), shown(text))
            }
            Lack::MisspeltAudience(text) => {
                format!("its `{}` is misspelt: `{}`", name(&fact.audience), shown(text))
            }
            Lack::NotSingle(all) => {
                format!("its `{}` names more than one: {}", name(&fact.audience), quoted(all))
            }
            Lack::Response(text) => {
                format!("its `{}` is `{text}`, without an access token", name(&fact.response_type))
            }
            Lack::Scopes(scopes) => format!("its `{}` lacks {}", name(&fact.scope), quoted(scopes)),
            Lack::MisspeltScope(scope, means) => {
                format!("its `{}` names `{scope}`, which does not exist: `{means}` is meant", name(&fact.scope))
            }
        }
    }
}

fn shown(text: &str) -> String {
    text.replace(HOLE, "…")
}

/// The words of an option that is a list of them.
pub(super) fn words(held: &Held) -> Vec<String> {
    match held {
        Held::Texts(texts) | Held::List(texts) => {
            texts.iter().flat_map(|text| text.split_whitespace()).map(str::to_owned).collect()
        }
        Held::Nothing | Held::Unknown => Vec::new(),
    }
}

/// Whether an audience is, or is meant to be, that of a tenant's API. Many an API has such a path.
fn is_meant(rules: &Rules, text: &str) -> bool {
    let bare = rules.prefix().trim_end_matches('/');
    let host = text.split_once("://").map_or(text, |(_, rest)| rest).split('/').next().unwrap_or_default();
    text.contains(bare) && (host.contains(HOLE) || rules.is_tenant_host(host))
}

/// What is wrong with an audience.
fn of_audience(rules: &Rules, held: &Held) -> Option<Lack> {
    let bare = rules.prefix().trim_end_matches('/');
    let texts: Vec<String> = match held {
        Held::Nothing => return Some(Lack::NoAudience),
        Held::Unknown => return None,
        Held::List(items) if items.len() > 1 => {
            let any = items.iter().any(|item| is_meant(rules, item));
            return Some(if any { Lack::NotSingle(items.clone()) } else { Lack::OtherAudience(items.join(" ")) });
        }
        Held::List(items) | Held::Texts(items) => items.clone(),
    };
    let mut worst = None;
    for text in &texts {
        let several: Vec<String> =
            text.split([' ', ',']).filter(|part| part.contains("://")).map(str::to_owned).collect();
        if several.len() > 1 && several.iter().any(|part| is_meant(rules, part)) {
            return Some(Lack::NotSingle(several));
        }
        let lack = match text.split_once(bare) {
            Some((_, "/")) => return None,
            // what follows is not known
            Some((_, rest)) if rest.contains(HOLE) => return None,
            Some(_) if is_meant(rules, text) => Lack::MisspeltAudience(text.clone()),
            None if text.contains(HOLE) => return None,
            None if text.is_empty() => Lack::NoAudience,
            _ => Lack::OtherAudience(text.clone()),
        };
        worst = Some(lack);
    }
    worst
}

/// The way to an option that is the usual one at a login.
pub(super) fn usual(ways: &[Way], style: usize) -> Option<&Way> {
    ways.get(style).or_else(|| ways.first())
}

/// What one way to log in lacks.
pub(super) fn of_config(rules: &Rules, logins: &[Login], config: Config, needs: &Needs) -> Vec<Lack> {
    let mut lacks = Vec::new();
    let audience = &effective(logins, config, |login| &login.audience).0.held;
    lacks.extend(of_audience(rules, audience));
    let (response, _) = effective(logins, config, |login| &login.response);
    let default = [config.0, config.1]
        .into_iter()
        .flatten()
        .find_map(|nth| rules.logins[logins[nth].number].default_response_type.as_ref());
    let types: Vec<String> = match &response.held {
        Held::Texts(texts) => texts.clone(),
        Held::Nothing => default.cloned().into_iter().collect(),
        Held::List(_) | Held::Unknown => Vec::new(),
    };
    let brings =
        |text: &String| text.contains(HOLE) || text.split_whitespace().any(|word| word == "token" || word == "code");
    if !types.is_empty() && !types.iter().any(brings) {
        lacks.push(Lack::Response(types[0].clone()));
    }
    let scope = &effective(logins, config, |login| &login.scope).0.held;
    let words = words(scope);
    let open = *scope == Held::Unknown || words.iter().any(|word| word.contains(HOLE));
    let meant =
        |word: &String| rules.meant_scope(word).map(|means| Lack::MisspeltScope(word.clone(), means.to_owned()));
    let wrong: Vec<Lack> = words.iter().filter_map(meant).collect();
    let mended: Vec<String> =
        words.iter().map(|word| rules.meant_scope(word).map_or_else(|| word.clone(), str::to_owned)).collect();
    let missing = if open { Vec::new() } else { needs.missing(&mended) };
    if !missing.is_empty() {
        lacks.push(Lack::Scopes(missing));
    }
    lacks.extend(wrong);
    lacks
}

/// What is wrong with a login whoever uses it: several audiences, misspelt ones, scopes that do not exist.
pub(super) fn of_itself(rules: &Rules, logins: &[Login], nth: usize, login: &Login) -> Vec<Lack> {
    let audience = of_audience(rules, &login.audience.held);
    let mut lacks: Vec<Lack> = audience
        .clone()
        .into_iter()
        .filter(|lack| matches!(lack, Lack::NotSingle(_) | Lack::MisspeltAudience(_)))
        .collect();
    let base = (0..logins.len()).find(|base| login.client.made.contains(&logins[*base].node));
    let (effective, _) = effective(logins, (base, Some(nth)), |login| &login.audience);
    // other APIs have scopes of their own
    let for_api = match &effective.held {
        Held::Texts(texts) | Held::List(texts) => texts.iter().any(|text| is_meant(rules, text)),
        Held::Nothing | Held::Unknown => false,
    };
    if for_api {
        let words = words(&login.scope.held);
        lacks.extend(words.iter().filter_map(|word| {
            rules.meant_scope(word).map(|means| Lack::MisspeltScope(word.clone(), means.to_owned()))
        }));
    }
    lacks
}

/// The audience to ask for, with the tenant's host where it is written out.
pub(super) fn audience(rules: &Rules, logins: &[Login], config: Config) -> String {
    let (domain, _) = effective(logins, config, |login| &login.domain);
    let host = match &domain.held {
        Held::Texts(texts) => texts.first().filter(|text| !text.contains(HOLE) && !text.is_empty()).cloned(),
        _ => None,
    };
    let host = host.unwrap_or_else(|| "{domain}".to_owned());
    let host = host.trim_start_matches("https://").trim_end_matches('/');
    format!("https://{host}{}", rules.prefix())
}

/// The scope to ask for: what is asked for already, and what is missing.
pub(super) fn scope(rules: &Rules, logins: &[Login], config: Config, needs: &Needs) -> String {
    let (setting, _) = effective(logins, config, |login| &login.scope);
    let mut words: Vec<String> = words(&setting.held)
        .iter()
        .map(|word| rules.meant_scope(word).map_or_else(|| word.clone(), str::to_owned))
        .filter(|word| !word.contains(HOLE))
        .collect();
    if words.is_empty() {
        let facts = [config.0, config.1].into_iter().flatten().map(|nth| &rules.logins[logins[nth].number]);
        let by_itself = facts.filter(|_| setting.held == Held::Nothing).find_map(|fact| fact.default_scope.as_deref());
        words.extend(by_itself.unwrap_or("openid").split(' ').map(str::to_owned));
    }
    words.extend(needs.missing(&words));
    words.dedup();
    words.join(" ")
}

/// What to write at a login, by the names of its SDK.
pub(super) fn options(
    rules: &Rules,
    logins: &[Login],
    config: Config,
    target: usize,
    needs: &Needs,
) -> Vec<PlanOption> {
    let login = &logins[target];
    let fact = &rules.logins[login.number];
    let mut options = Vec::new();
    let mut add = |way: Option<String>, value: String| {
        if let Some(name) = way {
            options.push(PlanOption { name, value });
        }
    };
    let name = |ways: &[Way]| usual(ways, login.style).map(|way| way.join("."));
    add(name(&fact.audience), audience(rules, logins, config));
    add(name(&fact.scope), scope(rules, logins, config, needs));
    let response = effective(logins, config, |login| &login.response).0;
    let brings = |text: &String| text.split_whitespace().any(|word| word == "token" || word == "code");
    let is_right = match &response.held {
        Held::Texts(texts) => texts.iter().any(brings),
        Held::Nothing => fact.default_response_type.is_none(),
        Held::List(_) | Held::Unknown => true,
    };
    if let Some(wanted) = fact.wanted_response_type.clone().filter(|_| !is_right) {
        add(name(&fact.response_type), wanted);
    }
    options
}
