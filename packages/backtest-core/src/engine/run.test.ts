import { parseScaled } from '@ballast/domain';
import { gateConfiguration, KNOWN, type Model, SAYS, strategyNamed } from '@ballast/strategies';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  barsOf,
  BEGIN,
  firstOf,
  FREE,
  HOUR,
  instrument,
  options,
  scripted,
  walk,
} from './made-bars.fixture.ts';
import { runBacktest } from './run.ts';

const BTC = instrument();
type Row = readonly [number, number, number, number];
const QUIET: Row = [100, 101, 99, 100];

/** Entered on the close of the first bar; what the bars after it do to the trade. */
function traded(rows: readonly Row[], says: number = SAYS.enterLong, change = {}) {
  const bars = barsOf([QUIET, ...rows]);
  const series = { instrument: BTC, timeframe: '1h', bars, model: scripted({ 0: says }) } as const;
  return runBacktest([series], options(change));
}

describe('a trade on bars', () => {
  test('is entered at the open of the bar after the one that spoke', () => {
    const { trades } = traded([[103, 104, 102, 103], QUIET, [118, 121, 117, 118], QUIET]);
    expect(trades).toMatchObject([
      {
        ...{ decidedAt: BEGIN + HOUR, enteredAt: BEGIN + HOUR, entryPrice: 103, stop: 90 },
        ...{ leftAt: BEGIN + 3 * HOUR, exitPrice: 120, exit: 'target' },
      },
    ]);
  });

  test('meets its stop before its target where a bar reaches both', () => {
    const both: Row = [100, 125, 85, 100];
    expect(traded([QUIET, both]).trades).toMatchObject([{ exit: 'stop', exitPrice: 90 }]);
    const short = traded([QUIET, [100, 125, 75, 100]], SAYS.enterShort).trades;
    expect(short).toMatchObject([{ direction: 'short', exit: 'stop', exitPrice: 110 }]);
  });

  test('ends as finer bars say where there are any, and else as if the worst came first', () => {
    const rows: Row[] = [QUIET, QUIET, [100, 125, 85, 100], QUIET];
    const half = HOUR / 2;
    const halves = (first: Row, second: Row) => ({
      ...barsOf([first, second]),
      openTime: Float64Array.of(BEGIN + 2 * HOUR, BEGIN + 2 * HOUR + half),
    });
    const bars = barsOf(rows);
    const of = { instrument: BTC, timeframe: '1h', bars } as const;
    const run = (first: Row, second: Row) => {
      const model = scripted({ 0: SAYS.enterLong });
      return runBacktest([{ ...of, model, finer: halves(first, second) }], options()).trades;
    };
    const up: Row = [100, 125, 99, 110];
    const down: Row = [110, 111, 85, 100];
    const leftAt = BEGIN + 2 * HOUR;
    expect(run(up, down)).toMatchObject([{ exit: 'target', exitPrice: 120, leftAt }]);
    expect(run(down, up)).toMatchObject([{ exit: 'stop', exitPrice: 90, leftAt }]);
    expect(
      run([100, 111, 99, 110], [110, 112, 99, 100]),
      'what they lack the bar says',
    ).toMatchObject([{ exit: 'stop', exitPrice: 90, leftAt }]);
    const gap = run([100, 111, 99, 110], [86, 125, 85, 100]);
    expect(gap).toMatchObject([{ exit: 'stop', exitPrice: 86, leftAt: leftAt + half }]);
  });

  test('whose stop is jumped over leaves at the open, and its target pays no more than asked', () => {
    expect(traded([QUIET, [80, 82, 78, 81]]).trades).toMatchObject([{ exitPrice: 80 }]);
    expect(traded([QUIET, [130, 131, 129, 130]]).trades).toMatchObject([
      { exit: 'target', exitPrice: 120 },
    ]);
  });

  test('may end in the bar in which it begins', () => {
    const { trades } = traded([[100, 101, 89, 95], QUIET]);
    expect(trades).toMatchObject([{ exit: 'stop', leftAt: BEGIN + HOUR }]);
  });

  test('is left at the next open when the strategy says so, and at the end of the bars', () => {
    const bars = barsOf([QUIET, QUIET, QUIET, [104, 105, 103, 104], QUIET]);
    const of = { instrument: BTC, timeframe: '1h', bars } as const;
    const model = scripted({ 0: SAYS.enterLong, 2: SAYS.leaveLong });
    expect(runBacktest([{ ...of, model }], options()).trades).toMatchObject([
      { exit: 'close', exitPrice: 104, reason: 'the strategy leaves' },
    ]);
    const held = runBacktest([{ ...of, model: scripted({ 0: SAYS.enterLong }) }], options());
    expect(held.trades).toMatchObject([{ exit: 'close', exitPrice: 100, reason: 'the bars end' }]);
  });

  test('pays fees, the spread and the slippage, each on the side that is worse', () => {
    const costs = { ...FREE, takerFee: parseScaled('0.001'), spread: 0.01, slippage: 0.005 };
    const { trades } = traded([QUIET, [100, 101, 89, 100], QUIET], SAYS.enterLong, {
      ...{ costs, gates: gateConfiguration({ spreadMax: 1 }) },
    });
    const [trade] = trades;
    // 1 % away from the open of 100, and from the stop at 90.
    expect(trade).toMatchObject({ entryPrice: 101, exitPrice: 89.1 });
    const { quantity = NaN, fees = NaN, realised = NaN } = trade ?? {};
    expect(fees).toBeCloseTo(quantity * (101 + 89.1) * 0.001, 9);
    expect(realised).toBeCloseTo(quantity * (89.1 - 101) - fees, 9);
  });

  test('counts in the equity at the close of each bar', () => {
    const { equity } = traded([QUIET, [100, 106, 99, 105], [105, 106, 97, 98]]);
    // A hundred of them from 100 on, and closed at the last price.
    expect([...equity.value]).toEqual([100_000, 100_000, 100_500, 99_800]);
  });

  test('is not made of what a strategy says before it is warm', () => {
    const bars = barsOf([QUIET, QUIET, QUIET, QUIET]);
    const model = { ...scripted({ 1: SAYS.enterLong, 2: SAYS.enterLong }), warmUp: 2 };
    const series = { instrument: BTC, timeframe: '1h', bars, model } as const;
    expect(runBacktest([series], options()).trades).toMatchObject([
      { decidedAt: BEGIN + 3 * HOUR },
    ]);
  });

  test('is as large as the risk between price and stop allows, and no larger than its share', () => {
    // 1 % of 100,000 over a distance of 10; 10 % of it at 100.
    expect(traded([QUIET]).trades).toMatchObject([{ quantity: 100 }]);
    const risk = parseScaled('0.0005');
    const sizing = { risk, notional: parseScaled('0.1'), volume: null };
    expect(traded([QUIET], SAYS.enterLong, { sizing }).trades).toMatchObject([{ quantity: 5 }]);
  });
});

