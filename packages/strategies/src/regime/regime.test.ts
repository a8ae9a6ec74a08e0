import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { InvalidInput, REGIMES } from '@ballast/domain';
import type { Columns } from '@ballast/indicators';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  regimeAt,
  type RegimeHistory,
  regimeHistory,
  regimeModel,
  regimeNamed,
  regimeNumber,
} from './index.ts';

const BAR_MS = 4 * 3_600_000;
/** Averages that are warm after 40 bars: a made-up market needs few bars then. */
const SHORT = { fastPeriod: 5, slowPeriod: 10, slopePeriod: 3, strengthPeriod: 5 };
const SHORT_WARM_UP = 40;

/** Bars of a market that moves by these parts of its price, each with a range of a part in 500. */
function barsOf(moves: readonly number[]): Columns {
  let price = 50_000;
  const close = moves.map((move) => (price *= 1 + move));
  const open = close.map((value, i) => value / (1 + (moves[i] ?? 0)));
  const column = (of: (i: number) => number): Float64Array =>
    Float64Array.from(moves.keys().map(of));
  const at = (values: readonly number[], i: number): number => values[i] ?? NaN;
  return {
    openTime: column((i) => i * BAR_MS),
    open: column((i) => at(open, i)),
    high: column((i) => Math.max(at(open, i), at(close, i)) * 1.002),
    low: column((i) => Math.min(at(open, i), at(close, i)) * 0.998),
    close: column((i) => at(close, i)),
    volume: column(() => 1),
  };
}

const times = (count: number, move: number): number[] => Array<number>(count).fill(move);
const swing = (count: number, move: number): number[] =>
  Array.from({ length: count }, (_, i) => (i % 2 === 0 ? move : -move));
const namesOf = ({ regime }: RegimeHistory): string[] => [...regime].map(regimeNamed);

describe('of a made-up market', () => {
  test.each([
    ['rises and rises', times(80, 0.01), 'strong-bull'],
    ['falls and falls', times(80, -0.01), 'strong-bear'],
    ['goes nowhere', swing(80, 0.002), 'neutral'],
  ])('that %s', (_, moves, regime) => {
    expect(new Set(namesOf(regimeHistory(barsOf(moves), SHORT)))).toEqual(new Set([regime]));
  });

  test('a trend that has turned for a while is no strong one, whichever side', () => {
    for (const [sign, regime] of [
      [1, 'bull'],
      [-1, 'bear'],
    ] as const) {
      const moves = [...times(100, sign * 0.02), ...times(8, -sign * 0.01)];
      const slower = { ...SHORT, slowPeriod: 20, strengthPeriod: 4 };
      const names = namesOf(regimeHistory(barsOf(moves), slower));
      expect(names[0]).toBe(`strong-${regime}`);
      expect(names.at(-1)).toBe(regime);
    }
  });

  test('fewer bars than it takes to confirm change nothing, as many do', () => {
    const dipOf = (bars: number): string[] => {
      const moves = [...times(60, 0.001), ...times(bars, -0.03), ...times(9, 0.05)];
      return namesOf(regimeHistory(barsOf(moves), { ...SHORT, confirmBars: 4 }));
    };
    expect(new Set(dipOf(3)).has('strong-bear')).toBe(false);
    const changed = new Set(dipOf(9));
    expect(changed.has('strong-bear') || changed.has('bear') || changed.has('neutral')).toBe(true);
  });

  test('whatever it does, no regime lasts shorter than it takes to confirm the next', () => {
    const move = fc.double({ min: -0.04, max: 0.04, noNaN: true });
    const moves = fc.array(move, { minLength: 60, maxLength: 160 });
    let changes = 0;
    fc.assert(
      fc.property(moves, fc.integer({ min: 1, max: 6 }), (steps, confirmBars) => {
        const { regime } = regimeHistory(barsOf(steps), { ...SHORT, confirmBars });
        const lengths = lengthsOf([...regime]);
        changes += lengths.length - 1;
        // The first begins unseen, the last has not ended.
        for (const length of lengths.slice(1, -1)) {
          expect(length).toBeGreaterThanOrEqual(confirmBars);
        }
      }),
    );
    expect(changes, 'markets that never change would check nothing').toBeGreaterThan(50);
  });
});

