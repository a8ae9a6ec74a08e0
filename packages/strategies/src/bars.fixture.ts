import type { Columns } from '@ballast/indicators';
import { numbersAt } from './levels.ts';
import { KNOWN, KNOWN_SIZE, type Knowledge, type Model, type Opinion, SAYS } from './model.ts';

export const ENTERS = SAYS.enterLong + SAYS.enterShort;

const COLUMNS = ['openTime', 'open', 'high', 'low', 'close', 'volume'] as const;

/** Open time, open, high, low, close, volume. */
export type Row = readonly [number, number, number, number, number, number];

export function columnsOf(rows: readonly Row[]): Columns {
  const column = (field: number): Float64Array =>
    Float64Array.from(rows, (row) => row[field] ?? Number.NaN);
  return {
    ...{ openTime: column(0), open: column(1), high: column(2), low: column(3) },
    ...{ close: column(4), volume: column(5) },
  };
}

/** The first bars of a recorded file: a line of names, then `ts,open,high,low,close,volume`. */
export function columnsFrom(csv: string, rows: number): Columns {
  const lines = csv.trim().split('\n');
  return columnsOf(
    lines.slice(1, rows + 1).map((line): Row => {
      const fields = line.split(',').map(Number);
      const at = (column: number): number => fields[column] ?? Number.NaN;
      return [at(0), at(1), at(2), at(3), at(4), at(5)];
    }),
  );
}

export function firstRows(columns: Columns, rows: number): Columns {
  const cut = (column: Float64Array): Float64Array => column.slice(0, rows);
  const { openTime, open, high, low, close, volume } = columns;
  return {
    ...{ openTime: cut(openTime), open: cut(open), high: cut(high), low: cut(low) },
    ...{ close: cut(close), volume: cut(volume) },
  };
}

/** Bars from their closes: each opens at the close before, with a wick on both sides. */
export function barsThrough(
  closes: readonly number[],
  { wick = 0.5, volumes = [] }: { wick?: number; volumes?: readonly number[] } = {},
): Columns {
  return columnsOf(
    closes.map((close, i): Row => {
      const open = closes[i - 1] ?? close;
      const [top, bottom] = [Math.max(open, close) + wick, Math.min(open, close) - wick];
      return [i * 3_600_000, open, top, bottom, close, volumes[i] ?? 100];
    }),
  );
}

/** Closes that go up and down by one, ranges of two: with a wick of a half. */
export function calm(bars: number, from = 100): number[] {
  return Array.from({ length: bars }, (_, i) => from + (i % 2));
}

/** `bars` numbers from one to the other, the first not among them. */
export function line(from: number, to: number, bars: number): number[] {
  return Array.from({ length: bars }, (_, i) => from + ((to - from) * (i + 1)) / bars);
}

const KNOWLEDGE = [
  'regime',
  'fundingRate',
  'openInterest',
  'longShortRatio',
  'takerBuyRatio',
] as const satisfies readonly Knowledge[];

export function known(
  facts: { readonly [Name in Knowledge]?: number | undefined } = {},
): Float64Array {
  const numbers = new Float64Array(KNOWN_SIZE).fill(Number.NaN);
  for (const name of KNOWLEDGE) numbers[KNOWN[name]] = facts[name] ?? Number.NaN;
  return numbers;
}

type Facts = Float64Array | ((row: number) => Float64Array);

export type Said = {
  readonly row: number;
  readonly says: number;
  readonly score: number;
  readonly parts: Readonly<Record<string, number>>;
  readonly opinions: readonly (Opinion | null)[];
};

/** What a model says on each bar, from `start` or from a state that has seen the bars before. */
export function sayingsOn(
  model: Model,
  columns: Columns,
  facts: Facts = known(),
  { state = started(model), from = 0 }: { state?: Float64Array; from?: number } = {},
): Said[] {
  const said: Said[] = [];
  for (let row = from; row < columns.close.length; row++) {
    said.push(sayingOn(model, state, columns, row, facts));
  }
  return said;
}

/** The same where, at each bar, something else lies in the rows that come after it. */
export function sayingsAsTheyCome(
  model: Model,
  columns: Columns,
  facts: Facts,
  later: Columns,
): Said[] {
  const shown = firstRows(later, columns.close.length);
  const state = started(model);
  return Array.from(columns.close, (_, row) => {
    for (const name of COLUMNS) shown[name][row] = columns[name][row] ?? Number.NaN;
    return sayingOn(model, state, shown, row, facts);
  });
}

export function sayingOn(
  model: Model,
  state: Float64Array,
  columns: Columns,
  row: number,
  facts: Facts,
): Said {
  const told = typeof facts === 'function' ? facts(row) : facts;
  const says = model.step(state, 0, columns, row, told);
  const opinions: (Opinion | null)[] = [];
  if ((says & SAYS.enterLong) !== 0) opinions.push(model.opinion(state, 0, 'long', columns, row));
  if ((says & SAYS.enterShort) !== 0) opinions.push(model.opinion(state, 0, 'short', columns, row));
  const parts = numbersAt(state, 0, model.parts);
  return { row, says, score: state[model.score] ?? Number.NaN, parts, opinions };
}

export function started(model: Model): Float64Array {
  // Whatever lay there before must not be read.
  const state = new Float64Array(model.size).fill(-7);
  model.start(state, 0);
  return state;
}

/** The entry that was spoken for on a bar. */
export function opinionOn(said: readonly Said[], row: number): Opinion {
  const opinion = said[row]?.opinions[0];
  if (opinion === undefined || opinion === null) throw new Error(`no entry on row ${row}`);
  return opinion;
}

/** The bars on which something is said, as `row: words`. */
export function wordsOf(said: readonly Said[]): string[] {
  return said
    .filter(({ says }) => says !== 0)
    .map(({ row, says }) => {
      const words = Object.entries(SAYS).filter(([, bit]) => (says & bit) !== 0);
      return `${row}: ${words.map(([word]) => word).join(' ')}`;
    });
}

/** A random walk with stretches of drift, the same for the same seed. */
export function walk(rows: number, seed: number, drift = 6): Columns {
  const random = randomFrom(seed);
  let close = 10_000;
  return columnsOf(
    Array.from({ length: rows }, (_, i): Row => {
      const open = close;
      const trend = Math.floor(i / 60) % 2 === 0 ? drift : -drift;
      close = Math.max(50, open + (random() - 0.5) * 60 + trend);
      const top = Math.max(open, close) + random() * 20;
      const low = Math.max(1, Math.min(open, close) - random() * 20);
      return [i * 60_000, open, top, low, close, 400 * random() ** 3];
    }),
  );
}

/** Mulberry32: numbers from 0 to below 1. */
function randomFrom(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d_2b_79_f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Every regime in turn, 50 bars each, and a funding rate that goes up and down. */
export function changingFacts(row: number): Float64Array {
  const regime = [2, 1, 0, -1, -2, 0, Number.NaN][Math.floor(row / 50) % 7];
  return known({ regime, fundingRate: 0.0003 * Math.sin(row / 40) });
}
