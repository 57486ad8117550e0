//! What a recorded Bearer is, by its claims. Nothing is verified, and nothing of a token but the names of claims leaves
//! this module.

use crate::check::model::Verdict;
use crate::rules::{LinkingTable, Rules};
use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::Value;
use url::Url;

/// As tokens are encoded, and as careless programs encode them.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);
/// A larger token is none, in bytes.
const LENGTH: usize = 64 * 1024;

/// A token whose header and claims could be read.
pub(super) struct Token {
    header: Value,
    claims: Value,
}

/// What a token is.
pub(super) struct Judged {
    /// An ID token, an access token, or not known.
    pub verdict: Verdict,
    /// Which claims say so: names only.
    pub why: String,
    /// How many audiences an access token for the Management API has; 0 for other tokens.
    pub audiences: usize,
}

impl Token {
    /// The claims of a signed token; nothing where it is none: opaque, encrypted, cut off, a placeholder.
    pub(super) fn read(text: &str) -> Option<Token> {
        if text.len() > LENGTH {
            return None;
        }
        let mut parts = text.split('.');
        let (header, claims, _signature, end) = (parts.next()?, parts.next()?, parts.next()?, parts.next());
        let header = object(header)?;
        (end.is_none() && header.get("alg").is_some_and(Value::is_string)).then_some(())?;
        Some(Token { header, claims: object(claims)? })
    }

    /// The host of who issued it.
    pub(super) fn issuer(&self) -> Option<String> {
        Url::parse(self.claims.get("iss")?.as_str()?).ok()?.host_str().map(str::to_owned)
    }

    /// What it is, when it is sent to the Management API.
    pub(super) fn judge(&self, rules: &Rules) -> Judged {
        let known = &rules.outside.recorded;
        let audiences = self.audiences();
        let held = |names: &[String]| -> Vec<String> {
            names
                .iter()
                .filter(|name| self.claims.get(name.as_str()).is_some())
                .map(|name| format!("`{name}`"))
                .collect()
        };
        let (of_id, of_access) = (held(&known.id_claims), held(&known.access_claims));
        let is_url = |audience: &&str| audience.contains("://") || audience.starts_with("urn:");
        let judged = |verdict, why: String| Judged { verdict, why, audiences: 0 };
        let list = |names: &[String]| names.join(", ");
        if audiences.iter().any(|audience| self.is_management(audience, rules)) {
            let why = "its `aud` is the Management API".to_owned();
            return Judged { audiences: audiences.len(), ..judged(Verdict::AccessToken, why) };
        }
        if !of_id.is_empty() && !audiences.iter().all(is_url) {
            let verb = if of_id.len() == 1 { "is a claim" } else { "are claims" };
            let what = format!("its `aud` is a client, and {} {verb} of ID tokens", list(&of_id));
            return judged(Verdict::IdToken, what);
        }
        if audiences.is_empty() {
            return judged(Verdict::Unknown, "it has no `aud`".to_owned());
        }
        if audiences.iter().any(is_url) {
            return judged(Verdict::AccessToken, "its `aud` is another API's URL".to_owned());
        }
        if !of_access.is_empty() {
            return judged(Verdict::AccessToken, format!("it has {}", list(&of_access)));
        }
        judged(Verdict::IdToken, "its `aud` is a client, and it has no claim of access tokens".to_owned())
    }

