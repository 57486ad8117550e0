//! Which host a URL goes to: the tenant's, an own one, or one that cannot be told.

use super::target::Target;
use crate::eval::value::{Pattern, Piece, Traced, Value};
use crate::rules::Rules;

/// What is known of a URL's host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Host {
    /// Somebody else's.
    Other,
    /// It may be the tenant's.
    Maybe,
    /// The tenant's.
    Tenant,
}

/// The host of a split URL.
pub(super) fn host_of(rules: &Rules, target: &Target) -> Host {
    let mut text = String::new();
    let mut holes: Vec<&Traced> = Vec::new();
    for piece in &target.host {
        match piece {
            Piece::Lit(literal) => text.push_str(literal),
            Piece::Hole(value) => {
                text.push(HOLE);
                holes.push(value);
            }
        }
    }
    if target.base_hole {
        let Some(base) = holes.last() else { return Host::Other };
        // a setting that holds the whole URL of the API
        let names = names_of(base);
        let alone = text.chars().all(|c| c == HOLE || c == '/');
        return if alone && rules.names_base(&names) && !rules.names_own(&names) { Host::Tenant } else { Host::Other };
    }
    let host = authority(&text);
    if host.is_empty() || rules.is_own_host(host) {
        return Host::Other;
    }
    if !host.contains(HOLE) {
        // `YOUR_DOMAIN`, `{yourDomain}`, `<%= domain %>`: to be filled in
        let is_placeholder = host != "localhost" && (!host.contains('.') || host.contains(['<', '{', '%', '$']));
        return match (rules.is_tenant_host(host), is_placeholder) {
            (true, _) => Host::Tenant,
            (false, true) => Host::Maybe,
            (false, false) => Host::Other,
        };
    }
    // the part of the host that is written out decides, if it is enough
    if let Some(end) = host.rsplit(HOLE).next()
        && end.contains('.')
    {
        return if rules.is_tenant_host(end.trim_start_matches('.')) { Host::Tenant } else { Host::Other };
    }
    let in_host = host.chars().filter(|c| *c == HOLE).count();
    let before = text.find(host).map_or(0, |at| text[..at].chars().filter(|c| *c == HOLE).count());
    let holes = &holes[before.min(holes.len())..(before + in_host).min(holes.len())];
    let names: Vec<_> = holes.iter().flat_map(|hole| names_of(hole)).collect();
    if rules.names_tenant(&names) || rules.names_base(&names) {
        Host::Tenant
    } else if rules.names_own(&names) {
        Host::Other
    } else {
        Host::Maybe
    }
}

/// Whether an entry of a list of hosts may mean the host of one of `urls`, which go to a tenant.
pub(super) fn allows(rules: &Rules, entry: &Traced, urls: &[Pattern]) -> bool {
    match &entry.value {
        Value::Str(pattern) => match pattern.text() {
            Some(text) => {
                let entry = authority(text);
                let host = entry.trim_start_matches("*.");
                let is_tenant = || rules.is_tenant_host(host) && !rules.is_own_host(host);
                // one tenant's host is not another's
                let is_same = |url: &Pattern| match whole_authority(url) {
                    Some(of_url) if entry.starts_with("*.") => of_url.ends_with(&entry[1..]),
                    Some(of_url) => of_url == host,
                    None => is_tenant(),
                };
                !host.is_empty() && if urls.is_empty() { is_tenant() } else { urls.iter().any(is_same) }
            }
            None => {
                let names: Vec<_> = pattern.holes().flat_map(names_of).collect();
                rules.names_tenant(&names) || rules.names_base(&names)
            }
        },
        Value::Unknown(_) | Value::Api(_) => {
            let names = names_of(entry);
            names.is_empty() || rules.names_tenant(&names) || rules.names_base(&names)
        }
        // a pattern or a function decides when it runs
        Value::Plain | Value::Regex(_) | Value::Returned(_) | Value::Func(_) => true,
        _ => false,
    }
}

/// The host of a URL, where all of it is written out.
fn whole_authority(url: &Pattern) -> Option<&str> {
    let text = url.prefix();
    let rest = text.find("://").map(|at| &text[at + 3..]).or_else(|| text.strip_prefix("//"))?;
    (rest.contains('/') || url.text().is_some()).then(|| authority(text)).filter(|host| !host.is_empty())
}

/// The host of a URL's text, without user and port.
fn authority(text: &str) -> &str {
    let authority = match text.find("://") {
        Some(at) => &text[at + 3..],
        None => text.strip_prefix("//").unwrap_or(text),
    };
    let authority = authority.split('/').next().unwrap_or(authority);
    let authority = authority.rsplit('@').next().unwrap_or(authority);
    authority.split(':').next().unwrap_or(authority)
}

/// Stands for a hole while the text around it is looked at.
const HOLE: char = '\u{1}';

fn names_of(value: &Traced) -> Vec<crate::ir::Name> {
    match &value.value {
        Value::Unknown(_) | Value::Api(_) => value.value.names(),
        _ => Vec::new(),
    }
}
