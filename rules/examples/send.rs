
fn send(token: &str) {
    reqwest::blocking::Client::new().get("https://tenant.auth0.com/api/v2/users/auth0|1").bearer_auth(token).send();
}