describe('contract of an indicator', () => {
  test('no value before the warm-up, one on every bar from then on', () => {
    const { close, high, low } = barsOf(swing(60, 0.01));
    const model = regimeModel(SHORT);
    expect(model.warmUp).toBe(SHORT_WARM_UP);
    const state = new Float64Array(model.size);
    model.start(state, 0);
    const said = [...close].map((value, i) =>
      model.step(state, 0, high[i] ?? NaN, low[i] ?? NaN, value),
    );
    const values = said.map((value) => !Number.isNaN(value));
    expect(values).toEqual(values.map((_, i) => i >= SHORT_WARM_UP - 1));
    expect(model.warmUp).toBeLessThan(regimeModel().warmUp);
    expect(regimeModel().warmUp, 'four times the slow average').toBe(800);
  });

  test('its state is the stretch that it is given, and a copy of it a snapshot', () => {
    const model = regimeModel(SHORT);
    const state = new Float64Array(2 * model.size + 3).fill(7);
    const [one, other] = [2, 2 + model.size];
    model.start(state, one);
    model.start(state, other);
    const up = barsOf(times(60, 0.01));
    const down = barsOf(times(60, -0.01));
    const stepOf = (from: Columns, into: Float64Array, at: number, i: number): number =>
      model.step(into, at, from.high[i] ?? NaN, from.low[i] ?? NaN, from.close[i] ?? NaN);
    for (let i = 0; i < 50; i += 1) {
      stepOf(up, state, one, i);
      stepOf(down, state, other, i);
    }
    const copy = state.slice();
    expect([stepOf(up, state, one, 50), stepOf(down, state, other, 50)]).toEqual([2, -2]);
    expect([stepOf(up, copy, one, 50), stepOf(down, copy, other, 50)]).toEqual([2, -2]);
    expect(copy).toEqual(state);
    expect([state[0], state[1], state.at(-1)], 'nothing beyond is touched').toEqual([7, 7, 7]);
    const { fastAverage, slowAverage, rise, strength } = model.offsets;
    const seen = [fastAverage, slowAverage, rise, strength].map((at) => state[one + at] ?? NaN);
    expect(seen[0]).toBeGreaterThan(seen[1] ?? NaN);
    expect(seen[2], 'a part of itself each bar').toBeCloseTo(0.01, 3);
    expect(seen[3]).toBeGreaterThan(90);
  });

  test('an input that is no number makes it NaN until start', () => {
    const model = regimeModel(SHORT);
    const state = new Float64Array(model.size);
    model.start(state, 0);
    const { high, low, close } = barsOf(times(60, 0.01));
    const said = [...close].map((value, i) =>
      model.step(state, 0, high[i] ?? NaN, low[i] ?? NaN, i === 45 ? NaN : value),
    );
    expect(said[44]).toBe(2);
    expect(said.slice(45).every(Number.isNaN)).toBe(true);
    model.start(state, 0);
    for (const [i, value] of close.entries()) {
      said[i] = model.step(state, 0, high[i] ?? NaN, low[i] ?? NaN, value);
    }
    expect(said.at(-1)).toBe(2);
  });
});

describe('history', () => {
  const history = regimeHistory(barsOf([...times(50, 0.01), ...times(30, -0.03)]), SHORT);

  test('a regime is known from the close of its bar on, not a ms earlier', () => {
    const first = SHORT_WARM_UP * BAR_MS;
    expect(regimeAt(history, first - 1)).toBeNull();
    expect(regimeAt(history, first)).toEqual({ regime: 'strong-bull', knownAt: first });
    expect(regimeAt(history, first + BAR_MS - 1)).toMatchObject({ knownAt: first });
    expect(regimeAt(history, 1e15)).toEqual({ regime: 'strong-bear', knownAt: 80 * BAR_MS });
    for (const [row, knownAt] of history.knownAt.entries()) {
      const regime = regimeNamed(history.regime[row] ?? NaN);
      expect(regimeAt(history, knownAt + 1)).toEqual({ regime, knownAt });
    }
  });

  test('bars of a day are known a day after they open', () => {
    const bars = barsOf(times(SHORT_WARM_UP, 0.01));
    const daily = { ...bars, openTime: bars.openTime.map((time) => 6 * time) };
    const { knownAt } = regimeHistory(daily, { ...SHORT, timeframe: '1d' });
    expect([...knownAt]).toEqual([SHORT_WARM_UP * 6 * BAR_MS]);
  });

  test('too few bars say nothing; bars that are none are told with their row', () => {
    const few = barsOf(times(SHORT_WARM_UP - 1, 0.01));
    expect(regimeAt(regimeHistory(few, SHORT), 1e15)).toBeNull();
    const broken = { ...few, openTime: few.openTime.map((time, i) => (i === 7 ? 0 : time)) };
    expect(() => regimeHistory(broken, SHORT)).toThrow('row 7 of the bars: TIME_NOT_ASCENDING');
  });

  test('a regime and its number', () => {
    expect(REGIMES.map(regimeNumber)).toEqual([-2, -1, 0, 1, 2]);
    expect(REGIMES.map((name) => regimeNamed(regimeNumber(name)))).toEqual([...REGIMES]);
    expect(() => regimeNamed(3)).toThrow('no regime has the number 3');
  });

  test.each([
    [{ fastPeriod: 200 }, 'fastPeriod'],
    [{ strongUntil: 26 }, 'strongUntil'],
    [{ timeframe: '1m' }, 'timeframe'],
    [{ period: 3 }, 'period'],
  ])('parameters that are none are named: %j', (parameters, name) => {
    expect(() => regimeModel(parameters)).toThrow(InvalidInput);
    expect(() => regimeModel(parameters)).toThrow(name);
  });
});

