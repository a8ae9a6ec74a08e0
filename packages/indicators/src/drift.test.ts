import { describe, expect, test } from 'vitest';
import { type Subject, SUBJECTS, walk } from './indicators.fixture.ts';
import { obv } from './momentum/obv.ts';
import { deviation } from './volatility/deviation.ts';

const ROWS = 1_000_000;
const columns = walk(ROWS);
/** A window's length before the end, over several refreshes, at odd distances. */
const ASKED = Array.from({ length: 200 }, (_, i) => ROWS - 1 - i * 4_999);

const windowed = SUBJECTS.flatMap((subject) =>
  subject.memory === null ? [] : [{ name: subject.name, subject, memory: subject.memory }],
);

describe('after a million inputs a window tells what it tells alone', () => {
  test.each(windowed)('$name', ({ subject, memory }) => {
    const bulk = subject.bulk(columns);
    subject.outputs.forEach((output, k) => {
      for (const row of ASKED) {
        const alone = freshly(subject, row - memory, row, output);
        const carried = bulk[k]?.[row] ?? NaN;
        const bound = 1e-9 * Math.max(1e-3, Math.abs(alone));
        expect(Math.abs(carried - alone), `${output} row ${row}`).toBeLessThanOrEqual(bound);
      }
    });
  });
});

/** Recursions forget their beginning: from there on a second one gives the same. */
describe('a recursion forgets where it began', () => {
  const recursive = SUBJECTS.filter(({ name, memory }) => memory === null && name !== 'obv');
  test.each(recursive)('$name', (subject) => {
    const bulk = subject.bulk(columns);
    for (const row of ASKED.slice(0, 20)) {
      const alone = freshly(subject, row - 2_000, row, 'main');
      expect(Math.abs((bulk[0]?.[row] ?? NaN) - alone), `row ${row}`).toBeLessThanOrEqual(1e-9);
    }
  });
});

test('on-balance volume of a million fractions is their exact sum, a plain sum is not', () => {
  const state = new Float64Array(obv().size);
  const { start, step } = obv();
  start(state, 0);
  let value = 0;
  let plain = 0;
  for (let i = 0; i < ROWS; i++) {
    value = step(state, 0, i, 0.1);
    plain += 0.1;
  }
  expect(Math.abs(plain - 100_000)).toBeGreaterThan(1e-7);
  expect(value).toBe(100_000);
});

test('large, calm prices keep their deviation, which running squares lose', () => {
  const price = (i: number): number => 1e9 + (i % 2 === 0 ? 0.25 : -0.25);
  const indicator = deviation(4);
  const state = new Float64Array(indicator.size);
  indicator.start(state, 0);
  let value = 0;
  let squares = 0;
  for (let i = 0; i < ROWS; i++) {
    value = indicator.step(state, 0, price(i));
    squares += price(i) ** 2 - (i < 4 ? 0 : price(i - 4) ** 2);
  }
  expect({ value, mean: state[indicator.offsets.mean] }).toEqual({ value: 0.25, mean: 1e9 });
  expect(squares / 4 - 1e18, 'what is left of 0.0625').not.toBeCloseTo(0.0625, 1);
});

test('a price that went far and came to rest has no deviation left of it', () => {
  const indicator = deviation(20);
  const state = new Float64Array(indicator.size);
  indicator.start(state, 0);
  for (let i = 0; i < 20; i++) indicator.step(state, 0, 100 + i / 10);
  indicator.step(state, 0, 1e8);
  for (let i = 0; i < 19; i++) indicator.step(state, 0, 100);
  expect(indicator.step(state, 0, 100), 'the far price has just left').toBe(0);
});

function freshly(subject: Subject, after: number, row: number, output: string): number {
  const state = new Float64Array(subject.size);
  subject.start(state, 0);
  let value = NaN;
  for (let i = after; i <= row; i++) value = subject.step(state, 0, columns, i);
  return output === 'main' ? value : subject.read(state, 0, output);
}
