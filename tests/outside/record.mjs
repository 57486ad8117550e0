// Records in Chromium what a page sends: node record.mjs ARCHIVE PORT REQUESTS
// REQUESTS is a JSON list of method, path, bearer and body; they go to a tenant's name, which leads to a local server.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [archive, port, requests] = process.argv.slice(2);
const { chromium } = await import(pathToFileURL(join(process.env.PLAYWRIGHT, 'index.mjs')));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: [
    '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage',
    `--host-resolver-rules=MAP acme.eu.auth0.com 127.0.0.1:${port}`,
  ],
});
const context = await browser.newContext({ recordHar: { path: archive } });
const page = await context.newPage();
await page.goto('http://acme.eu.auth0.com/');
for (const request of JSON.parse(requests)) {
  await page.evaluate(async ({ method, path, bearer, body }) => {
    const headers = { Authorization: `Bearer ${bearer}`, ...(body ? { 'Content-Type': 'application/json' } : {}) };
    await fetch(path, { method, headers, body: body ? JSON.stringify(body) : undefined });
  }, request);
}
await context.close();
await browser.close();