const FOLDER = '../../../../../shared/data/crypto/binance-usdm/4h/';
const FILE = new URL(`${FOLDER}BTCUSDT_4h.csv.gz`, import.meta.url);
const absent = !existsSync(FILE);

describe('of recorded bitcoin', () => {
  test.skipIf(absent)('what is said of its best and worst weeks (needs ../shared/data)', () => {
    const history = regimeHistory(recorded());
    const on = (date: string) => regimeAt(history, Date.parse(`${date}T12:00Z`))?.regime;
    // 68,000 to 92,000 in two weeks; the fall to 49,000; to 80,000 in a month; down to 60,000
    expect([on('2024-11-13'), on('2024-08-06'), on('2025-11-21'), on('2026-02-05')]).toEqual([
      ...['strong-bull', 'strong-bear', 'strong-bear', 'strong-bear'],
    ]);
    expect(new Set(namesOf(history)), 'two years have seen all').toEqual(new Set(REGIMES));
  });

  test.skipIf(absent)(
    'it changes half as often for what holds it back (needs ../shared/data)',
    () => {
      const bars = recorded();
      const changes = (parameters: object): number =>
        lengthsOf([...regimeHistory(bars, parameters).regime]).length - 1;
      expect(changes({})).toBe(128);
      expect(changes({ band: 0, strongUntil: 25, confirmBars: 1 })).toBe(250);
      for (const without of [{ band: 0 }, { strongUntil: 25 }, { confirmBars: 1 }]) {
        expect(changes(without)).toBeGreaterThan(128);
      }
    },
  );

  test.skipIf(absent)('later bars change no earlier word (needs ../shared/data)', () => {
    const bars = recorded();
    const whole = regimeHistory(bars);
    const rows = bars.close.length;
    for (const length of [800, 801, 1_234, 2_500, rows - 1]) {
      const part = regimeHistory(cut(bars, length));
      const known = whole.knownAt.slice(0, length - 799);
      expect(part).toEqual({ knownAt: known, regime: whole.regime.slice(0, length - 799) });
      const other = regimeHistory(turned(bars, length));
      expect(other.regime.slice(0, length - 799), 'another future').toEqual(part.regime);
      if (length < rows - 200) expect(other.regime).not.toEqual(whole.regime);
    }
  });
});

/** Binance's own four-hour bars of two years; the last was still open when they were collected. */
function recorded(): Columns {
  const lines = gunzipSync(readFileSync(FILE)).toString('utf8').trim().split('\n').slice(1, -1);
  const rows = lines.map((line) => line.split(',').map(Number));
  const column = (field: number): Float64Array =>
    Float64Array.from(rows, (row) => row[field] ?? NaN);
  const [openTime, open, high] = [column(0), column(1), column(2)];
  return { openTime, open, high, low: column(3), close: column(4), volume: column(5) };
}

function columnsFrom(bars: Columns, of: (column: Float64Array) => Float64Array): Columns {
  const { openTime, open, high, low, close, volume } = bars;
  return {
    ...{ openTime: of(openTime), open: of(open), high: of(high) },
    ...{ low: of(low), close: of(close), volume: of(volume) },
  };
}

const cut = (bars: Columns, length: number): Columns =>
  columnsFrom(bars, (column) => column.slice(0, length));

/** The same bars with what comes from row `from` on the other way round, as prices go. */
function turned(bars: Columns, from: number): Columns {
  const last = bars.close[from - 1] ?? NaN;
  const mirror = (column: Float64Array): Float64Array =>
    column.map((price, i) => (i < from ? price : (last * last) / price));
  const { openTime, volume } = bars;
  const [high, low] = [mirror(bars.high), mirror(bars.low)];
  return {
    ...{ openTime, volume, open: mirror(bars.open), close: mirror(bars.close) },
    high: high.map((value, i) => Math.max(value, low[i] ?? NaN)),
    low: low.map((value, i) => Math.min(value, high[i] ?? NaN)),
  };
}

/** How long each run of equal values is. */
function lengthsOf(values: readonly number[]): number[] {
  const lengths: number[] = [];
  for (const [i, value] of values.entries()) {
    if (i > 0 && value === values[i - 1]) lengths.push((lengths.pop() ?? 0) + 1);
    else lengths.push(1);
  }
  return lengths;
}
