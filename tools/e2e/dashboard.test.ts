import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bus, openBus, readState } from '@ballast/bus';
import { commands, type Database, openDatabase, orders, trades } from '@ballast/db';
import { createLogger } from '@ballast/observability';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Platform, startPlatform } from '../launcher/platform.ts';
import { controlVenue } from '../proof/venue-control.ts';
import { venuePrice } from '../proof/venue-log.ts';
import { accessibilityFaults, openBrowser } from './browser.fixture.ts';
import { AMOUNT, readPage } from './page-reader.fixture.ts';

const portfolioState = z.object({
  openRisk: z.string(),
  equity: z.string(),
  dayPnl: z.string(),
  positions: z.array(z.object({ entryPrice: z.string(), stop: z.string(), target: z.string() })),
});
const WAIT_MS = 15_000;
const eventually = { timeout: WAIT_MS, interval: 50 };

describe('the dashboard in a browser, on the whole platform', () => {
  let dataDir: string;
  let platform: Platform;
  let db: Database;
  let bus: Bus;
  let browser: Browser;
  let page: Page;
  let shown: ReturnType<typeof readPage>;
  let venueUrl: string;
  const complaints: string[] = [];

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'ballast-browser-'));
    chmodSync(dataDir, 0o755);
    platform = await startPlatform({
      dataDir,
      port: 4180,
      feed: 'simulator',
      seed: 11,
      log: () => undefined,
      environment: { 'venue-simulator': { BALLAST_SIMULATOR_CONTROL: 'true' } },
    });
    venueUrl = `http://127.0.0.1:${platform.portOf('venue-simulator')}`;
    db = openDatabase(platform.databaseUrl('dashboard'));
    bus = openBus(platform.redisUrl('dashboard'), 'e2e', createLogger('e2e', 'error'));
    browser = await openBrowser();
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    page = await context.newPage();
    shown = readPage(page);
    page.setDefaultTimeout(WAIT_MS);
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
  });
  afterAll(async () => {
    await browser?.close();
    await db?.close();
    await bus?.close();
    await platform?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const item = (id: string) => page.getByTestId(id);
  const portfolio = async () => portfolioState.parse(await readState(bus, 'portfolio'));
  const moveTo = async (factor: number): Promise<void> => {
    const price = Number(await venuePrice(venueUrl, 'BTCUSDT')) * factor;
    await controlVenue(venueUrl, '/control/price', { symbol: 'BTCUSDT', price: price.toFixed(1) });
  };

  async function planTrade(): Promise<void> {
    await item('watch-row-BTCUSDT').click();
    await item('ticket-prefill').click();
    const last = Number(await venuePrice(venueUrl, 'BTCUSDT'));
    await item('ticket-stop').fill((last * 0.98).toFixed(1));
    await item('ticket-target').fill((last * 1.02).toFixed(1));
    await item('ticket-risk').fill('100');
    await expect.poll(() => item('ticket-review').isEnabled(), eventually).toBe(true);
  }

  async function newestTrade() {
    const rows = await db.select().from(trades);
    return rows.toSorted((a, b) => b.createdAt - a.createdAt)[0];
  }

  test('nobody gets in without a login', async () => {
    await page.goto(platform.dashboardUrl);
    await item('login').waitFor();
    const answer = await page.request.get(`${platform.dashboardUrl}/trpc/instruments.list`);
    expect(answer.status()).toBe(401);
    complaints.length = 0;
  });

  test('the link logs in; the strip says what money, which prices and how old', async () => {
    await page.goto(platform.loginLink());
    await item('strip').waitFor();
    expect(await shown.text('mode-badge')).toBe('PAPER');
    await expect.poll(() => shown.text('strip-source'), eventually).toContain('SIMULATED');
    await expect.poll(() => shown.text('strip-brake'), eventually).toContain('Released');
    await expect.poll(() => shown.text('strip-connection'), eventually).toContain('Live');
    await item('watch-row-BTCUSDT').waitFor();
    const first = await shown.text('watch-row-BTCUSDT');
    await expect.poll(() => shown.text('watch-row-BTCUSDT'), eventually).not.toBe(first);
    await expect.poll(() => shown.value('strip-equity'), eventually).toMatch(AMOUNT);
    await expect.poll(() => shown.value('strip-day-pnl'), eventually).toMatch(AMOUNT);
    expect(await shown.amount('strip-equity')).toBeGreaterThan(0);
    expect(await shown.amount('strip-risk')).toBe(0);
    await expect.poll(() => shown.ageSeconds('strip-gateway'), eventually).toBeLessThan(3);
  });

  test('the age of the feed moves, and grows when no price comes', async () => {
    await expect.poll(() => shown.ageSeconds('strip-feed'), eventually).toBeLessThan(2);
    const seen = new Set<number>();
    await expect
      .poll(async () => seen.add(await shown.ageSeconds('strip-feed')).size, eventually)
      .toBeGreaterThan(2);
    await controlVenue(venueUrl, '/control', { action: 'freezePrices' });
    await expect.poll(() => shown.ageSeconds('strip-feed'), eventually).toBeGreaterThan(2);
    await controlVenue(venueUrl, '/control', { action: 'thawPrices' });
    await expect.poll(() => shown.ageSeconds('strip-feed'), eventually).toBeLessThan(2);
  });

  test('a plan is judged, confirmed once however often Enter is pressed, and fills', async () => {
    await planTrade();
    expect(await shown.text('ticket-rules')).toMatch(/stop|risk/i);
    await item('ticket-review').click();
    await item('confirm-sentence').waitFor();
    const focused = await page.evaluate('document.activeElement?.getAttribute("data-testid")');
    expect(focused).toBe('confirm-cancel');
    await item('confirm-send').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await item('timeline').waitFor();
    await expect.poll(async () => (await newestTrade())?.status, eventually).toBe('open');
    expect(await db.select().from(trades)).toHaveLength(1);
    expect(await db.select().from(commands)).toHaveLength(1);
    await item('sent-close').click();
    await item('position-BTCUSDT').waitFor();
    // What the toast is about stands in the tables: they stay readable while it is there.
    const toast = await page.locator('.mantine-Notification-root').first().boundingBox();
    const table = await item('position-BTCUSDT').boundingBox();
    if (toast === null || table === null) throw new Error('no toast, or no position');
    expect(toast.y + toast.height).toBeLessThan(table.y);
    expect(toast.x + toast.width).toBeLessThan((await item('chart').boundingBox())?.x ?? 0);
    await expect
      .poll(async () => (await db.select().from(orders)).map(({ status }) => status), eventually)
      .toEqual(expect.arrayContaining(['filled', 'working', 'working']));
    await expect.poll(() => item('order-stop').isVisible(), eventually).toBe(true);
  });

  test('the open trade is drawn on the chart, told in words and in the strip', async () => {
    await expect.poll(async () => (await portfolio()).positions.length, eventually).toBe(1);
    const [held] = (await portfolio()).positions;
    if (held === undefined) throw new Error('no position');
    const levels = { entry: held.entryPrice, stop: held.stop, target: held.target };
    const lines = Object.entries(levels).map(([kind, price]) => `${kind} ${Number(price)}`);
    await expect
      .poll(() => shown.drawn('lines'), eventually)
      .toEqual(expect.arrayContaining(lines));
    await expect
      .poll(() => shown.drawn('markers'), eventually)
      .toEqual([expect.stringMatching(/^entry buy \d+$/)]);
    const words = Object.entries(levels).map(
      ([kind, price]) =>
        `${kind} ${Number(price).toLocaleString('en-US', { minimumFractionDigits: 1 })}`,
    );
    const summary = item('chart').locator('figcaption');
    await expect
      .poll(() => summary.textContent(), eventually)
      .toContain(`Open long: ${words.join(', ')}.`);
    const difference = async (): Promise<number> =>
      Math.abs((await shown.amount('strip-risk')) - Number((await portfolio()).openRisk));
    await expect.poll(difference, eventually).toBeLessThanOrEqual(0.005);
    expect(await shown.amount('strip-risk')).toBeGreaterThan(0);
  });

  test('the page breaks no accessibility rule, light and dark', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await item('position-BTCUSDT').waitFor();
      // Colours fade into the other scheme: judged when they have arrived.
      await page.locator(`[data-mantine-color-scheme="${colorScheme}"]`).waitFor();
      await expect.poll(() => page.evaluate('document.getAnimations().length'), eventually).toBe(0);
      expect(await accessibilityFaults(page), colorScheme).toEqual([]);
    }
  });

  test('on a phone nothing is wider than the screen', async () => {
    await page.setViewportSize({ width: 375, height: 812 });
    const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
    await expect.poll(() => page.evaluate(overflow), eventually).toBe(0);
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  test('the target is reached: the position goes, and the timeline tells all of it', async () => {
    await moveTo(1.03);
    await expect.poll(async () => (await newestTrade())?.endReason, eventually).toBe('TARGET');
    await item('position-BTCUSDT').waitFor({ state: 'detached' });
    await expect
      .poll(() => shown.drawn('markers'), eventually)
      .toContainEqual(expect.stringMatching(/^target sell \d+$/));
    const held = async (): Promise<string[]> =>
      (await shown.drawn('lines')).filter((line) => /^(entry|stop|target) /.test(line));
    await expect.poll(held, eventually).toEqual([]);
    await expect.poll(() => shown.amount('strip-risk'), eventually).toBe(0);
    const id = (await newestTrade())?.id ?? '';
    await page.goto(`${platform.dashboardUrl}/trades/${id}`);
    await item('timeline').waitFor();
    for (const kind of ['command', 'order', 'fill']) {
      await expect.poll(() => item(`timeline-${kind}`).count(), eventually).toBeGreaterThan(0);
    }
    await item('timeline-audit-switch').setChecked(true, { force: true });
    await expect.poll(() => item('timeline-audit').count(), eventually).toBeGreaterThan(5);
    await page.goto(platform.dashboardUrl);
  });

  test('the close button closes', async () => {
    await planTrade();
    await item('ticket-review').click();
    await item('confirm-send').click();
    await item('sent-close').click();
    await item('close-BTCUSDT').click();
    await item('close-reason').fill('seen enough');
    await item('close-confirm').click();
    await expect.poll(async () => (await newestTrade())?.endReason, eventually).toBe('CLOSE');
    await page.keyboard.press('Escape');
    await item('close-dialog').waitFor({ state: 'hidden' });
  });

  test('a bus that does not answer takes no question away, and it stays one command', async () => {
    await planTrade();
    const before = await db.select().from(commands);
    await item('ticket-review').click();
    const question = await item('confirm-sentence').innerText();
    const redis = Number(readFileSync(join(dataDir, 'redis/redis.pid'), 'utf8'));
    process.kill(redis, 'SIGSTOP');
    try {
      await expect
        .poll(() => shown.text('strip-connection'), eventually)
        .toContain('portfolio cannot be read');
      expect(await item('confirm-sentence').innerText()).toBe(question);
      // It was heard of a moment ago: what cannot be read is unknown, not absent.
      expect(await shown.text('strip-gateway')).toContain('unknown');
      expect(await shown.text('positions')).toContain('cannot be read');
    } finally {
      process.kill(redis, 'SIGCONT');
    }
    await expect.poll(() => item('confirm-send').isEnabled(), eventually).toBe(true);
    await item('confirm-send').click();
    await item('sent-close').click();
    await item('close-BTCUSDT').click();
    await item('close-confirm').click();
    await expect.poll(async () => (await newestTrade())?.endReason, eventually).toBe('CLOSE');
    await page.keyboard.press('Escape');
    expect(await db.select().from(commands)).toHaveLength(before.length + 2);
    // The next test waits for a position of its own.
    await item('position-BTCUSDT').waitFor({ state: 'detached' });
  });

  test('a dead server is seen within 3 s; the page comes back by itself, up to date', async () => {
    const { pid } = platform.service('dashboard').identity ?? {};
    if (pid === undefined) throw new Error('the dashboard has no process');
    await planTrade();
    await item('ticket-review').click();
    await item('confirm-send').click();
    await item('sent-close').click();
    await item('position-BTCUSDT').waitFor();
    process.kill(pid, 'SIGSTOP');
    const stoppedAt = Date.now();
    try {
      await item('silence-banner').waitFor();
      expect(Date.now() - stoppedAt).toBeLessThan(3_000);
      expect(await item('ticket-review').isDisabled()).toBe(true);
      await moveTo(1.03);
      await expect.poll(async () => (await newestTrade())?.endReason, eventually).toBe('TARGET');
      expect(await item('position-BTCUSDT').isVisible()).toBe(true);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await item('silence-banner').waitFor({ state: 'detached' });
    await item('position-BTCUSDT').waitFor({ state: 'detached' });
  });

  test('an engaged brake is told whole, with the way back, on narrow screens too', async () => {
    await item('brake-button').click();
    await item('brake-reason').fill('seen enough of the market for one day');
    await page.getByLabel('Type FLATTEN to confirm').fill('FLATTEN');
    await item('brake-confirm').click();
    await expect.poll(() => shown.text('strip-brake'), eventually).toContain('ENGAGED, flat');
    await page.keyboard.press('Escape');
    for (const width of [375, 800]) {
      await page.setViewportSize({ width, height: 812 });
      const cut = `[...document.querySelectorAll('[data-testid="strip-brake"] dd > *')]
        .filter((part) => {
          const cell = part.closest('.strip-item').getBoundingClientRect();
          const hidden = part.scrollHeight > part.clientHeight + 1 || part.clientWidth < 40;
          return hidden || part.getBoundingClientRect().right > cell.right;
        })
        .map((part) => part.textContent)`;
      await expect.poll(() => page.evaluate(cut), eventually).toEqual([]);
    }
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  test('nothing was wrong in the page', () => {
    expect(complaints.filter((line) => !line.includes('ERR_') && !line.includes('SSE'))).toEqual(
      [],
    );
  });
});