test('what is not entered says which gate, what it saw and what it wanted', () => {
  const says = { 0: SAYS.enterLong, 1: SAYS.enterLong };
  const bars = barsOf([QUIET, QUIET, QUIET, QUIET]);
  const series = { instrument: BTC, timeframe: '1h', bars, model: scripted(says) } as const;
  const { trades, blocked, signals } = runBacktest([series], options());
  expect([trades.length, blocked.length, signals]).toEqual([1, 1, 2]);
  expect(blocked).toMatchObject([{ gate: 'position-cap', decidedAt: BEGIN + 2 * HOUR }]);
  const sizing = { risk: 1n, notional: parseScaled('0.1'), volume: null };
  expect(traded([QUIET], SAYS.enterLong, { sizing }).blocked).toMatchObject([
    {
      gate: 'sizing',
      input: expect.stringContaining('quantity 0 for'),
      threshold: 'quantity at least 0.001',
    },
  ]);
});

test('of many that want in at once those with the best score come first, as far as the account goes', () => {
  const symbols = ['AUSDT', 'BUSDT', 'CUSDT', 'DUSDT'];
  const series = symbols.map((symbol, index) => {
    const model = scripted({ 0: SAYS.enterLong });
    return {
      ...{ instrument: instrument(symbol), timeframe: '1h' as const },
      bars: barsOf([QUIET, QUIET, QUIET]),
      model: {
        ...model,
        start: (state: Float64Array, at: number): void => void state.fill(index, at, at + 2),
      },
    };
  });
  const { trades, blocked } = runBacktest(series, options());
  // 10 % each, and 30 % of a sector at most.
  expect(trades.map(({ instrument: id }) => id.slice(-5)).toSorted()).toEqual([
    ...['BUSDT', 'CUSDT', 'DUSDT'],
  ]);
  expect(blocked).toMatchObject([{ gate: 'exposure', instrument: 'bybit.linear:AUSDT' }]);
  expect(blocked[0]?.input).toContain('the sector holds');
});

