import { parseScaled } from '@ballast/domain';
import { assess, isDenied } from '@ballast/order-core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AccountFacts } from './account-facts.ts';
import { barsOf, BEGIN, HOUR, instrument, options, scripted } from './made-bars.fixture.ts';
import { Opening } from './opening.ts';
import { SureRules } from './sure-rules.ts';
import { startTrack } from './track.ts';
import { TradeDesk } from './trade-desk.ts';
import { BacktestVenue } from './venue.ts';

const bars = barsOf([[100, 100, 100, 100]]);
const of = (symbol: string, sector: string | null) => ({
  // What `sureSize` gives is worth enough.
  ...{
    instrument: { ...instrument(symbol), sector, minNotional: 0n },
    timeframe: '1h' as const,
    bars,
  },
  model: scripted({}),
});
const share = fc.integer({ min: 1, max: 60 }).map((percent) => parseScaled(String(percent / 100)));
const lots = fc.integer({ min: 1, max: 600_000 });

const SHARES = [
  ...(['riskPerTradeShareMax', 'positionShareMax', 'instrumentShareMax'] as const),
  ...(['sectorShareMax', 'strategyShareMax', 'accountShareMax'] as const),
  ...(['dailyLossShareMax', 'priceBand'] as const),
];
const WIDE = Object.fromEntries(SHARES.map((name) => [name, parseScaled('0.9')]));

const made = fc.record({
  tight: fc.constantFrom(...SHARES),
  share,
  openTradesMax: fc.integer({ min: 1, max: 4 }),
  lossStreakMax: fc.integer({ min: 1, max: 4 }),
  sector: fc.constantFrom('crypto', 'metal', null),
  ...{ wanted: lots, held: fc.option(lots), isLong: fc.boolean(), shorting: fc.boolean() },
  ...{ stop: fc.integer({ min: 1, max: 600 }), target: fc.integer({ min: 1, max: 600 }) },
  results: fc.array(
    fc.tuple(fc.integer({ min: -9_000, max: 2_000 }), fc.constantFrom(0, 0, 1, 30)),
    {
      maxLength: 4,
    },
  ),
  askedAgo: fc.option(fc.integer({ min: 0, max: 100_000 }), { freq: 1 }),
});

test('what is surely allowed every rule allows', () => {
  let [sure, denied] = [0, 0];
  fc.assert(
    fc.property(made, (given) => {
      const base = options();
      const { openTradesMax, lossStreakMax, tight, share: least } = given;
      const changed = { ...WIDE, [tight]: least, openTradesMax, lossStreakMax };
      const limits = { ...base.limits, ...changed };
      const capabilities = { ...base.capabilities, shorting: given.shorting };
      const [own, other] = [of('AUSDT', 'crypto'), of('BUSDT', given.sector)];
      const cash = new Map([['USDT', parseScaled('100000')]]);
      const venue = new BacktestVenue([own, other], { cash, costs: base.costs, account: 'a' });
      const parts = { account: 'a', capabilities, onEnded: () => undefined, memory: null };
      const desk = new TradeDesk(venue, parts);
      const [track, beside] = [startTrack(own, 1, []), startTrack(other, 1, [])];
      const now = BEGIN + 50 * HOUR;
      const opened = { direction: 'long', at: now, strategy: 'sma-cross', number: 1 } as const;
      if (given.held !== null) {
        desk.enter(
          beside,
          new Opening(beside, { lots: given.held, stop: 900, target: 1_100 }, opened),
        );
        desk.open(beside, 100, now);
      }
      const facts = new AccountFacts(
        { venue, desk, tracks: [track, beside] },
        {
          ...{ limits, capabilities, currency: 'USDT' },
        },
      );
      for (const [amount, hoursAgo] of given.results.toSorted((a, b) => b[1] - a[1])) {
        facts.results.add(now - hoursAgo * HOUR, parseScaled(String(amount)));
      }
      track.shown = 100;
      const sign = given.isLong ? 1 : -1;
      const [stop, target] = [1_000 - sign * given.stop, 1_000 + sign * given.target];
      const size = { lots: given.wanted, stop, target };
      const direction = given.isLong ? 'long' : 'short';
      const opening = new Opening(track, size, { ...opened, direction, number: 3 });
      if (given.askedAgo !== null) {
        track.askedAt = now - given.askedAgo;
        facts.opened(new Opening(track, size, { ...opened, direction, at: track.askedAt }));
      }
      const rules = new SureRules(limits, capabilities);
      const verdicts = assess(opening.plan, facts.of(track.instrument, now));
      rules.learn(verdicts);
      const at = { track, isLong: given.isLong, price: 1_000, last: 1_000, now };
      if (isDenied(verdicts)) denied += 1;
      if (!rules.areKept(size, at, desk.standing(), facts.results)) return;
      sure += 1;
      expect(verdicts.filter(({ outcome }) => outcome === 'deny')).toEqual([]);
    }),
    { numRuns: 3_000 },
  );
  expect(sure).toBeGreaterThan(20);
  expect(denied).toBeGreaterThan(500);
});

test('a rule that it does not know makes it sure of nothing', () => {
  const { limits, capabilities } = options();
  const rules = new SureRules(limits, capabilities);
  rules.learn([]);
  const track = { ...startTrack(of('AUSDT', null), 1, []), shown: 100 };
  const venue = new BacktestVenue([track], {
    ...{ cash: new Map([['USDT', parseScaled('100000')]]), costs: options().costs, account: 'a' },
  });
  const parts = { account: 'a', capabilities, onEnded: () => undefined, memory: null };
  const desk = new TradeDesk(venue, parts);
  const facts = new AccountFacts(
    { venue, desk, tracks: [track] },
    {
      ...{ limits, capabilities, currency: 'USDT' },
    },
  );
  const at = { track, isLong: true, price: 1_000, last: 1_000, now: BEGIN };
  const size = { lots: 10, stop: 990, target: 1_020 };
  expect(rules.areKept(size, at, desk.standing(), facts.results)).toBe(false);
});
