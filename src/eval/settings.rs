//! Settings of the environment that the project's `.env` files tell.
//!
//! Only what looks like a URL, a host or a path is taken: a secret is never looked at. Where a name says more than the
//! value (a tenant behind a domain of its own), the name stands.

use super::engine::Eval;
use super::value::{Pattern, Reason, Traced, Vals, Value};
use crate::ir::Name;
use crate::rules::{Rules, words};
use crate::text::{FileId, Span};

/// Labels of a host are no longer than this.
const LABEL: usize = 63;
/// Words in the name of a setting that holds no host, whatever it looks like.
const CREDENTIALS: &[&str] = &["token", "secret", "key", "password", "jwt", "bearer", "credential", "credentials"];
/// Hosts that documentation uses.
const EXAMPLES: &[&str] = &["example", "example.com", "example.org", "example.net", "invalid", "test"];

impl<'s> Eval<'s> {
    /// What a setting is by the files around `file`; none where that says no more than its name. It may be missing
    /// where the code runs, or be another there, so a default beside it counts as well.
    pub(super) fn setting(&mut self, key: &Name, file: FileId, span: Span) -> Vals {
        let rules = self.rules;
        if rules.token_name(key).is_some() {
            return Vals::new();
        }
        let names = [key.clone()];
        let is_credential = words::split(key).iter().any(|word| CREDENTIALS.contains(&word.as_str()));
        let tells = |text: &&str| {
            let Some(place) = Place::of(text).filter(|place| place.is_url || !is_credential) else { return false };
            match place.host {
                Some(host) if rules.is_tenant_host(host) => true,
                // to be filled in: only what is behind it tells
                Some(host) if is_example(host) => !host.contains('.') && place.has(rules.prefix()),
                _ => !says_more(rules, &names, &place),
            }
        };
        let texts: Vec<&str> = self.project.setting(file, key).into_iter().filter(tells).collect();
        let mut values: Vals = texts
            .iter()
            .map(|text| {
                let value = Traced::new(Value::Str(Pattern::lit(text)));
                value.step(file, span, || {
                    format!("the setting `{key}` of the environment, as a file of the project has it")
                })
            })
            .collect();
        if !values.is_empty() {
            values.push(Traced::new(Value::Null));
        }
        values
    }

    /// Members of data that code imports, like settings: where the name says more than the value, it stands.
    pub(super) fn data_member(&self, values: Vals, key: &Name) -> Vals {
        let names = [key.clone()];
        let by_its_name = |value: &Traced| match &value.value {
            Value::Str(pattern) => {
                pattern.text().and_then(Place::of).is_some_and(|place| says_more(self.rules, &names, &place))
            }
            _ => false,
        };
        let named = |value: Traced| {
            if by_its_name(&value) { Traced::new(Value::unknown(Reason::Environment, names.to_vec())) } else { value }
        };
        values.into_iter().map(named).collect()
    }
}

/// Whether the name of a setting says more about the tenant than its value: the tenant may have a domain of its own.
fn says_more(rules: &Rules, names: &[Name], place: &Place<'_>) -> bool {
    let Some(host) = place.host else { return false };
    // a base that is not that of the tenant's API, whatever the setting is called
    let is_other_base = rules.names_base(names) && place.is_url && !place.has(rules.prefix());
    !rules.is_tenant_host(host) && !is_other_base && (rules.names_tenant(names) || rules.names_base(names))
}

/// A text that leads somewhere.
struct Place<'t> {
    host: Option<&'t str>,
    path: &'t str,
    is_url: bool,
}

impl Place<'_> {
    /// Whether the path holds `prefix`, or ends with it.
    fn has(&self, prefix: &str) -> bool {
        format!("{}/", self.path).contains(prefix)
    }

    fn of(text: &str) -> Option<Place<'_>> {
        if text.is_empty() || text.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '@' | '$' | '<'))
        {
            return None;
        }
        let web = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        if let Some(rest) = web {
            let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
            return Some(Place { host: Some(host_of(authority)), path, is_url: true });
        }
        if let Some(rest) = text.strip_prefix('/') {
            let is_path = rest.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '.' | ':'));
            // what is long and without words is no path
            let is_plain = rest.split('/').all(|part| part.len() < 24);
            return (is_path && is_plain).then_some(Place { host: None, path: text, is_url: false });
        }
        let (authority, path) = text.split_at(text.find('/').unwrap_or(text.len()));
        let host = host_of(authority);
        is_host(host).then_some(Place { host: Some(host), path, is_url: false })
    }
}

fn host_of(authority: &str) -> &str {
    authority.split(':').next().unwrap_or(authority)
}

/// Whether a text can only be a host's name: labels, and a last one of letters.
fn is_host(text: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= LABEL
            && label.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    let last = text.rsplit('.').next().unwrap_or_default();
    let is_top = (2..=24).contains(&last.len()) && last.chars().all(|c| c.is_ascii_lowercase());
    text == "localhost" || text.contains('.') && is_top && text.split('.').all(label)
}

/// Whether a host stands for one that is to be filled in.
fn is_example(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    let is_named = EXAMPLES.iter().any(|example| host == *example || host.ends_with(&format!(".{example}")));
    is_named || !host.contains('.') && host != "localhost"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_places_are_taken() {
        for text in
            ["https://a.b/c", "http://localhost:3000", "t.eu.auth0.com", "api.internal:80/x", "/api/v2", "localhost"]
        {
            assert!(Place::of(text).is_some(), "{text}");
        }
        for text in [
            "",
            "secret",
            "true",
            "3000",
            "1.2.3",
            "AbC.dEf",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgN",
            "postgres://u:p@h.org/d",
            "https://u:p@h.org",
            "/9j4AAQSkZJRgABAQEAYABgAAD",
            "someone@example.org",
            "https://<domain>/x",
            "two words.org",
        ] {
            assert!(Place::of(text).is_none(), "{text}");
        }
    }

    #[test]
    fn examples_are_told_from_hosts() {
        for host in ["example.com", "api.example.org", "YOUR_DOMAIN", "your-domain"] {
            assert!(is_example(host), "{host}");
        }
        assert!(!is_example("localhost") && !is_example("examples.org") && !is_example("a.b"));
    }
}
