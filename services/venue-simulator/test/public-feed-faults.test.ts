import { FEED_FAULT_NAMES, type FeedFaultName } from '@ballast/sim-core';
import { describe, expect, test } from 'vitest';
import { IMPOSSIBLE } from '../src/fault-venues.ts';
import { barsBetween } from '../src/klines.ts';
import { WAIT } from './fault-kit.fixture.ts';
import {
  ALPACA,
  BYBIT,
  FINNHUB,
  IBKR,
  openPublicKit,
  type PublicKit,
} from './public-feed.fixture.ts';

type FeedScenario = Exclude<FeedFaultName, 'droppedBookDelta' | 'bookReset'>;
const eventually = <T>(read: () => T) => expect.poll(read, WAIT);
const prices = (kit: PublicKit): number[] => kit.trades.map(({ price }) => price);
const running = ({ opened }: PublicKit) => {
  const [market] = opened.venue.markets.values();
  return market?.klines.running;
};

/** All that was on its way has arrived once a later trade is heard. */
async function settled(kit: PublicKit): Promise<void> {
  const [last] = kit.move(1);
  await eventually(() => prices(kit)).toContain(last);
  const index = kit.trades.findLastIndex(({ price }) => price === last);
  kit.trades.splice(index, 1);
}

/** What each fault does to who listens, the same at each venue that can have it. */
const SCENARIOS: Readonly<Record<FeedScenario, (kit: PublicKit) => Promise<void>>> = {
  async silentFeed(kit) {
    await kit.fault('silentFeed', { ms: 600_000 });
    expect([kit.opened.plan.feedSocket(), kit.opened.plan.socket()]).toEqual(['silent', 'open']);
    kit.move(2);
    kit.ping();
    await eventually(() => kit.pongs()).toBe(1);
    await kit.clear();
    await settled(kit);
    expect(kit.trades).toEqual([]);
    expect(kit.breaks()).toBe(0);
  },

  async halfOpenFeed(kit) {
    await kit.fault('halfOpenFeed', { ms: 600_000 });
    kit.move(2);
    kit.ping();
    // A round trip later the ping has long arrived.
    await kit.clear();
    kit.ping();
    await eventually(() => kit.pongs()).toBe(1);
    await settled(kit);
    expect(kit.trades).toEqual([]);
    expect([kit.pongs(), kit.breaks()]).toEqual([1, 0]);
  },

  async midBatchFeedDisconnect(kit) {
    await kit.fault('midBatchFeedDisconnect');
    const [first] = kit.move(3);
    await eventually(() => kit.breaks()).toBe(1);
    expect(prices(kit)).toEqual([first]);
    await kit.connect();
    await settled(kit);
    expect(prices(kit)).toEqual([first]);
  },

  async duplicateTrade(kit) {
    await kit.fault('duplicateTrade');
    const moved = kit.move(2);
    await eventually(() => kit.trades.length).toBe(3);
    expect(prices(kit)).toEqual([moved[0], ...moved]);
    expect(kit.trades[1]).toEqual(kit.trades[0]);
  },

  async reorderedTrades(kit) {
    await kit.fault('reorderedTrades');
    const [first, second, third] = kit.move(3);
    await eventually(() => prices(kit)).toEqual([second, third, first]);
  },

  async droppedTrade(kit) {
    const before = running(kit)?.trades ?? 0;
    await kit.fault('droppedTrade');
    const [, ...rest] = kit.move(3);
    await eventually(() => prices(kit)).toEqual(rest);
    const after = running(kit)?.trades ?? 0;
    // A minute may have ended in between: then all three are in the new one.
    expect([before + 3, 3]).toContain(after);
  },

  async lateTrade(kit) {
    await kit.fault('lateTrade', { ms: 150 });
    const [first, second] = kit.move(2);
    await eventually(() => prices(kit)).toEqual([second, first]);
    expect(kit.trades[1]?.at).toBeLessThanOrEqual(kit.trades[0]?.at ?? 0);
  },

  async correctedTrade(kit) {
    const [market] = kit.opened.venue.markets.values();
    // What traded before the market was told to stand still.
    const before = market?.recent.length ?? 0;
    await kit.fault('correctedTrade', { variant: 'price' });
    const [price = 0] = kit.move(1);
    await eventually(() => kit.others.find(({ kind }) => kind === 'c')?.body).toMatchObject({
      op: price,
      cp: Number((price + 0.01).toFixed(2)),
    });
    const told = kit.trades[0]?.at ?? 0;
    const openTime = told - (told % 60_000);
    const high = (): number | undefined =>
      market === undefined ? undefined : barsBetween(market.klines, openTime, openTime)[0]?.close;
    expect(high()).toBe(Math.round(price * 100) + 1);
    await kit.fault('correctedTrade', { variant: 'cancel' });
    const [gone] = kit.move(1);
    await eventually(() => kit.others.find(({ kind }) => kind === 'x')?.body).toMatchObject({
      p: gone,
      a: 'C',
    });
    expect(market?.recent).toHaveLength(before + 1);
  },

  async futureTrade(kit) {
    await kit.fault('futureTrade', { ms: 7_200_000 });
    const moved = kit.move(2);
    await eventually(() => prices(kit)).toEqual(moved);
    const [ahead, now] = kit.trades;
    expect((ahead?.at ?? 0) - (now?.at ?? 0)).toBe(7_200_000);
    expect(Math.abs((now?.at ?? 0) - Date.now())).toBeLessThan(10_000);
  },

  async malformedFrame(kit) {
    for (const variant of ['truncated', 'wrongType', 'garbage']) {
      await kit.fault('malformedFrame', { variant });
      const before = kit.unreadable();
      const [, second] = kit.move(2);
      await eventually(() => prices(kit).at(-1)).toBe(second);
      expect(kit.unreadable()).toBe(before + 1);
    }
    expect(kit.trades).toHaveLength(3);
    expect(kit.breaks()).toBe(0);
  },
};

