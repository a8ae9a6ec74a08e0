import { type Instrument, parseQuantity, parseScaled } from '@ballast/domain';
import { gateConfiguration, SAYS, strategyNamed } from '@ballast/strategies';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BEGIN, barsOf, HOUR, instrument, options, scripted, walk } from './made-bars.fixture.ts';
import { type BacktestOptions, runBacktest } from './run.ts';
import type { Series } from './track.ts';

const STEPPED = null;

const made = fc.record({
  seed: fc.string({ minLength: 1 }),
  symbols: fc.integer({ min: 1, max: 4 }),
  short: fc.boolean(),
  fastPeriod: fc.integer({ min: 2, max: 5 }),
  stopRanges: fc.double({ min: 0.5, max: 3, noNaN: true }),
  targetRanges: fc.double({ min: 0.5, max: 6, noNaN: true }),
  makerFee: fc.bigInt({ min: -100_000_000_000_000n, max: 1_000_000_000_000_000n }),
  takerFee: fc.bigInt({ min: 0n, max: 2_000_000_000_000_000n }),
  spread: fc.constantFrom(0, 0.0001, 0.002),
  slippage: fc.constantFrom(0, 0.0001, 0.003),
  tick: fc.constantFrom('0.1', '0.05', '1', '25', '0.0001'),
  lot: fc.constantFrom('0.001', '0.001', '0.02', '0.000000000000000001'),
  maxQuantity: fc.constantFrom('1000', '3', '0.5'),
  minNotional: fc.constantFrom('0', '5', '900'),
  cash: fc.constantFrom('1000000', '100000.000000001', '3000'),
  risk: fc.constantFrom('0.01', '0.3', '0.0011'),
  notional: fc.constantFrom('0.1', '0.149', '0.9'),
  volume: fc.constantFrom(null, parseScaled('0.001')),
  lossStreakMax: fc.constantFrom(2, 1_000),
  openTradesMax: fc.constantFrom(1, 3, 10),
  tight: fc.constantFrom(
    ...([null, null, 'riskPerTradeShareMax', 'positionShareMax', 'instrumentShareMax'] as const),
    ...(['sectorShareMax', 'strategyShareMax', 'accountShareMax', 'dailyLossShareMax'] as const),
    'priceBand' as const,
  ),
  funding: fc.boolean(),
  finer: fc.boolean(),
  jumps: fc.constantFrom(0, 0.004, 0.05),
});

/** Limits that some of the trades of these walks meet, and some do not. */
const TIGHT = {
  ...{ riskPerTradeShareMax: parseScaled('0.0005'), positionShareMax: parseScaled('0.12') },
  ...{ instrumentShareMax: parseScaled('0.11'), sectorShareMax: parseScaled('0.15') },
  ...{ strategyShareMax: parseScaled('0.25'), accountShareMax: parseScaled('0.2') },
  ...{ dailyLossShareMax: parseScaled('0.0005'), priceBand: parseScaled('0.01') },
};

type Made = typeof made extends fc.Arbitrary<infer T> ? T : never;

function optionsOf(of: Made): BacktestOptions {
  const base = options();
  return {
    ...base,
    cash: { amount: parseScaled(of.cash), currency: 'USDT' },
    costs: {
      ...{ makerFee: of.makerFee, takerFee: of.takerFee },
      ...{ spread: of.spread, slippage: of.slippage },
    },
    limits: {
      ...{ ...base.limits, lossStreakMax: of.lossStreakMax, openTradesMax: of.openTradesMax },
      ...(of.tight === null ? {} : { [of.tight]: TIGHT[of.tight] }),
    },
    gates: gateConfiguration({ cooldownMs: 0, spreadMax: 1 }),
    sizing: {
      ...{ risk: parseScaled(of.risk), notional: parseScaled(of.notional), volume: of.volume },
    },
  };
}

function seriesOf(of: Made): Series[] {
  const { fastPeriod, stopRanges, targetRanges, short } = of;
  const periods = { fastPeriod, slowPeriod: 8, rangePeriod: 3 };
  const parameters = { ...periods, stopRanges, targetRanges, short };
  return ['AUSDT', 'BUSDT', 'CUSDT', 'DUSDT'].slice(0, of.symbols).map((symbol, index) => {
    const walked = walk(`${of.seed}/${index}`, 220 - 20 * index, index === 3 ? 20 : 10_000);
    const bars = jumping(walked, of.jumps);
    const settled = Float64Array.from({ length: 30 }, (_, at) => BEGIN + at * 8 * HOUR);
    const value = settled.map((_, at) => ((at % 5) - 2) * 0.0001);
    const known = [{ of: 'fundingRate' as const, knownAt: settled, value }];
    return {
      ...{ instrument: listed(symbol, of), timeframe: '1h', bars },
      model: strategyNamed('sma-cross').model(parameters),
      ...(of.funding ? { known } : {}),
      ...(of.finer ? { finer: halvesOf(bars) } : {}),
    };
  });
}

