import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { averageTrueRange } from './average-true-range.ts';
import { exponentialAverage } from './exponential-average.ts';
import type { PlainStateIndicator } from './plain-state-indicator.ts';
import { relativeStrength } from './relative-strength.ts';
import { rollingStatistics } from './rolling-statistics.ts';

type Row = { readonly high: number; readonly low: number; readonly close: number };
type Case<State, Value> = {
  readonly name: string;
  readonly indicator: PlainStateIndicator<State, Row, Value>;
  /** TA-Lib's column and how to read the same number from our value. */
  readonly columns: Record<string, (value: Value) => number>;
};

const onClose = <State, Value>(
  indicator: PlainStateIndicator<State, number, Value>,
): PlainStateIndicator<State, Row, Value> => ({
  ...indicator,
  step: (state, row) => indicator.step(state, row.close),
});
const itself = (value: number): number => value;

describeCase({
  name: 'exponentialAverage(12)',
  indicator: onClose(exponentialAverage(12)),
  columns: { EMA_12: itself },
});
describeCase({
  name: 'exponentialAverage(26)',
  indicator: onClose(exponentialAverage(26)),
  columns: { EMA_26: itself },
});
describeCase({
  name: 'rollingStatistics(20)',
  indicator: onClose(rollingStatistics(20)),
  columns: { SMA_20: (v) => v.mean, STDDEV_20_1: (v) => v.standardDeviation },
});
describeCase({
  name: 'averageTrueRange(14)',
  indicator: averageTrueRange(14),
  columns: { ATR_14: itself },
});
describeCase({
  name: 'relativeStrength(14)',
  indicator: onClose(relativeStrength(14)),
  columns: { RSI_14: itself },
});

test('deviation of large, calm prices keeps its digits after a million inputs', () => {
  const indicator = rollingStatistics(4);
  let state = indicator.initial();
  let value = null;
  for (let i = 0; i < 1_000_000; i++) {
    ({ state, value } = indicator.step(state, 1e9 + (i % 2 === 0 ? 0.25 : -0.25)));
  }
  expect(value, 'half of the inputs lie 0.25 above, half 0.25 below').toEqual({
    mean: 1e9,
    standardDeviation: 0.25,
  });
});

test('a series that does not move has a relative strength of 50', () => {
  expect(lastValue(relativeStrength(2), [7, 7, 7])).toBe(50);
});

test.each([0, 1.5, Number.NaN, -3])('period %d is refused', (period) => {
  expect(() => exponentialAverage(period)).toThrow(RangeError);
  expect(() => rollingStatistics(period)).toThrow(RangeError);
  expect(() => averageTrueRange(period)).toThrow(RangeError);
  expect(() => relativeStrength(period)).toThrow(RangeError);
});

function describeCase<State, Value>(subject: Case<State, Value>): void {
  const { name, indicator, columns } = subject;
  const price = fc.double({ min: 1e-6, max: 1e6, noNaN: true });
  const rows = fc.array(
    fc.tuple(price, price, price).map(([a, b, c]) => ({
      high: Math.max(a, b, c),
      low: Math.min(a, b, c),
      close: b,
    })),
    { minLength: indicator.warmUp + 2, maxLength: indicator.warmUp + 40 },
  );

  describe(name, () => {
    test('has no value before its warm-up and one at every step after it', () => {
      fc.assert(
        fc.property(rows, (list) => {
          const present = valuesOf(indicator, list).map((value) => value !== null);
          expect(present).toEqual(list.map((_, i) => i + 1 >= indicator.warmUp));
        }),
        { numRuns: 30 },
      );
    });

    test('leaves its state alone and gives the same answer twice', () => {
      fc.assert(
        fc.property(rows, (list) => {
          let state = indicator.initial();
          for (const row of list) {
            const before = JSON.stringify(state);
            const once = indicator.step(state, row);
            expect(indicator.step(state, row)).toEqual(once);
            expect(JSON.stringify(state)).toBe(before);
            state = once.state;
          }
        }),
        { numRuns: 30 },
      );
    });

    test('goes on unchanged from a state that was stored as JSON', () => {
      fc.assert(
        fc.property(rows, (list) => {
          const stored: PlainStateIndicator<State, Row, Value> = {
            ...indicator,
            step: (state, row) => {
              const copy: State = JSON.parse(JSON.stringify(state));
              return indicator.step(copy, row);
            },
          };
          expect(valuesOf(stored, list)).toEqual(valuesOf(indicator, list));
        }),
        { numRuns: 30 },
      );
    });

    for (const file of ['AAPL_1d_400', 'BTCUSDT_1h_600', 'ta_regtest_252']) {
      const url = new URL(`../../../../../shared/data/talib/${file}_talib.csv.gz`, import.meta.url);
      test.skipIf(!existsSync(url))(`agrees with TA-Lib on ${file} (needs ../shared/data)`, () => {
        const table = readTable(url);
        const values = valuesOf(indicator, table.map(barOf));
        for (const [column, read] of Object.entries(columns)) {
          const compared = table.filter((row, i) => {
            const expected = row.get(column);
            const value = values[i] ?? null;
            if (expected === undefined || expected === '') {
              expect(value, `${column} row ${i}: both are still warming up`).toBeNull();
              return false;
            }
            if (value === null) throw new Error(`${column} row ${i}: no value`);
            // TA-Lib's own deviation takes running sums of squares: it is the one with less digits.
            const tolerance =
              Math.abs(Number(expected)) * (column.startsWith('STDDEV') ? 1e-6 : 1e-9);
            const difference = Math.abs(read(value) - Number(expected));
            expect(difference, `${column} row ${i}`).toBeLessThanOrEqual(tolerance + 1e-12);
            return true;
          });
          expect(compared.length, `${column}: rows compared`).toBeGreaterThan(200);
        }
      });
    }
  });
}

function valuesOf<State, Input, Value>(
  indicator: PlainStateIndicator<State, Input, Value>,
  inputs: readonly Input[],
): (Value | null)[] {
  let state = indicator.initial();
  return inputs.map((input) => {
    const result = indicator.step(state, input);
    state = result.state;
    return result.value;
  });
}

function lastValue<State, Input, Value>(
  indicator: PlainStateIndicator<State, Input, Value>,
  inputs: readonly Input[],
): Value | null {
  return valuesOf(indicator, inputs).at(-1) ?? null;
}

function barOf(row: ReadonlyMap<string, string>): Row {
  const read = (name: string): number => Number(row.get(name));
  return { high: read('high'), low: read('low'), close: read('close') };
}

function readTable(file: URL): Map<string, string>[] {
  const [head, ...lines] = gunzipSync(readFileSync(file)).toString('utf8').trim().split('\n');
  const names = (head ?? '').split(',');
  return lines.map((line) => {
    const fields = line.split(',');
    return new Map(names.map((name, i) => [name, fields[i] ?? '']));
  });
}
