import { expect, test } from 'vitest';
import type { RunReport } from '../report.ts';
import { linePicture } from './line-picture.ts';
import { monthsTable } from './months-table.ts';
import { runPage } from './run-page.ts';

const DAY = 86_400_000;
const BEGIN = Date.UTC(2026, 0, 30);
const request: RunReport['request'] = {
  ...{ strategy: 'sma-cross', timeframe: '1h', parameters: { fastPeriod: 5 }, gates: {} },
  bars: [{ file: 'a.csv', instrument: 'bybit.linear:<A>' }],
  ...{
    finer: null,
    btc: null,
    funding: null,
    cash: '100',
    makerFee: '0',
    takerFee: '0',
    spread: 0,
  },
  ...{ slippage: 0, risk: '0.01', notional: '0.1', volume: null },
};
const figure = { value: 0.5, reason: null };
const report: RunReport = {
  request,
  data: { hash: 'f'.repeat(64), bars: 72, from: '2026-01-30T00', to: '2026-02-01T00' },
  ...{ signals: 3, entered: 2, blocked: 1, notAsked: {}, exits: {}, fees: 1, funding: 0 },
  gates: [{ gate: 'spread', blocked: 1, saved: 7, missed: 0, unknown: 0 }],
  equity: { begin: 100, end: 99 },
  figures: {
    ...{ totalReturn: figure, compoundAnnualGrowth: figure, annualVolatility: figure },
    ...{ annualSharpe: figure, annualSortino: figure, maximumDrawdown: figure },
    calmar: { value: null, reason: 'NO_DRAWDOWN' },
    ...{ longestDrawdownPeriods: figure, skewness: figure, kurtosis: figure, winShare: figure },
    ...{ probabilisticSharpe: figure, expectancy: figure, profitFactor: figure },
    ...{ minimumTrackRecordDays: figure, dailyMeanLow: figure, dailyMeanHigh: figure },
    permutationP: figure,
  },
  warnings: ['bars are <missing>'],
  daily: { time: [BEGIN, BEGIN + DAY, BEGIN + 2 * DAY], equity: [100, 110, 99] },
  ...{ trades: [], blockedSignals: [] },
};

test('a page tells figures, gates and warnings, and nothing in it is taken for markup', () => {
  const page = runPage(report);
  expect(page).toContain('<h1>sma-cross on bybit.linear:&lt;A></h1>');
  expect(page).toContain('<th scope="row">annual sharpe</th><td>0.5000</td>');
  expect(page).toContain('<td>none (NO_DRAWDOWN)</td>');
  expect(page).toContain('<th scope="row">spread</th><td>1</td><td>7.00</td>');
  expect(page).toContain('<li>bars are &lt;missing></li>');
  expect(page.match(/<svg/g)).toHaveLength(2);
  expect(page, 'ten percent in January, as much back on the first of February').toContain(
    '<tr><th scope="row">2026</th><td class="up">10.0</td><td class="down">-10.0</td>',
  );
});

test('a line goes from its first to its last day, the highest value on top', () => {
  const line = { time: Float64Array.of(0, DAY), value: Float64Array.of(1, 2) };
  const picture = linePicture(line, { title: 'x', format: String, fillFrom: null });
  const points = /polyline points="([^"]+)"/.exec(picture)?.[1]?.split(' ') ?? [];
  const [[x1 = NaN, y1 = NaN] = [], [x2 = NaN, y2 = NaN] = []] = [points[0], points.at(-1)].map(
    (point) => (point ?? '').split(',').map(Number),
  );
  expect(x2).toBeGreaterThan(x1);
  expect(y2).toBeLessThan(y1);
  expect(picture).toContain('1970-01-01');
  const flat = { time: line.time, value: Float64Array.of(5, 5) };
  const drawn = linePicture(flat, { title: 'x', format: String, fillFrom: null });
  expect(drawn).not.toContain('NaN');
});

test('months of several years stand in rows, and months without a return are empty', () => {
  const time = Float64Array.of(Date.UTC(2025, 11, 31), Date.UTC(2026, 1, 1));
  const table = monthsTable(time, Float64Array.of(0.01, -0.02));
  expect(table.match(/<tr>/g)).toHaveLength(3);
  expect(table).toContain('<th scope="row">2026</th><td></td><td class="down">-2.0</td>');
});
