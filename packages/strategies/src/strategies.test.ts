import { parseInstrumentId } from '@ballast/domain';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { meanReversion } from './mean-reversion.ts';
import { momentum } from './momentum.ts';
import { startAllStrategies, startRun } from './strategy-run.ts';
import {
  levelsAround,
  type NumericBar,
  numericBar,
  type Opinion,
  type Strategy,
} from './strategy.ts';

describeStrategy('momentum', momentum());
describeStrategy('mean-reversion', meanReversion());

test('a calm market has no opinion: no range, no deviation, no levels', () => {
  const calm = Array.from({ length: 300 }, (_, i) => barAt(i, 100, 100, 0));
  for (const strategy of startAllStrategies()) {
    expect(calm.map((bar) => strategy.step(bar)).filter((opinion) => opinion !== null)).toEqual([]);
  }
});

test('levels that would reach zero, or have no distance, give no plan', () => {
  expect(levelsAround('long', 10, { stop: 10, target: 1 })).toBeNull();
  expect(levelsAround('short', 10, { stop: 1, target: 10 })).toBeNull();
  expect(levelsAround('long', 10, { stop: 0, target: 1 })).toBeNull();
  expect(levelsAround('long', 10, { stop: Number.NaN, target: 1 })).toBeNull();
  expect(levelsAround('short', 10, { stop: 1, target: 2 })).toEqual({
    entry: 10,
    stop: 11,
    target: 8,
  });
});

test('a stored bar becomes float64 once; contradicting levels are refused', () => {
  const bar = {
    instrument: parseInstrumentId('bybit.linear:BTCUSDT'),
    timeframe: '1m',
    openTime: 60_000,
    open: '10.5',
    high: '11',
    low: '10.25',
    close: '10.75',
    volume: '3.5',
    tradeCount: 4,
    state: 'closed',
    source: 'bybit',
    builtFrom: 'trades',
    missing: 0,
  } as const;
  expect(numericBar(bar)).toEqual({
    openTime: 60_000,
    open: 10.5,
    high: 11,
    low: 10.25,
    close: 10.75,
    volume: 3.5,
  });
  expect(() => numericBar({ ...bar, high: '10.6' })).toThrow(/outside low to high/);
  expect(() => numericBar({ ...bar, close: 'NaN' })).toThrow(/NaN/);
});

function describeStrategy<State>(name: string, strategy: Strategy<State>): void {
  describe(name, () => {
    test('its opinion on a bar does not change with what comes after it', () => {
      fc.assert(
        fc.property(walks, fc.nat(), (bars, at) => {
          const length = 1 + (at % bars.length);
          const whole = opinionsOn(strategy, bars);
          expect(opinionsOn(strategy, bars.slice(0, length))).toEqual(whole.slice(0, length));
        }),
        { numRuns: 40 },
      );
    });

    test('goes on unchanged from a state that was stored as JSON', () => {
      fc.assert(
        fc.property(walks, (bars) => {
          const stored: Strategy<State> = {
            ...strategy,
            step: (state, bar) => {
              const copy: State = JSON.parse(JSON.stringify(state));
              return strategy.step(copy, bar);
            },
          };
          expect(opinionsOn(stored, bars)).toEqual(opinionsOn(strategy, bars));
        }),
        { numRuns: 40 },
      );
    });

    test('has no opinion before its warm-up, and afterwards levels on the right sides', () => {
      let seen = 0;
      fc.assert(
        fc.property(walks, (bars) => {
          for (const [i, opinion] of opinionsOn(strategy, bars).entries()) {
            if (opinion === null) continue;
            seen += 1;
            expect(i).toBeGreaterThanOrEqual(strategy.warmUpBars);
            const { entry, stop, target } = opinion.level;
            expect(entry).toBe(bars[i]?.close);
            const ordered =
              opinion.direction === 'long' ? [stop, entry, target] : [target, entry, stop];
            expect(ordered).toEqual([...ordered].sort((a, b) => a - b));
            expect(new Set(ordered).size).toBe(3);
            expect(Object.values(opinion.inputs).every(Number.isFinite)).toBe(true);
          }
        }),
        { numRuns: 40 },
      );
      expect(seen, 'the walks must give opinions, or nothing was checked').toBeGreaterThan(20);
    });

    test('never repeats an opinion on the next bar', () => {
      fc.assert(
        fc.property(walks, (bars) => {
          const opinions = opinionsOn(strategy, bars);
          for (const [i, opinion] of opinions.entries()) {
            if (opinion === null) continue;
            expect(opinions[i + 1]?.direction).not.toBe(opinion.direction);
          }
        }),
        { numRuns: 40 },
      );
    });
  });
}

/** Random walks with stretches of drift, 150 to 400 bars, from a seed that shrinks well. */
const walks: fc.Arbitrary<NumericBar[]> = fc
  .tuple(
    fc.array(fc.tuple(fc.integer({ min: -30, max: 30 }), fc.nat({ max: 40 })), {
      minLength: 150,
      maxLength: 400,
    }),
    fc.integer({ min: 0, max: 12 }),
  )
  .map(([steps, drift]) => {
    let close = 10_000;
    return steps.map(([change, wick], i) => {
      const open = close;
      close = Math.max(50, open + change + (Math.floor(i / 60) % 2 === 0 ? drift : -drift));
      return barAt(i, open, close, wick);
    });
  });

function barAt(i: number, open: number, close: number, wick: number): NumericBar {
  return {
    openTime: i * 60_000,
    open,
    high: Math.max(open, close) + wick,
    low: Math.max(1, Math.min(open, close) - wick),
    close,
    volume: 1,
  };
}

function opinionsOn<State>(
  strategy: Strategy<State>,
  bars: readonly NumericBar[],
): (Opinion | null)[] {
  const started = startRun(strategy);
  return bars.map((bar) => started.step(bar));
}
