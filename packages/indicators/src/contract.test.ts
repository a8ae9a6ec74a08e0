import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Columns } from './indicator.ts';
import { ALL_SUBJECTS, columnsOf, stepped, type Subject, walk } from './indicators.fixture.ts';

const MARGIN = 7;
const price = fc.double({ min: 1e-3, max: 1e6, noNaN: true });
const volume = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e9, noNaN: true }));
const bars = fc
  .array(
    fc
      .tuple(price, price, price, price, volume)
      .map(([a, b, c, d, v]) => [a, Math.max(a, b, c, d), Math.min(a, b, c, d), b, v] as const),
    // Without the size nearly all would be shorter than any warm-up.
    { minLength: 1, maxLength: 120, size: 'max' },
  )
  .map(columnsOf);
/** Columns in which some numbers are none. */
const holed = fc
  .tuple(bars, fc.array(fc.tuple(fc.nat(119), fc.constantFrom(NaN, Infinity)), { maxLength: 4 }))
  .map(([columns, holes]) => holes.reduce((c, [row, value]) => spoilt(c, row, value), columns));

describe.each(ALL_SUBJECTS)('$name', (subject) => {
  test('has no value before its warm-up and one at every step after it', () => {
    fc.assert(
      fc.property(bars, (columns) => {
        const [main = new Float64Array(0)] = stepped(subject, columns);
        const present = [...main].map((value) => !Number.isNaN(value));
        expect(present).toEqual(present.map((_, row) => row + 1 >= subject.warmUp));
      }),
      { numRuns: 40 },
    );
  });

  test('gives the same numbers step by step and in bulk, whatever the inputs', () => {
    fc.assert(
      fc.property(holed, (columns) => {
        expect(subject.bulk(columns)).toEqual(stepped(subject, columns));
      }),
      { numRuns: 150 },
    );
  });

  test('gives the same numbers over windows that are taken anew many times', () => {
    const columns = walk(3_000);
    expect(subject.bulk(columns)).toEqual(stepped(subject, columns));
  });

  test('writes into its own stretch alone, and begins it anew whatever lay there', () => {
    const columns = walk(200);
    const state = new Float64Array(subject.size + 2 * MARGIN).fill(-7);
    const once = stepped(subject, columns, state, MARGIN);
    expect(stepped(subject, columns, state, MARGIN)).toEqual(once);
    expect(once).toEqual(stepped(subject, columns));
    const outside = [...state.slice(0, MARGIN), ...state.slice(MARGIN + subject.size)];
    expect(outside).toEqual(outside.map(() => -7));
  });

  test('goes on unchanged from a copy of its state', () => {
    const columns = walk(100);
    const state = new Float64Array(subject.size);
    subject.start(state, 0);
    for (let row = 0; row < 61; row++) subject.step(state, 0, columns, row);
    const copy = Float64Array.from(state);
    const rest = (from: Float64Array) =>
      Array.from({ length: 39 }, (_, i) => subject.step(from, 0, columns, 61 + i));
    expect(rest(copy)).toEqual(rest(state));
    expect(copy).toEqual(state);
  });

  test('has nothing to say on no bars, and refuses columns of other lengths', () => {
    const empty = columnsOf([]);
    expect(subject.bulk(empty)).toEqual(subject.outputs.map(() => new Float64Array(0)));
    expect(() => subject.bulk(walk(30), 29)).toThrow(RangeError);
  });

  test.each([NaN, Infinity])('a bar of %d is forgotten with its window, or never', (bad) => {
    const row = 70;
    const clean = walk(400);
    const [main = new Float64Array(0)] = stepped(subject, spoilt(clean, row, bad));
    const [expected = new Float64Array(0)] = stepped(subject, clean);
    expect(main.slice(0, row)).toEqual(expected.slice(0, row));
    expect(main[row], 'the bar itself').not.toBe(expected[row]);
    if (subject.memory === null) {
      expect([...main.slice(row + 1)].filter(Number.isFinite)).toEqual([]);
      return;
    }
    for (let i = row + subject.memory; i < 400; i++) closeTo(main[i], expected[i], subject, i);
  });
});

function closeTo(
  value: number | undefined,
  expected: number | undefined,
  subject: Subject,
  row: number,
): void {
  expect(value, `${subject.name} row ${row}`).toBeCloseTo(expected ?? NaN, 8);
}

function spoilt(columns: Columns, row: number, value: number): Columns {
  const copy = (column: Float64Array): Float64Array => {
    const changed = Float64Array.from(column);
    if (row < changed.length) changed[row] = value;
    return changed;
  };
  return {
    openTime: columns.openTime,
    ...{ open: copy(columns.open), high: copy(columns.high), low: copy(columns.low) },
    ...{ close: copy(columns.close), volume: copy(columns.volume) },
  };
}