    /// Whether it is signed otherwise than a token has to be that links accounts; then how, if that is a known way.
    pub(super) fn signed_otherwise<'r>(&self, linking: &LinkingTable, rules: &'r Rules) -> Option<Option<&'r str>> {
        let said = self.header.get("alg").and_then(Value::as_str)?;
        let named = rules.outside.recorded.other_algorithms.iter().find(|other| **other == said);
        (said != linking.algorithm).then(|| named.map(String::as_str))
    }

    /// Whether it is for the client that got `access`; nothing where one of them does not say.
    pub(super) fn is_for_client_of(&self, access: &Token) -> Option<bool> {
        let client = access.claims.get("azp").and_then(Value::as_str)?;
        let audiences = self.audiences();
        (!audiences.is_empty()).then(|| audiences.contains(&client))
    }

    /// Whether its scopes let it act on the user alone that it is about.
    pub(super) fn is_current_users(&self, rules: &Rules) -> bool {
        let scopes = self.claims.get("scope").and_then(Value::as_str).unwrap_or_default();
        let is_own = |scope: &str| {
            let mut rows = rules.endpoints.iter().flat_map(|endpoint| &endpoint.scopes);
            rows.any(|(current_user, _)| current_user == scope)
        };
        // those of login, `openid profile`, are of no API
        let mut of_apis = scopes.split_whitespace().filter(|scope| scope.contains(':')).peekable();
        of_apis.peek().is_some() && of_apis.all(is_own)
    }

    fn audiences(&self) -> Vec<&str> {
        match self.claims.get("aud") {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether an audience is the Management API of the tenant that issued the token.
    fn is_management(&self, audience: &str, rules: &Rules) -> bool {
        let Ok(url) = Url::parse(audience) else { return false };
        let host = url.host_str().unwrap_or_default();
        let is_own = self.issuer().is_some_and(|issuer| issuer == host);
        url.path().trim_end_matches('/') == rules.prefix().trim_end_matches('/')
            && (is_own || rules.is_tenant_host(host))
    }
}

/// The object in a part of a token. Nesting is bounded by the parser.
fn object(part: &str) -> Option<Value> {
    let bytes = BASE64.decode(part).ok()?;
    serde_json::from_slice::<Value>(&bytes).ok().filter(Value::is_object)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(header: &str, claims: &str) -> String {
        format!("{}.{}.c2ln", BASE64.encode(header), BASE64.encode(claims))
    }

    fn judged(claims: &str) -> (Verdict, usize) {
        let rules = Rules::load(&[], &[]).unwrap();
        let token = Token::read(&token("{\"alg\":\"RS256\"}", claims)).unwrap();
        let judged = token.judge(&rules);
        assert!(!judged.why.contains("SECRET"), "{}", judged.why);
        (judged.verdict, judged.audiences)
    }

    #[test]
    fn claims_decide() {
        for (claims, wanted) in [
            (r#"{"iss":"https://a.auth0.com/","aud":"SECRETclient","nonce":"SECRET"}"#, (Verdict::IdToken, 0)),
            (r#"{"aud":["client"],"at_hash":"SECRET","azp":"client"}"#, (Verdict::IdToken, 0)),
            (r#"{"sub":"SECRET","aud":"client","exp":1}"#, (Verdict::IdToken, 0)),
            (r#"{"aud":"https://a.auth0.com/api/v2/","azp":"c","scope":"read:x"}"#, (Verdict::AccessToken, 1)),
            (r#"{"aud":["https://a.auth0.com/api/v2/","https://a.auth0.com/userinfo"]}"#, (Verdict::AccessToken, 2)),
            (r#"{"iss":"https://id.example/","aud":"https://id.example/api/v2"}"#, (Verdict::AccessToken, 1)),
            (r#"{"aud":"https://shop.example/api/v2/","scope":"a"}"#, (Verdict::AccessToken, 0)),
            (r#"{"aud":"my-api","scope":"a","azp":"c"}"#, (Verdict::AccessToken, 0)),
            (r#"{"aud":"client","scopes":{"users":{"actions":["read"]}},"jti":"x"}"#, (Verdict::AccessToken, 0)),
            (r#"{"sub":"1234567890","name":"SECRET","iat":1516239022}"#, (Verdict::Unknown, 0)),
        ] {
            assert_eq!(judged(claims), wanted, "{claims}");
        }
    }

    #[test]
    fn tokens_that_link_accounts_are_compared() {
        let rules = Rules::load(&[], &[]).unwrap();
        let linking = rules.endpoints.iter().find_map(|endpoint| endpoint.linking.as_ref()).unwrap();
        let read = |header: &str, claims: &str| Token::read(&token(header, claims)).unwrap();
        for (header, wanted) in [
            (r#"{"alg":"RS256"}"#, None),
            (r#"{"alg":"HS256"}"#, Some(Some("HS256"))),
            (r#"{"alg":"none"}"#, Some(Some("none"))),
            (r#"{"alg":"SECRET"}"#, Some(None)),
        ] {
            assert_eq!(read(header, "{}").signed_otherwise(linking, &rules), wanted, "{header}");
        }
        let of = |claims: &str| read(r#"{"alg":"RS256"}"#, claims);
        let access = of(r#"{"azp":"c"}"#);
        assert_eq!(of(r#"{"aud":"c"}"#).is_for_client_of(&access), Some(true));
        assert_eq!(of(r#"{"aud":["b","c"]}"#).is_for_client_of(&access), Some(true));
        assert_eq!(of(r#"{"aud":"b"}"#).is_for_client_of(&access), Some(false));
        assert_eq!(of("{}").is_for_client_of(&access), None);
        assert_eq!(of(r#"{"aud":"b"}"#).is_for_client_of(&of("{}")), None);
        for (scope, wanted) in [
            ("openid profile read:current_user update:current_user_metadata", true),
            ("read:current_user update:users", false),
            ("read:current_user update:users_app_metadata", false),
            ("openid profile", false),
            ("update:users", false),
        ] {
            assert_eq!(of(&format!(r#"{{"scope":"{scope}"}}"#)).is_current_users(&rules), wanted, "{scope}");
        }
    }

    #[test]
    fn what_is_no_signed_token_is_not_judged() {
        let good = token("{\"alg\":\"none\"}", "{}");
        assert!(Token::read(&good).is_some());
        for text in [
            "",
            "eyJhbGciOi...",
            "YOUR_TOKEN",
            "{{token}}",
            "opaque32charactersopaque32charac",
            &good[..good.len() - 6],
            &format!("{good}.x"),
            &format!("{good}.x.y"),
            &token("{}", "{}"),
            &token("{\"alg\":\"x\"}", "[1]"),
            &token("{\"alg\":\"x\"}", &"[".repeat(10_000)),
            &"a.".repeat(100_000),
        ] {
            assert!(Token::read(text).is_none(), "{}", &text[..text.len().min(40)]);
        }
    }
}
