import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessibilityFaults, openBrowser, openWidePage } from './browser.fixture.ts';
import { startSample } from './sample.fixture.ts';

const WAIT_MS = 15_000;
const eventually = { timeout: WAIT_MS, interval: 50 };

let sample: Awaited<ReturnType<typeof startSample>>;
let browser: Browser;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  sample = await startSample();
  browser = await openBrowser();
  page = await openWidePage(browser, WAIT_MS);
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(sample.loginLink);
  await item('strip').waitFor();
  await page.getByRole('link', { name: 'Strategies' }).first().click();
  await item('strategy-momentum-buy').waitFor();
});
afterAll(async () => {
  expect(complaints).toEqual([]);
  await browser?.close();
  await sample?.stop();
});

const item = (id: string) => page.getByTestId(id);

test('one row says of a strategy what it may do, since when and by whose word', async () => {
  expect(await item('strategies').locator('tbody tr').count()).toBe(12);
  const buy = await item('strategy-momentum-buy').innerText();
  expect(buy).toMatch(/^on\s+soak overridden\s+Switch off/);
  expect(buy).toMatch(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d by operator: a rehearsal on paper$/);
  expect(await item('strategy-momentum-sell').innerText()).toMatch(/^off[^]*never set$/);
});

test('what another session switches and sets is seen without a touch', async () => {
  expect(await item('strategy-mean-reversion-watchlist').innerText()).toMatch(/^off/);
  expect(await item('setting-gate.position_cap').innerText()).toContain('never set');
  sample.tell('switch');
  await expect
    .poll(() => item('strategy-mean-reversion-watchlist').innerText(), eventually)
    .toMatch(/^on[^]*by cli: from elsewhere$/);
  await expect
    .poll(() => item('setting-gate.position_cap').innerText(), eventually)
    .toContain('4 positions');
});

test('the best of each are ranked with what their scores are made of', async () => {
  const first = await item('score-momentum-bybit.linear:BTCUSDT').locator('td').allInnerTexts();
  expect(first.slice(0, 4)).toEqual([
    ...['momentum', '1', 'BTCUSDT', '71.3 = nearness 48.1 + lead 23.2'],
  ]);
  expect(first[5]).toMatch(/ ago$/);
  expect(await item('scores').innerText()).toContain('momentum: 2 scored, 1 without a score');
  expect(await item('scores').innerText()).not.toContain('btc-swing:');
});

test('of one strategy alone also those without a score, with the reason', async () => {
  await item('scores-of').selectOption('momentum');
  await expect
    .poll(() => item('score-momentum-bybit.linear:1000PEPEUSDT').innerText(), eventually)
    .toContain('no score: 12 of 31 bars that it needs');
  await item('scores-of').selectOption('btc-swing');
  await expect
    .poll(() => item('scores').innerText(), eventually)
    .toContain('no score: regime not known');
  await item('scores-of').selectOption('sma-cross');
  await expect.poll(() => item('scores').innerText(), eventually).toContain('No scores');
  await item('scores-of').selectOption('');
});

test('on a phone nothing is wider than the screen, and both colours can be read', async () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.locator(`[data-mantine-color-scheme="${colorScheme}"]`).waitFor();
    await expect.poll(() => page.evaluate('document.getAnimations().length'), eventually).toBe(0);
    expect(await accessibilityFaults(page), colorScheme).toEqual([]);
  }
  await page.setViewportSize({ width: 390, height: 844 });
  const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
  await expect.poll(() => page.evaluate(overflow), eventually).toBe(0);
});
