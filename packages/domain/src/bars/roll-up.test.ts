import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseScaled } from '../decimal.ts';
import { instrumentId, type TradingSession } from '../instrument.ts';
import { isSessionOpen } from '../sessions/session-hours.ts';
import { type BarColumns, barAt, emptyColumns, toColumns } from './bar-columns.ts';
import type { Bar } from './bar.ts';
import { expectedMinutes, expectedOpenTimes } from './expected-bars.ts';
import { createRollUpMemory } from './roll-up-memory.ts';
import { rollUpAll } from './roll-up.ts';
import { barOpenTime, type Timeframe, TIMEFRAMES } from './timeframe.ts';

type Print = { readonly at: number; readonly price: number; readonly lots: number };
type Row = { time: number; open: number; high: number; low: number; close: number; lots: number };

const UNITS = { price: parseScaled('0.01'), volume: parseScaled('0.001') };
const FROM = Date.parse('2026-03-02T00:00Z');
const TO = Date.parse('2026-03-16T00:00Z');

/** Bars straight from the prints, whatever the timeframe: the plain meaning of a bar. */
function direct(prints: readonly Print[], timeframe: Timeframe, session: TradingSession): Row[] {
  const rows = new Map<number, Row>();
  for (const { at, price, lots } of prints) {
    const time = barOpenTime(timeframe, session, at);
    const row = rows.get(time);
    if (row === undefined) {
      rows.set(time, { time, open: price, high: price, low: price, close: price, lots });
    } else {
      row.high = Math.max(row.high, price);
      row.low = Math.min(row.low, price);
      row.close = price;
      row.lots += lots;
    }
  }
  return [...rows.values()];
}

function columnsOf(rows: readonly Row[]): BarColumns {
  const columns = emptyColumns(rows.length);
  for (const [index, row] of rows.entries()) {
    columns.openTime[index] = row.time;
    columns.open[index] = row.open;
    columns.high[index] = row.high;
    columns.low[index] = row.low;
    columns.close[index] = row.close;
    columns.volume[index] = row.lots;
    columns.minutes[index] = 1;
  }
  return columns;
}

function rowsOf(columns: BarColumns): Row[] {
  return Array.from(columns.openTime, (time, index) => ({
    time,
    open: columns.open[index] ?? 0,
    high: columns.high[index] ?? 0,
    low: columns.low[index] ?? 0,
    close: columns.close[index] ?? 0,
    lots: columns.volume[index] ?? 0,
  }));
}

/** Two weeks with a change to daylight saving time between them. */
const prints = (session: TradingSession): fc.Arbitrary<Print[]> =>
  fc
    .array(
      fc.record({
        at: fc.integer({ min: FROM, max: TO - 1 }),
        price: fc.integer({ min: 1, max: 1_000_000 }),
        lots: fc.integer({ min: 1, max: 1_000_000 }),
      }),
      { minLength: 1, maxLength: 400, size: 'max' },
    )
    .map((all) =>
      all.filter(({ at }) => isSessionOpen(session, at)).toSorted((a, b) => a.at - b.at),
    );

test.each(['continuous', 'us-equity'] as const)(
  'of a %s session, rolled up from minutes is the same as built from the trades',
  (session) => {
    fc.assert(
      fc.property(prints(session), (all) => {
        const rolled = rollUpAll(columnsOf(direct(all, '1m', session)), session);
        for (const timeframe of TIMEFRAMES) {
          if (timeframe === '1m') continue;
          expect(rowsOf(rolled[timeframe])).toEqual(direct(all, timeframe, session));
        }
      }),
    );
  },
);

/** Minute after minute with few holes, up to some hours of them. */
const dense: fc.Arbitrary<Print[]> = fc
  .tuple(
    fc.integer({ min: FROM, max: TO - 1 }),
    fc.array(
      fc.record({
        price: fc.integer({ min: 1, max: 1_000_000 }),
        lots: fc.integer({ min: 1, max: 1_000_000 }),
        isThere: fc.integer({ min: 0, max: 20 }),
      }),
      { minLength: 1, maxLength: 600, size: 'max' },
    ),
  )
  .map(([from, all]) =>
    all.flatMap(({ price, lots, isThere }, minute) =>
      isThere === 0 ? [] : [{ at: from + minute * 60_000, price, lots }],
    ),
  );

test('whole and holed stretches, on memory that held another instrument, are as built directly', () => {
  fc.assert(
    fc.property(dense, dense, (before, all) => {
      const memory = createRollUpMemory();
      rollUpAll(columnsOf(direct(before, '1m', 'continuous')), 'continuous', memory);
      const minutes = columnsOf(direct(all, '1m', 'continuous'));
      const rolled = rollUpAll(minutes, 'continuous', memory);
      for (const timeframe of TIMEFRAMES) {
        if (timeframe === '1m') continue;
        const bars = rolled[timeframe];
        expect(rowsOf(bars)).toEqual(direct(all, timeframe, 'continuous'));
        expect(bars.minutes.reduce((sum, held) => sum + held, 0)).toBe(minutes.length);
      }
    }),
  );
});

test.each(['continuous', 'us-equity'] as const)(
  'a %s session without a hole lacks nothing in any timeframe, and each hole is counted',
  (session) => {
    const minutes = expectedOpenTimes('1m', session, { from: FROM, to: TO });
    const rows = minutes.map((time) => ({ time, open: 1, high: 1, low: 1, close: 1, lots: 1 }));
    const whole = rollUpAll(columnsOf(rows), session);
    const holed = rollUpAll(columnsOf(rows.toSpliced(700, 3)), session);
    const lacks = (columns: BarColumns, timeframe: Timeframe): number[] =>
      Array.from(
        columns.openTime,
        (time, index) => expectedMinutes(timeframe, session, time) - (columns.minutes[index] ?? 0),
      );
    for (const timeframe of TIMEFRAMES) {
      if (timeframe === '1m') continue;
      expect(new Set(lacks(whole[timeframe], timeframe))).toEqual(new Set([0]));
      expect(Math.max(...lacks(holed[timeframe], timeframe))).toBe(3);
    }
  },
);

const bar: Bar = {
  ...{ instrument: instrumentId('bybit', 'linear', 'BTCUSDT'), timeframe: '1m', openTime: 60_000 },
  ...{ open: '100.01', high: '100.5', low: '99.99', close: '100', volume: '1.234', tradeCount: 7 },
  ...{ state: 'closed', source: 'bybit', builtFrom: 'trades', missing: 0 },
};

test('numbers come back as they were, and one that the unit cannot count is refused', () => {
  const { openTime, open, high, low, close, volume, tradeCount } = bar;
  const told = { openTime, open, high, low, close, volume, tradeCount };
  expect(barAt(toColumns([bar], UNITS), 0, UNITS)).toEqual(told);
  for (const faulty of [{ open: '100.001' }, { volume: '0.0001' }, { high: '90071992547409.93' }]) {
    expect(() => toColumns([{ ...bar, ...faulty }], UNITS)).toThrow('is not counted in');
  }
});
