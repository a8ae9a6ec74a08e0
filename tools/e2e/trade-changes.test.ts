import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bus, latestQuotes, openBus } from '@ballast/bus';
import { audit, commandRefusals, type Database, openDatabase, orders, trades } from '@ballast/db';
import { instrumentId, parseScaled } from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Platform, startPlatform } from '../launcher/platform.ts';
import { controlVenue } from '../proof/venue-control.ts';
import { venueAccount, venuePrice } from '../proof/venue-log.ts';
import { accessibilityFaults, openBrowser } from './browser.fixture.ts';

const WAIT_MS = 15_000;
const eventually = { timeout: WAIT_MS, interval: 50 };
const BTC = instrumentId('bybit', 'linear', 'BTCUSDT');

describe('what can be done with a trade, in a browser, on the whole platform', () => {
  let dataDir: string;
  let platform: Platform;
  let db: Database;
  let bus: Bus;
  let browser: Browser;
  let page: Page;
  let venueUrl: string;
  const complaints: string[] = [];

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'ballast-changes-'));
    chmodSync(dataDir, 0o755);
    platform = await startPlatform({
      dataDir,
      port: 4180,
      feed: 'simulator',
      seed: 17,
      log: () => undefined,
      environment: { 'venue-simulator': { BALLAST_SIMULATOR_CONTROL: 'true' } },
    });
    venueUrl = `http://127.0.0.1:${platform.portOf('venue-simulator')}`;
    db = openDatabase(platform.databaseUrl('dashboard'));
    bus = openBus(platform.redisUrl('dashboard'), 'e2e', createLogger('e2e', 'error'));
    browser = await openBrowser();
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    page = await context.newPage();
    page.setDefaultTimeout(WAIT_MS);
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    await page.goto(platform.loginLink());
    await item('watch-row-BTCUSDT').click();
  });
  afterAll(async () => {
    await browser?.close();
    await db?.close();
    await bus?.close();
    await platform?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const item = (id: string) => page.getByTestId(id);
  const market = async (): Promise<number> => Number(await venuePrice(venueUrl, 'BTCUSDT'));
  const newestTrade = async () =>
    (await db.select().from(trades)).toSorted((a, b) => b.createdAt - a.createdAt)[0];
  const ordersOf = async (role: string) => {
    const trade = await newestTrade();
    return (await db.select().from(orders))
      .filter((order) => order.tradeId === trade?.id && order.role === role)
      .toSorted((a, b) => a.clientOrderId.localeCompare(b.clientOrderId));
  };
  const ended = (reason: string) =>
    expect.poll(async () => (await newestTrade())?.endReason, eventually).toContain(reason);
  /** How the venue itself names the state of an order of ours. */
  const atVenue = async (clientOrderId: string | undefined): Promise<string | undefined> =>
    (await venueAccount(venueUrl)).orders.find(({ orderLinkId }) => orderLinkId === clientOrderId)
      ?.orderStatus;
  const chosen = (control: string, label: string) =>
    item(control).locator('label').filter({ hasText: label }).first().click();

  /** The market jumps, and the platform's own quote follows. */
  async function moveTo(price: number): Promise<void> {
    await controlVenue(venueUrl, '/control/price', { symbol: 'BTCUSDT', price: price.toFixed(1) });
    await expect
      .poll(async () => {
        const quote = (await latestQuotes(bus)).get(BTC);
        return Math.abs(Number(quote?.last) - (await market())) / price;
      }, eventually)
      .toBeLessThan(0.001);
  }

  /** Sends what the ticket says, with the one confirmation. */
  async function send(): Promise<void> {
    await expect.poll(() => item('ticket-review').isEnabled(), eventually).toBe(true);
    await item('ticket-review').click();
    await item('confirm-send').click();
    await item('sent-close').click();
  }

  async function planLevels(): Promise<number> {
    await item('ticket-prefill').click();
    const last = await market();
    await item('ticket-stop').fill((last * 0.98).toFixed(1));
    await item('ticket-risk').fill('100');
    return last;
  }

  async function openBracket(): Promise<number> {
    await chosen('ticket-entry-type', 'Market');
    await chosen('ticket-exit-style', 'One target');
    const last = await planLevels();
    await item('ticket-target').fill((last * 1.05).toFixed(1));
    await send();
    await item('position-BTCUSDT').waitFor();
    return last;
  }

  async function closeDialog(name: string): Promise<void> {
    await expect
      .poll(() => item('command-status').getAttribute('data-status'), eventually)
      .not.toBe('queued');
    await page.keyboard.press('Escape');
    await item(`${name}-dialog`).waitFor({ state: 'hidden' });
  }

  async function closePosition(): Promise<void> {
    await item('close-BTCUSDT').click();
    await item('close-confirm').click();
    await ended('CLOSE');
    await closeDialog('close');
    await item('position-BTCUSDT').waitFor({ state: 'detached' });
  }

  test('the stop moves: the new one works at the venue, then the old one is cancelled', async () => {
    const last = await openBracket();
    await expect.poll(async () => (await ordersOf('stop'))[0]?.status, eventually).toBe('working');
    await item('move-stop-BTCUSDT').click();
    await item('move-stop-level').fill((last * 1.01).toFixed(1));
    await expect.poll(() => item('move-stop-confirm').isDisabled(), eventually).toBe(true);
    await item('move-stop-level').fill((last * 0.99).toFixed(1));
    await expect.poll(() => item('estimate').innerText(), eventually).toMatch(/−\d/);
    await item('move-stop-confirm').click();
    await expect
      .poll(async () => (await ordersOf('stop')).map(({ status }) => status), eventually)
      .toEqual(['cancelled', 'working']);
    const [old, current] = await ordersOf('stop');
    expect(current?.price).toBe(parseScaled((last * 0.99).toFixed(1)));
    expect(await atVenue(old?.clientOrderId)).toBe('Deactivated');
    expect(await atVenue(current?.clientOrderId)).toBe('Untriggered');
    await closeDialog('move-stop');
  });

  test('a stop beyond the first one of the plan is refused, and the page says why', async () => {
    const last = await market();
    await item('move-stop-BTCUSDT').click();
    await item('move-stop-level').fill((last * 0.95).toFixed(1));
    await item('move-stop-confirm').click();
    await expect.poll(() => item('command-status').innerText(), eventually).toContain('LOOSENED');
    await closeDialog('move-stop');
    expect((await db.select().from(commandRefusals)).map(({ code }) => code)).toEqual([
      'STOP_LOOSENED',
    ]);
  });

  test('the stop goes to break-even once the market is beyond the entry', async () => {
    const entry = (await newestTrade())?.entryPrice ?? 0n;
    await moveTo((await market()) * 1.015);
    await item('move-stop-BTCUSDT').click();
    await chosen('move-stop-to', 'Break-even');
    await item('move-stop-confirm').click();
    const tick = 10n ** 17n;
    await expect
      .poll(async () => (await ordersOf('stop')).at(-1)?.price, eventually)
      .toBe(((entry + tick - 1n) / tick) * tick);
    await expect
      .poll(async () => (await ordersOf('stop')).at(-1)?.status, eventually)
      .toBe('working');
    await closeDialog('move-stop');
  });

  test('half is scaled out, the rest stays protected; the rest is closed', async () => {
    const before = (await newestTrade())?.quantity ?? 0n;
    await item('scale-out-BTCUSDT').click();
    await expect.poll(() => item('estimate').innerText(), eventually).toMatch(/\+\d/);
    await item('scale-out-confirm').click();
    const lot = 10n ** 15n;
    const left = before - (before / 2n / lot) * lot;
    await expect.poll(async () => (await newestTrade())?.quantity, eventually).toBe(left);
    expect((await ordersOf('stop')).at(-1)?.status).toBe('working');
    expect((await newestTrade())?.status).toBe('open');
    await closeDialog('scale-out');
    await closePosition();
  });

  test('of two targets the first takes its part, and the stop goes to break-even', async () => {
    await chosen('ticket-exit-style', 'Scaled');
    const last = await planLevels();
    await item('ticket-target').fill((last * 1.01).toFixed(1));
    await item('ticket-target2').fill((last * 1.03).toFixed(1));
    await item('ticket-share1').fill('40');
    expect(await item('ticket-last-share').inputValue()).toBe('60');
    await send();
    await expect
      .poll(async () => (await ordersOf('target')).map(({ status }) => status), eventually)
      .toEqual(['working', 'working']);
    const before = (await newestTrade())?.quantity ?? 0n;
    const entry = (await newestTrade())?.entryPrice ?? 0n;
    const [first] = await ordersOf('target');
    await moveTo(last * 1.012);
    await expect
      .poll(async () => (await newestTrade())?.quantity, eventually)
      .toBe(before - (first?.quantity ?? 0n));
    await expect
      .poll(async () => {
        const working = (await ordersOf('stop')).filter(({ status }) => status === 'working');
        return working.every(({ price }) => price !== null && price >= entry) && working.length;
      }, eventually)
      .toBe(1);
    await moveTo(last * 1.035);
    await ended('TARGET');
    await item('position-BTCUSDT').waitFor({ state: 'detached' });
  });

  test('a trailing stop follows the market, and only upwards', async () => {
    await chosen('ticket-exit-style', 'Trailing');
    const last = await planLevels();
    await item('ticket-trail-by').selectOption('percent');
    await item('ticket-trailPercent').fill('1');
    await send();
    await item('position-BTCUSDT').waitFor();
    const level = async () => Number((await ordersOf('stop')).at(-1)?.price ?? 0n) / 1e18;
    await moveTo(last * 1.02);
    await expect.poll(level, eventually).toBeGreaterThan(last * 1.008);
    const reached = await level();
    await moveTo(last * 1.015);
    expect(await level()).toBeGreaterThanOrEqual(reached);
    await moveTo(last * 1.0);
    await ended('STOP');
    await item('position-BTCUSDT').waitFor({ state: 'detached' });
  });

  test('a limit entry waits with its expiry and is cancelled from its row', async () => {
    await chosen('ticket-exit-style', 'One target');
    await chosen('ticket-entry-type', 'Limit');
    const last = await planLevels();
    await item('ticket-entryPrice').fill((last * 0.99).toFixed(1));
    await item('ticket-target').fill((last * 1.02).toFixed(1));
    await item('ticket-post-only').check();
    await item('ticket-expires').selectOption('60');
    await send();
    await expect.poll(async () => (await ordersOf('entry'))[0]?.status, eventually).toBe('working');
    const [entry] = await ordersOf('entry');
    const plan: unknown = (await newestTrade())?.plan;
    expect(plan).toMatchObject({ entry: { postOnly: true }, entryExpiresAt: expect.any(Number) });
    await item('cancel-entry-BTCUSDT').click();
    await item('cancel-entry-confirm').click();
    await expect.poll(async () => (await newestTrade())?.status, eventually).toBe('cancelled');
    expect(await atVenue(entry?.clientOrderId)).toBe('Cancelled');
    await closeDialog('cancel-entry');
  });

  test('close all ends what is open and what waits, in one command', async () => {
    await openBracket();
    await item('watch-row-ETHUSDT').click();
    await chosen('ticket-entry-type', 'Limit');
    await item('ticket-prefill').click();
    const ether = Number(await venuePrice(venueUrl, 'ETHUSDT'));
    for (const [field, factor] of Object.entries({ stop: 0.97, entryPrice: 0.99, target: 1.03 })) {
      await item(`ticket-${field}`).fill((ether * factor).toFixed(2));
    }
    await item('ticket-risk').fill('50');
    await send();
    await expect.poll(async () => (await ordersOf('entry'))[0]?.status, eventually).toBe('working');
    await item('close-all').click();
    await item('close-all-confirm').click();
    const open = async () => (await db.select().from(trades)).filter((row) => row.endedAt === null);
    await expect.poll(async () => (await open()).length, eventually).toBe(0);
    await closeDialog('close-all');
    const rows = (await db.select().from(audit)).filter(({ kind }) => kind === 'closeAll');
    expect(rows.map(({ data }) => data)).toMatchObject([
      { tradeIds: [expect.any(String), expect.any(String)] },
    ]);
    await item('watch-row-BTCUSDT').click();
  });

  test('the ticket and the dialogs break no accessibility rule, light and dark, wide and narrow', async () => {
    await openBracket();
    await chosen('ticket-entry-type', 'Limit');
    await chosen('ticket-exit-style', 'Scaled');
    await chosen('ticket-target-count', '3');
    const judge = async (where: string): Promise<void> => {
      await expect.poll(() => page.evaluate('document.getAnimations().length')).toBe(0);
      expect(await accessibilityFaults(page), where).toEqual([]);
    };
    const dialogs = { light: ['scale-out', 'close-all'], dark: ['move-stop', 'close'] };
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.locator(`[data-mantine-color-scheme="${colorScheme}"]`).waitFor();
      await judge(`ticket ${colorScheme}`);
      for (const name of dialogs[colorScheme]) {
        await item(name === 'close-all' ? name : `${name}-BTCUSDT`).click();
        await item(`${name}-confirm`).waitFor();
        await judge(`${name} ${colorScheme}`);
        await page.keyboard.press('Escape');
        await item(`${name}-dialog`).waitFor({ state: 'hidden' });
      }
    }
    await page.setViewportSize({ width: 375, height: 812 });
    const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
    await expect.poll(() => page.evaluate(overflow), eventually).toBe(0);
    await page.setViewportSize({ width: 1440, height: 900 });
    await closePosition();
  });

  test('nothing was wrong in the page', () => {
    expect(complaints).toEqual([]);
  });
});