describe('over walks of prices', () => {
  const costs = { ...FREE, makerFee: parseScaled('0.0002'), takerFee: parseScaled('0.00055') };
  const run = (seed: string, length: number, until = length) => {
    const bars = firstOf(walk(seed, length), until);
    const model = strategyNamed('sma-cross').model({
      fastPeriod: 3,
      slowPeriod: 8,
      short: true,
    });
    return runBacktest([{ instrument: BTC, timeframe: '1h', bars, model }], options({ costs }));
  };

  test('what the trades made is what the account has more', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (seed) => {
        const { trades, equity } = run(seed, 400);
        expect(trades.length).toBeGreaterThan(3);
        const made = trades.reduce((sum, { realised }) => sum + realised, 0);
        expect(equity.value.at(-1)).toBeCloseTo(100_000 + made, 6);
      }),
      { numRuns: 15 },
    );
  });

  test('nothing that comes later changes what was decided before', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }),
        fc.integer({ min: 120, max: 380 }),
        (seed, until) => {
          const whole = run(seed, 400);
          const part = run(seed, 400, until);
          const known = BEGIN + (until - 1) * HOUR;
          const before = ({ trades }: typeof whole) =>
            trades.filter(({ leftAt }) => leftAt !== null && leftAt < known);
          expect(before(part)).toEqual(before(whole));
          expect(part.equity.value.slice(0, until - 1)).toEqual(
            whole.equity.value.slice(0, until - 1),
          );
        },
      ),
      { numRuns: 15 },
    );
  });

  test('the same bars give the same result, to the last digit', () => {
    expect(run('twice', 300)).toEqual(run('twice', 300));
  });
});

describe('bars that no strategy can be tried on', () => {
  const broken = (change: (bars: ReturnType<typeof barsOf>) => void): (() => unknown) => {
    const bars = barsOf([QUIET, QUIET, QUIET]);
    change(bars);
    const series = { instrument: BTC, timeframe: '1h', bars, model: scripted({}) } as const;
    return () => runBacktest([series], options());
  };

  test.each([
    ['row 1 of bybit.linear:BTCUSDT: it does not open after', (b) => b.openTime.fill(BEGIN)],
    ['row 2 of bybit.linear:BTCUSDT: a price is not a number', (b) => b.close.fill(NaN, 2)],
    ['row 1 of bybit.linear:BTCUSDT: open or close lie outside', (b) => b.low.fill(100.5, 1)],
    ['row 0 of bybit.linear:BTCUSDT: a price of 0 or less', (b) => b.low.fill(0)],
  ] satisfies [string, (bars: ReturnType<typeof barsOf>) => unknown][])('%s', (text, change) => {
    expect(broken((bars) => void change(bars))).toThrow(text);
  });

  test('too few for the warm-up, and those that are missing are named', () => {
    const bars = barsOf([QUIET, QUIET, QUIET]);
    const of = { instrument: BTC, timeframe: '1h', bars } as const;
    const model = { ...scripted({}), warmUp: 3 };
    expect(() => runBacktest([{ ...of, model }], options())).toThrow('BTCUSDT has 3 bars');
    bars.openTime[2] = BEGIN + 4 * HOUR;
    const { holes } = runBacktest([{ ...of, model: scripted({}) }], options());
    const [from, to] = [BEGIN + 2 * HOUR, BEGIN + 3 * HOUR];
    expect(holes).toEqual([{ instrument: BTC.id, from, to, bars: 2 }]);
  });
});

