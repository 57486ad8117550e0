//! Which endpoint a recorded request went to.

use crate::rules::{Endpoint, Rules, Segment};
use url::Url;

/// The place in the migration table of what a request went to. `issuer` is who issued its token: where a custom domain
/// issues tokens, it serves the API, too.
pub(super) fn endpoint(rules: &Rules, method: &str, url: &str, issuer: Option<&str>) -> Option<usize> {
    let (host, path) = parted(url);
    let named = match host {
        Host::Name(host) => {
            let is_tenant =
                rules.is_tenant_host(&host) || issuer.is_some_and(|issuer| issuer.eq_ignore_ascii_case(&host));
            (is_tenant && !rules.is_own_host(&host)).then_some(path.as_str())?
        }
        // a variable may hold the API's address with or without its path
        Host::Variable(name) if rules.names_base(&[name.as_str().into()]) && !path.starts_with(rules.prefix()) => {
            return at_path(rules, method, &path);
        }
        Host::Variable(_) => path.as_str(),
    };
    at_path(rules, method, named.strip_prefix(rules.prefix())?)
}

/// The place in the migration table of what a path alone says.
pub(super) fn of_path(rules: &Rules, method: &str, path: &str) -> Option<usize> {
    let (path, _) = path.split_once(['?', '#']).unwrap_or((path, ""));
    at_path(rules, method, path.strip_prefix(rules.prefix())?)
}

enum Host {
    Name(String),
    Variable(String),
}

/// The host of a URL, and its path with a slash before it.
fn parted(url: &str) -> (Host, String) {
    let plain = url.split(['?', '#']).next().unwrap_or_default();
    let behind = plain.split_once("://").map_or(plain, |(_, rest)| rest);
    // placeholders may hold slashes: `{{base/url}}` does not, `<your/domain>` might
    let (host, path) = behind.find('/').map_or((behind, "/"), |slash| behind.split_at(slash));
    let is_variable = |c: char| matches!(c, '{' | '}' | '$' | '<' | '>' | '%' | '[' | '(');
    if host.contains(is_variable) || !host.contains(['.', ':']) {
        let name = host.trim_matches(|c: char| is_variable(c) || c == ')' || c == ']').to_owned();
        return (Host::Variable(name), path.to_owned());
    }
    let whole = if plain.contains("://") { plain.to_owned() } else { format!("https://{plain}") };
    let name = Url::parse(&whole).ok().and_then(|url| url.host_str().map(str::to_owned));
    (Host::Name(name.unwrap_or_else(|| host.to_owned())), path.to_owned())
}

fn at_path(rules: &Rules, method: &str, path: &str) -> Option<usize> {
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    let fits = |endpoint: &Endpoint| {
        endpoint.method == method
            && endpoint.segments.len() == segments.len()
            && endpoint.segments.iter().zip(&segments).all(|(wanted, segment)| match wanted {
                Segment::Literal(text) => text == segment,
                Segment::Any(_) => true,
            })
    };
    rules.endpoints.iter().position(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_paths_decide() {
        let rules = Rules::load(&["login.example.com".to_owned()], &[]).unwrap();
        let name =
            |method, url, issuer| endpoint(&rules, method, url, issuer).map(|nth| rules.endpoints[nth].name.clone());
        let get = Some("GET /api/v2/users/{id}".to_owned());
        for url in [
            "https://acme.eu.auth0.com/api/v2/users/auth0%7C1?fields=a/b#c",
            "https://acme.auth0.com:443/api/v2/users/auth0|1/",
            "acme.auth0.com/api/v2/users/1",
            "https://login.example.com/api/v2/users/1",
            "https://{{domain}}/api/v2/users/{{id}}",
            "https://$AUTH0_DOMAIN/api/v2/users/$ID",
            "https://YOUR_DOMAIN/api/v2/users/USER_ID",
            "{{auth0_management_url}}/users/1",
            "{{host}}/api/v2/users/:id",
        ] {
            assert_eq!(name("GET", url, None), get, "{url}");
        }
        for url in [
            "https://api.example.com/api/v2/users/1",
            "http://localhost:3000/api/v2/users/1",
            "https://acme.auth0.com/api/v2/users",
            "https://acme.auth0.com/api/v2/users/1/roles",
            "https://acme.auth0.com/users/1",
            "{{host}}/users/1",
            "",
            "https://",
        ] {
            assert_eq!(name("GET", url, None), None, "{url}");
        }
        assert_eq!(name("GET", "https://id.example.org/api/v2/users/1", Some("id.example.org")), get);
        assert_eq!(name("PUT", "https://acme.auth0.com/api/v2/users/1", None), None);
        assert_eq!(of_path(&rules, "DELETE", "/api/v2/device-credentials/dcr_1?x=y"), Some(5));
    }
}