const isFeedScenario = (name: FeedFaultName): name is FeedScenario => name in SCENARIOS;

describe.each([BYBIT, ALPACA, IBKR, FINNHUB])('$name', (venue) => {
  const cannot = IMPOSSIBLE[venue.name];

  test.each(FEED_FAULT_NAMES.filter(isFeedScenario).filter((name) => cannot[name] === undefined))(
    '%s',
    async (fault) => {
      const kit = await openPublicKit(venue);
      await SCENARIOS[fault](kit);
      expect(kit.counted(fault)).toBeGreaterThan(0);
      expect(kit.simulator.failures).toEqual([]);
    },
  );

  test('what it cannot have is refused with the reason', async () => {
    const kit = await openPublicKit(venue);
    for (const fault of FEED_FAULT_NAMES) {
      const why = cannot[fault];
      if (why !== undefined) await expect(kit.fault(fault)).rejects.toThrow(why);
    }
    expect(Object.keys(cannot).length).toBeGreaterThan(0);
  });

  test('silentSocket and dailyRestart meet the public feed too', async () => {
    const kit = await openPublicKit(venue);
    await kit.fault('silentSocket', { ms: 600_000 });
    kit.move(1);
    await kit.clear();
    await settled(kit);
    expect(kit.trades).toEqual([]);
    await kit.fault('dailyRestart', { ms: 1 });
    await eventually(() => kit.breaks()).toBe(1);
  });
});

test('seeded: feed faults strike at their rate, and begin by themselves', async () => {
  const kit = await openPublicKit(BYBIT);
  await kit.fault('droppedTrade', { rate: 0.3 });
  await kit.fault('silentFeed', { rate: 1, count: 1, ms: 1 });
  kit.move(200);
  await kit.clear();
  await settled(kit);
  const dropped = kit.counted('droppedTrade');
  expect(dropped).toBeGreaterThan(30);
  expect(dropped).toBeLessThan(90);
  expect(kit.counted('silentFeed')).toBe(1);
});