describe('a blocked entry', () => {
  const rows: Row[] = [QUIET, QUIET, [100, 112, 99, 111], [111, 121, 110, 120], QUIET];

  test('is followed to what it would have come to, and changes nothing of the account', () => {
    const says = { 0: SAYS.enterLong, 1: SAYS.enterLong };
    const series = { instrument: BTC, timeframe: '1h', bars: barsOf(rows) } as const;
    const model = scripted(says, { stop: 10, target: 20 });
    const { blocked, trades, equity } = runBacktest([{ ...series, model }], options());
    // A hundred of them, 20 apart.
    const counterfactual = { exit: 'target', realised: 2_000, leftAt: BEGIN + 3 * HOUR };
    expect(blocked).toMatchObject([{ gate: 'position-cap', counterfactual }]);
    expect(trades).toMatchObject([{ realised: 2_000 }]);
    expect(equity.value.at(-1)).toBe(102_000);
  });

  test('is left when the strategy leaves, and at the end of the bars', () => {
    const gates = gateConfiguration({ openTradesMax: 0 });
    const of = { instrument: BTC, timeframe: '1h', bars: barsOf(rows) } as const;
    const run = (says: Readonly<Record<number, number>>) =>
      runBacktest([{ ...of, model: scripted(says, { stop: 50, target: 60 }) }], options({ gates }));
    const left = run({ 0: SAYS.enterLong, 2: SAYS.leaveLong });
    expect(left.trades).toEqual([]);
    expect(left.blocked).toMatchObject([
      { gate: 'position-cap', counterfactual: { exit: 'close', realised: 220 } },
    ]);
    expect(run({ 0: SAYS.enterLong }).blocked).toMatchObject([
      { counterfactual: { exit: 'close', realised: 0 } },
    ]);
  });

  test('over a walk it is what the trade alone makes', () => {
    const bars = walk('shadow', 300);
    const model = strategyNamed('sma-cross').model({ fastPeriod: 3, slowPeriod: 8, short: true });
    const series = { instrument: BTC, timeframe: '1h', bars, model } as const;
    // As large whatever the account has: what is tried is then the same.
    const sizing = { risk: parseScaled('1'), notional: parseScaled('1'), volume: 1n };
    const free = runBacktest([series], options({ sizing }));
    const gates = gateConfiguration({ openTradesMax: 0 });
    const none = runBacktest([series], options({ gates, sizing }));
    expect(none.trades).toEqual([]);
    expect(none.blocked.length).toBe(none.signals);
    const alone = new Map(none.blocked.map((one) => [one.decidedAt, one.counterfactual]));
    for (const { decidedAt, leftAt, exit, realised } of free.trades) {
      expect(alone.get(decidedAt)).toEqual({ leftAt, exit, realised });
    }
  });
});

test('bars that are missing shortly before an entry block it, and gates without facts are told', () => {
  const bars = barsOf([QUIET, QUIET, QUIET, QUIET]);
  for (const row of [2, 3]) bars.openTime[row] = (bars.openTime[row] ?? 0) + HOUR;
  const says = { 2: SAYS.enterLong };
  const series = { instrument: BTC, timeframe: '1h', bars, model: scripted(says) } as const;
  const gates = gateConfiguration({ coverageMs: 3 * HOUR });
  const { blocked } = runBacktest([series], options({ gates }));
  expect(blocked).toMatchObject([{ gate: 'coverage' }]);
  const { notAsked, trades } = runBacktest(
    [series],
    options({ gates: gateConfiguration({ coverageMs: 0 }) }),
  );
  expect(trades).toHaveLength(1);
  expect([...notAsked.keys()]).toEqual(['soak', 'microstructure', 'funding']);
});

