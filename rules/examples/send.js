
function send(token) {
  return fetch('https://tenant.auth0.com/api/v2/users/auth0|1', { headers: { Authorization: `Bearer ${token}` } });
}
