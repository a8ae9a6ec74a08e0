import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { accessibilityFaults, openBrowser, openWidePage } from './browser.fixture.ts';
import { startSample } from './sample.fixture.ts';

const WAIT_MS = 15_000;
const eventually = { timeout: WAIT_MS, interval: 50 };
const UTC = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;

describe('the data page in a browser', () => {
  let sample: Awaited<ReturnType<typeof startSample>>;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    sample = await startSample();
    browser = await openBrowser();
    page = await openWidePage(browser, WAIT_MS);
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    await page.goto(sample.loginLink);
    await item('strip').waitFor();
    await page.getByRole('link', { name: 'Data' }).first().click();
    await item('coverage').waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await sample?.stop();
  });

  const item = (id: string) => page.getByTestId(id);
  const colourOf = (cell: string) => item(`cell-${cell}`).getAttribute('data-colour');
  const focused = () => page.evaluate('document.activeElement?.getAttribute("data-testid")');
  const chosen = (control: string, label: string) =>
    item(control).locator('label').filter({ hasText: label }).first().click();

  /** Judged once the colours have arrived. */
  async function expectAccessible(colorScheme: 'light' | 'dark'): Promise<void> {
    await page.emulateMedia({ colorScheme });
    await page.locator(`[data-mantine-color-scheme="${colorScheme}"]`).waitFor();
    await expect.poll(() => page.evaluate('document.getAnimations().length'), eventually).toBe(0);
    expect(await accessibilityFaults(page), colorScheme).toEqual([]);
  }

  test('a cell says by colour, mark and words how much is there', async () => {
    expect(await colourOf('BTCUSDT-1m')).toBe('green');
    expect(await item('cell-BTCUSDT-1m').innerText()).toContain('100 %');
    expect(await colourOf('ETHUSDT-1m')).toBe('red');
    expect(await item('cell-ETHUSDT-1m').innerText()).toMatch(/✕ 99\.\d\d %\s+11 missing/);
    expect(await colourOf('SOLUSDT-5m')).toBe('amber');
    expect(await item('cell-1000PEPEUSDT-1h').innerText()).toContain('never');
    await expectAccessible('light');
    await expectAccessible('dark');
  });

  test('Enter on a red cell opens its gaps, Escape goes back to it', async () => {
    await item('cell-1000PEPEUSDT-1m').focus();
    for (const key of ['ArrowRight', 'End', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'Home']) {
      await page.keyboard.press(key);
    }
    expect(await focused()).toBe('cell-ETHUSDT-1m');
    await page.keyboard.press('Enter');
    const rows = item('gaps').locator('tbody tr');
    await expect.poll(() => rows.count(), eventually).toBe(2);
    const [from = '', to = '', bars, found = '', state] = await rows
      .first()
      .locator('td')
      .allInnerTexts();
    expect([bars, state]).toEqual(['10', 'missing']);
    for (const time of [from, to, found]) expect(time).toMatch(UTC);
    expect(Date.parse(`${to.replace(' ', 'T')}Z`) - Date.parse(`${from.replace(' ', 'T')}Z`)).toBe(
      10 * 60_000,
    );
    expect(await item('looked-until').innerText()).toMatch(/\d s ago$/);
    await expectAccessible('dark');
    await page.keyboard.press('Escape');
    await expect.poll(focused, eventually).toBe('cell-ETHUSDT-1m');
  });

  test('the window, the name and the colour choose what is shown', async () => {
    await chosen('coverage-window', '1 day');
    await expect
      .poll(() => item('cell-ETHUSDT-1m').innerText(), eventually)
      .toContain('10 missing');
    await chosen('coverage-show', 'Not all green');
    await item('cell-BTCUSDT-1m').waitFor({ state: 'detached' });
    await item('coverage-search').fill('link');
    await item('cell-ETHUSDT-1m').waitFor({ state: 'detached' });
    expect(await item('cell-LINKUSDT-1m').innerText()).toContain('look late');
    await item('coverage-search').fill('no such thing');
    await expect.poll(() => item('coverage').innerText(), eventually).toContain('No instrument');
    await item('coverage-search').fill('');
    await item('cell-ETHUSDT-1m').waitFor();
  });

  test('market-data’s counters stand there with their units', async () => {
    await expect
      .poll(() => item('count-missingBars').innerText(), eventually)
      .toMatch(/^28\s*bars$/);
    expect(await item('count-lateTrades').innerText()).toMatch(/^3\s*trades$/);
  });

  test('a broken rule is told by words, code, whose it was and what came', async () => {
    await chosen('quality-window', '7 days');
    await item('rule-FEED_FIELD_INVALID').click();
    const row = item('quality-FEED_FIELD_INVALID');
    await item('quality-CROSSED_QUOTE').first().waitFor({ state: 'detached' });
    const text = await row.innerText();
    for (const part of ['Field of another kind', 'FEED_FIELD_INVALID', 'XRPUSDT bybit.linear']) {
      expect(text).toContain(part);
    }
    await row.locator('summary').click();
    expect(await row.locator('pre').innerText()).toContain('bybit.linear:XRPUSDT i 5266583935');
    expect(await item('quality').innerText()).toContain('docs/runbooks/data-is-odd.md');
    await expectAccessible('light');
    await expectAccessible('dark');
  });

  test('on a phone nothing is wider than the screen, the gaps neither', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
    await expect.poll(() => page.evaluate(overflow), eventually).toBe(0);
    await item('cell-ETHUSDT-1m').click();
    await item('gaps').waitFor();
    await expect.poll(() => page.evaluate(overflow), eventually).toBe(0);
    await page.keyboard.press('Escape');
    await item('gaps').waitFor({ state: 'detached' });
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  test('bars that stay missing are counted in the strip, whole on a phone too', async () => {
    sample.tell('miss');
    await expect.poll(() => item('strip-missing').innerText(), eventually).toBe('12,345 missing');
    await page.setViewportSize({ width: 390, height: 844 });
    const places = `['strip-missing', 'strip-feed'].map((id) =>
      document.querySelector('[data-testid=' + id + ']').getBoundingClientRect().right)`;
    const [right, edge] = z.tuple([z.number(), z.number()]).parse(await page.evaluate(places));
    expect(right).toBeLessThanOrEqual(edge);
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  test('a gateway that cannot store is said in the strip, whole below it', async () => {
    expect(await page.getByTestId('failing-banner').count()).toBe(0);
    sample.tell('fill');
    await expect
      .poll(() => item('failing-banner').innerText(), eventually)
      .toMatch(/^order-gateway cannot store anything since .* UTC .*disk \(df -h\)\.$/);
    expect(await item('strip-gateway').innerText()).toContain('✕ cannot store anything');
    expect(await item('strip-gateway').getAttribute('class')).toContain('strip-bad');
    await expectAccessible('light');
    await expectAccessible('dark');
  });

  test('a market-data that is gone is said, whatever its last word was', async () => {
    expect(await item('feed-state').innerText()).toBe('live');
    sample.tell('silence');
    await item('feed-silent').waitFor();
    expect(await item('feed-state').innerText()).toBe('was live');
    expect(await item('strip-feed').innerText()).toMatch(/silent \d/);
    expect(await item('strip-feed').innerText()).not.toContain('live');
    await expectAccessible('light');
    await expectAccessible('dark');
  });

  test('a server that is gone greys the grid', async () => {
    const opacity = () =>
      page.evaluate('getComputedStyle(document.querySelector(".coverage-table")).opacity');
    expect(await opacity()).toBe('1');
    expect(complaints).toEqual([]);
    await sample.stop();
    await item('silence-banner').waitFor();
    expect(await opacity()).toBe('0.62');
  });
});
