import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser, openWidePage } from './browser.fixture.ts';
import { startSample } from './sample.fixture.ts';

const WAIT_MS = 15_000;
const UNATTRIBUTED = '01900000-0000-7000-8000-000000000001';
/** What the server answers where it cannot read. */
const AWAY = {
  ...{ message: 'away', code: -32603 },
  data: { code: 'INTERNAL_SERVER_ERROR', httpStatus: 500 },
};

let sample: Awaited<ReturnType<typeof startSample>>;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  sample = await startSample();
  browser = await openBrowser();
  page = await openWidePage(browser, WAIT_MS);
  await page.route(/\/trpc\/(?!live)/, (route) => route.abort());
  await page.goto(sample.loginLink);
  await page.getByTestId('strip').waitFor();
});
afterAll(async () => {
  await browser?.close();
  await sample?.stop();
});

/** From now on what is named, and what is asked in one request with it, cannot be read. */
async function only(path: RegExp): Promise<void> {
  await page.unrouteAll();
  await page.route(
    (url) => url.pathname.startsWith('/trpc/') && path.test(url.pathname),
    (route) => route.abort(),
  );
}

test.each([
  ['Trades', 'trades'],
  ['Trades', 'working-orders'],
  ['Trades', 'positions'],
  ['Signals', 'signals'],
  ['Strategies', 'scores'],
  ['Health', 'incidents'],
  ['Health', 'oddities'],
])('what could not be read on %s is not told as none: %s', async (title, panel) => {
  await page.getByRole('link', { name: title }).first().click();
  const own = page.getByTestId(panel);
  await own.getByRole('alert').waitFor();
  expect(await own.locator('.empty').allInnerTexts()).toEqual([]);
});

test('instruments and bars that could not be read are not told as none', async () => {
  await page.getByRole('link', { name: 'Trade', exact: true }).first().click();
  const listing = page.getByRole('alert').filter({ hasText: 'Instruments could not be loaded' });
  await listing.waitFor();
  expect(await page.getByText('No instrument is known').count()).toBe(0);
  await only(/bars\.recent/);
  await page.reload();
  const chart = page.getByTestId('chart');
  await chart.getByRole('alert').waitFor();
  expect(await chart.innerText()).not.toContain('No closed bar');
});

test('listings that could not be read are not told as none', async () => {
  await only(/universe\.search/);
  await page.getByRole('button', { name: 'Instruments that are streamed' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('alert').filter({ hasText: 'Listings could not be loaded' }).waitFor();
  expect(await dialog.innerText()).not.toMatch(/\bnothing that is listed\b|\b0 found\b/i);
});

/** The server's answers to these procedures, wherever they stand in a batch, are others. */
async function answered(others: Readonly<Record<string, object>>): Promise<void> {
  await page.unrouteAll();
  await page.route(/\/trpc\/(?!live)/, async (route) => {
    const names = new URL(route.request().url()).pathname.replace('/trpc/', '').split(',');
    const response = await route.fetch();
    const told: unknown[] = await response.json();
    await route.fulfill({ status: 200, json: names.map((name, at) => others[name] ?? told[at]) });
  });
}

test('where no trade is open it is not said that there was none yet', async () => {
  await answered({ 'trades.list': { result: { data: [] } } });
  await page.goto(new URL('/trades?show=open', sample.loginLink).href);
  const trades = page.getByTestId('trades');
  await trades.getByText('No trade is open.').waitFor();
  await trades.getByText(/^Newest/).click();
  await trades.getByText('No trade yet.').waitFor();
});

test('while open trades cannot be read, nothing is said of fills by hand', async () => {
  const about = { instrument: 'bybit.linear:BTCUSDT', tradeId: UNATTRIBUTED, detail: 'sold 0.02' };
  const when = { openedAt: Date.now(), thawedBy: null };
  await answered({
    'incidents.open': { result: { data: [{ id: 7, kind: 'UNATTRIBUTED', ...about, ...when }] } },
    'trades.list': { error: AWAY },
  });
  await page.goto(new URL('/health', sample.loginLink).href);
  await page.getByTestId('answer-UNATTRIBUTED').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('alert').filter({ hasText: 'Open trades could not be loaded' }).waitFor();
  expect(await dialog.innerText()).not.toContain('is yours');
  await dialog.getByTestId('settle-reason').fill('sold by hand');
  expect(await dialog.getByTestId('settle-confirm').isDisabled()).toBe(true);
});

test('without the orders that are not ours it is not known that none works', async () => {
  await answered({
    'orders.working': { result: { data: [] } },
    'orders.foreign': { error: AWAY },
  });
  await page.goto(new URL('/trades', sample.loginLink).href);
  const orders = page.getByTestId('working-orders');
  await orders.getByRole('alert').waitFor();
  expect(await orders.locator('.empty').allInnerTexts()).toEqual([]);
});