/** Some bars open elsewhere than the bar before has closed. */
function jumping(bars: Series['bars'], by: number): Series['bars'] {
  const open = bars.open.map((price, row) => {
    const away = row % 3 === 0 ? by : row % 3 === 1 ? -by : 0;
    return price * (1 + away);
  });
  const high = bars.high.map((price, row) => Math.max(price, open[row] ?? 0));
  const low = bars.low.map((price, row) => Math.min(price, open[row] ?? 0));
  return { ...bars, open, high, low };
}

function listed(symbol: string, { tick, lot, maxQuantity, minNotional }: Made): Instrument {
  return {
    ...instrument(symbol),
    ...{ tickSize: parseScaled(tick), lotSize: parseScaled(lot), minQuantity: parseQuantity(lot) },
    ...{ maxQuantity: parseQuantity(maxQuantity), minNotional: parseScaled(minNotional) },
  };
}

/** Each bar as two: its high comes first. */
function halvesOf(bars: Series['bars']): Series['bars'] {
  const rows = [...bars.openTime].flatMap((_, row) => {
    const at = (column: Float64Array): number => column[row] ?? NaN;
    const [open, high] = [at(bars.open), at(bars.high)];
    const [low, close] = [at(bars.low), at(bars.close)];
    return [
      [open, high, Math.min(open, close), close] as const,
      [close, Math.max(open, close), low, close] as const,
    ];
  });
  const halves = barsOf(rows);
  return { ...halves, openTime: halves.openTime.map((_, row) => BEGIN + (row * HOUR) / 2) };
}

test('opens on and beside stop and target end a recalled trade as they end a stepped one', () => {
  const says = scripted({ 0: SAYS.enterLong }, { stop: 1, target: 1 });
  const short = scripted({ 0: SAYS.enterShort }, { stop: 1, target: 1 });
  const ticks = fc.integer({ min: -13, max: 13 });
  fc.assert(
    fc.property(
      ticks,
      ticks,
      fc.boolean(),
      fc.constantFrom(0, 0.04),
      (first, away, isLong, off) => {
        const at = (of: number): number => Math.round((100 + of / 10 + off) * 100) / 100;
        const [begin, open] = [at(first / 3), at(away)];
        const last = Math.min(begin, 100);
        const bars = barsOf([
          ...[[100, 100, 100, 100] as const, [begin, Math.max(begin, 100), last, 100] as const],
          ...[[open, open, open, open] as const, [100, 100, 100, 100] as const],
        ]);
        const model = isLong ? says : short;
        const run = (memory: Exclude<BacktestOptions['memory'], undefined>) => {
          const costs = { ...options().costs, takerFee: 1n, makerFee: 2n };
          const series = { instrument: instrument(), timeframe: '1h', bars, model } as const;
          return runBacktest([series], options({ costs, memory }));
        };
        expect(run({ checkedOneIn: 1_000_000 })).toEqual(run(STEPPED));
      },
    ),
  );
});

test('a run whose trades are recalled is the run in which each is stepped, to the last digit', () => {
  let [trades, blocked] = [0, 0];
  fc.assert(
    fc.property(made, (of) => {
      const stepped = runBacktest(seriesOf(of), { ...optionsOf(of), memory: STEPPED });
      trades += stepped.trades.length;
      blocked += stepped.blocked.length;
      for (const checkedOneIn of [1, 7, 1_000_000]) {
        const memory = { checkedOneIn };
        expect(runBacktest(seriesOf(of), { ...optionsOf(of), memory })).toEqual(stepped);
      }
    }),
    { numRuns: 25 },
  );
  expect(trades).toBeGreaterThan(200);
  expect(blocked).toBeGreaterThan(200);
});

test('a short that is left beyond its stop, for more than a float counts, is left to the last digit', () => {
  const fine = { tickSize: parseScaled('0.00000001'), lotSize: parseScaled('0.000001') };
  for (let away = 0; away < 20; away += 1) {
    const gap = 112.34567891 + away / 7;
    const bars = barsOf([
      ...[[100, 100, 100, 100] as const, [100, 100, 100, 100] as const],
      ...[[gap, gap, gap, gap] as const, [100, 100, 100, 100] as const],
    ]);
    const model = scripted({ 0: SAYS.enterShort }, { stop: 3, target: 9 });
    const series = {
      instrument: { ...instrument(), ...fine },
      ...({ timeframe: '1h', bars, model } as const),
    };
    const run = (memory: Exclude<BacktestOptions['memory'], undefined>) => {
      const cash = { amount: parseScaled('850.123457'), currency: 'USDT' };
      const sizing = { risk: parseScaled('0.9'), notional: parseScaled('0.1'), volume: null };
      return runBacktest([series], options({ cash, sizing, memory }));
    };
    expect(run(STEPPED).trades).toMatchObject([{ exit: 'stop' }]);
    expect(run({ checkedOneIn: 1 })).toEqual(run(STEPPED));
  }
});