describe('what is known beside the bars', () => {
  const bars = barsOf([QUIET, QUIET, QUIET, QUIET, QUIET]);
  const of = { instrument: BTC, timeframe: '1h', bars } as const;
  const column = (name: 'regime' | 'fundingRate', at: number[], value: number[]) => ({
    ...{ of: name, knownAt: Float64Array.from(at), value: Float64Array.from(value) },
  });

  test('is what was known when the bar closed', () => {
    const seen: number[] = [];
    const model = {
      ...scripted({}),
      step(...[, , , , known]: Parameters<Model['step']>): number {
        seen.push(known[KNOWN.regime] ?? 0);
        return 0;
      },
    };
    const regime = column('regime', [BEGIN + HOUR + 1, BEGIN + 3 * HOUR], [1, -2]);
    runBacktest([{ ...of, model, known: [regime] }], options());
    expect(seen).toEqual([NaN, 1, -2, -2, -2]);
  });

  test('is what the gates see: a regime in which the strategy may not enter blocks it', () => {
    const gates = gateConfiguration({ longRegimes: ['bull', 'strong-bull'] });
    const model = scripted({ 0: SAYS.enterLong });
    const run = (regime: number[]) =>
      runBacktest(
        [{ ...of, model, known: regime.map((value) => column('regime', [BEGIN], [value])) }],
        options({ gates }),
      );
    expect(run([-1]).blocked).toMatchObject([
      { gate: 'regime', input: expect.stringContaining('bear') },
    ]);
    expect(run([]).blocked, 'not known').toMatchObject([{ gate: 'regime' }]);
    expect(run([1]).trades).toHaveLength(1);
  });

  test('funding is paid by who is long at its settlement, and got by who is short', () => {
    const settled = [BEGIN + HOUR, BEGIN + 2 * HOUR, BEGIN + 3 * HOUR];
    const known = [column('fundingRate', settled, [0.5, 0.0001, 0.0002])];
    const run = (says: number) =>
      runBacktest([{ ...of, model: scripted({ 0: says }), known }], {
        ...options({ gates: gateConfiguration({ fundingCostMax: 1 }) }),
      });
    // Entered at the first settlement, and not held then: a hundred of them at 100, twice.
    const long = run(SAYS.enterLong);
    expect(long.trades).toMatchObject([{ funding: 3, realised: -3 }]);
    expect([...long.equity.value]).toEqual([100_000, 100_000, 99_999, 99_997, 99_997]);
    expect(run(SAYS.enterShort).trades).toMatchObject([{ funding: -3, realised: 3 }]);
  });

  test('is as old as the time of which it speaks, however much later it was known', () => {
    const rate = column('fundingRate', [BEGIN + HOUR], [0.5]);
    const known = [{ ...rate, at: Float64Array.of(BEGIN) }];
    const model = scripted({ 1: SAYS.enterLong });
    const run = (fundingAgeMaxMs: number) => {
      const gates = gateConfiguration({ fundingAgeMaxMs });
      return runBacktest([{ ...of, model, known }], options({ gates }));
    };
    expect(run(2 * HOUR).blocked).toMatchObject([{ gate: 'funding' }]);
    expect(run(2 * HOUR - 1).notAsked.get('funding'), 'too old to say anything').toBe(1);
  });

  test('funding is paid when it is settled, however much later its rate is known', () => {
    const settled = [BEGIN + HOUR, BEGIN + 2 * HOUR, BEGIN + 4 * HOUR];
    const later = settled.map((at) => at + 300_000);
    const rates = column('fundingRate', later, [0.5, 0.0001, 0.5]);
    const known = [{ ...rates, at: Float64Array.from(settled) }];
    const model = scripted({ 0: SAYS.enterLong, 2: SAYS.leaveLong });
    const gates = gateConfiguration({ fundingCostMax: 1 });
    const { trades, equity } = runBacktest([{ ...of, model, known }], options({ gates }));
    // Held from the first, which is settled before the entry, to an hour before the last.
    expect(trades).toMatchObject([{ leftAt: BEGIN + 3 * HOUR, funding: 1, realised: -1 }]);
    expect([...equity.value]).toEqual([100_000, 100_000, 99_999, 99_999, 99_999]);
  });
});

test('an account in another currency than the instrument is refused', () => {
  const series = { instrument: BTC, timeframe: '1h', bars: barsOf([QUIET]), model: scripted({}) };
  const cash = { amount: parseScaled('1'), currency: 'USD' };
  expect(() => runBacktest([{ ...series, timeframe: '1h' }], options({ cash }))).toThrow(
    'BTCUSDT is paid in USDT, the account is in USD',
  );
});
