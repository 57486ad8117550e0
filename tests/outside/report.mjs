// Opens an HTML report in Chromium and asks what a reader would: node report.mjs REPORT CALLS
// With SHOTS=FOLDER it also takes pictures, for one to look at.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [report, calls] = [process.argv[2], Number(process.argv[3])];
const shots = process.env.SHOTS;
const { chromium } = await import(pathToFileURL(join(process.env.PLAYWRIGHT, 'index.mjs')));
const axe = await readFile(process.env.AXE, 'utf8');
const url = String(pathToFileURL(report));

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: [
    '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage',
  ],
});

/** A page with the report, and what went wrong on it. */
async function open(options) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const wrong = [];
  page.on('console', (message) => wrong.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => wrong.push(`error: ${error}`));
  page.on('request', (request) => request.url() === url || wrong.push(`request: ${request.url()}`));
  page.on('dialog', (dialog) => wrong.push(`dialog: ${dialog.message()}`));
  await page.goto(url);
  return { page, wrong, close: () => context.close() };
}

const cards = 'article.call[data-verdict]';
const visible = (page) => page.locator(`${cards}:visible`).count();

async function checkAccessibility(page, where) {
  await page.evaluate(axe);
  const { violations, passes } = await page.evaluate(() => globalThis.axe.run());
  assert.ok(passes.length > 10, 'the checker looked at the page');
  const serious = violations.filter(({ impact }) => ['serious', 'critical', 'moderate'].includes(impact));
  const told = serious.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 3).map((n) => n.html.slice(0, 200)).join(' | ')}`);
  assert.deepEqual(told, [], where);
}

async function checkFilters(page) {
  const status = page.locator('#shown');
  const says = async (number) => {
    assert.equal(await visible(page), number);
    assert.match(await status.textContent(), new RegExp(`^${number} of ${calls} call`));
  };
  await says(calls);
  for (const verdict of ['id-token', 'unknown', 'access-token']) {
    await page.locator(`input[value=${verdict}]`).uncheck();
    const left = await page.locator(`${cards}:not([data-verdict=${verdict}])`).count();
    assert.ok(left < calls, `there are calls of each verdict: ${verdict}`);
    await says(left);
    await page.locator(`input[value=${verdict}]`).check();
  }
  for (const name of ['endpoint', 'folder', 'rule']) {
    const select = page.locator(`select[name=${name}]`);
    const options = await select.locator('option').evaluateAll((all) => all.map(({ value, text }) => ({ value, text })));
    assert.ok(options.length > 2, `there is something to choose: ${name}`);
    for (const { value, text } of options.slice(1)) {
      await select.selectOption({ value });
      await says(Number(text.match(/\((\d+)\)$/)[1]));
    }
    await select.selectOption({ index: 0 });
  }
  await page.locator('input[name=text]').fill('parseHash ID token');
  assert.ok((await visible(page)) > 0 && (await visible(page)) < calls);
  await page.locator('input[name=text]').fill('no such thing anywhere');
  await says(0);
  await page.locator('button[type=reset]').click();
  await page.waitForFunction((all) => document.querySelector('#shown').textContent.startsWith(`${all} of`), calls);
  await says(calls);
  // all ways open, and closed again
  const ways = page.locator('details.way');
  const opened = () => page.locator('details.way[open]').count();
  await page.locator('#open-ways').click();
  assert.equal(await opened(), await ways.count());
  await page.locator('#open-ways').click();
  assert.equal(await opened(), 0);
}

async function checkKeyboard(page) {
  const focused = () => page.evaluate(() => document.activeElement.outerHTML.slice(0, 120));
  await page.keyboard.press('Tab');
  assert.match(await focused(), /class="skip"/);
  await page.keyboard.press('Enter');
  const seen = new Set();
  for (let nth = 0; nth < 400 && !(seen.has('INPUT') && seen.has('SELECT') && seen.has('BUTTON') && seen.has('SUMMARY')); nth += 1) {
    await page.keyboard.press('Tab');
    const tag = await page.evaluate(() => document.activeElement.tagName);
    if (!seen.has('INPUT') && tag === 'INPUT') {
      await page.keyboard.press('Space');
      assert.notEqual(await visible(page), calls, 'the space bar unchecks');
      await page.keyboard.press('Space');
    }
    seen.add(tag);
  }
  assert.ok(seen.has('SUMMARY'), `every control is reached: ${[...seen]}`);
  await page.evaluate(() => document.activeElement.closest('details').open = false);
  await page.keyboard.press('Enter');
  assert.ok(await page.evaluate(() => document.activeElement.closest('details').open), 'Enter opens a way');
}

for (const [name, options] of Object.entries({
  light: { colorScheme: 'light', viewport: { width: 1280, height: 900 } },
  dark: { colorScheme: 'dark', viewport: { width: 1280, height: 900 } },
  narrow: { colorScheme: 'light', viewport: { width: 360, height: 800 } },
})) {
  const { page, wrong, close } = await open(options);
  assert.equal(await page.locator(cards).count(), calls);
  if (shots) await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
  if (calls > 0 && name === 'light') {
    await checkKeyboard(page);
    await checkFilters(page);
  }
  if (calls > 0) await page.locator('#open-ways').click();
  // what is named on the page leads to what is said about it
  const lost = await page.locator('a').evaluateAll((all) =>
    all.map((link) => link.getAttribute('href')).filter((to) => !to.startsWith('#') || !document.getElementById(to.slice(1))));
  assert.deepEqual(lost, [], `${name}: links that lead nowhere`);
  const pages = await page.locator('details.page').count();
  assert.ok(calls === 0 || pages > 2, `${name}: ${pages} pages about what the report speaks of`);
  for (let nth = 0; nth < pages; nth += 1) await page.locator('details.page summary').nth(nth).click();
  assert.equal(await page.locator('details.page[open] :is(p, li):visible').count() > pages, calls > 0);
  await checkAccessibility(page, name);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(overflow <= 0, `${name}: ${overflow} pixels too wide`);
  // nothing of the sources became a part of the page
  assert.equal(await page.locator('script').count(), 1);
  assert.equal(await page.locator('img, iframe, object, b, link').count(), 0);
  assert.deepEqual(wrong, [], name);
  await close();
}

{
  const { page, wrong, close } = await open({ viewport: { width: 900, height: 900 } });
  await page.emulateMedia({ media: 'print' });
  assert.equal(await page.locator('#filters:visible').count(), 0);
  const hidden = await page.locator('details.way li').evaluateAll((all) => all.filter((li) => li.getBoundingClientRect().height < 10).length);
  assert.equal(hidden, 0, 'steps that paper does not show');
  const pdf = await page.pdf({ path: shots && join(shots, 'print.pdf'), format: 'A4' });
  assert.ok(pdf.length > 1000);
  assert.deepEqual(wrong, [], 'print');
  await close();
}

{
  const { page, close } = await open({ javaScriptEnabled: false });
  assert.equal(await page.locator(`${cards}:visible`).count(), calls);
  assert.equal(await page.locator('#filters:visible').count(), 0);
  await close();
}

await browser.close();
