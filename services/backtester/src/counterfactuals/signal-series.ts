import { createHash } from 'node:crypto';
import type { Series } from '@ballast/backtest-core';
import { type Database, readBarNumbers, strategyParametersInForce } from '@ballast/db';
import { type Instrument, TIMEFRAME_MS, type TradingSession } from '@ballast/domain';
import type { Columns } from '@ballast/indicators';
import { forgottenWholly, strategyNamed } from '@ballast/strategies';
import { hashOfBars } from '../bars-file.ts';
import { microstructureThen, regimeThen } from '../stored/known-then.ts';
import { SETTLING_MS } from '../stored/make-request.ts';

/** How much longer than its bars the time is in which a session makes them. */
const STRETCH: Record<TradingSession, { readonly day: number; readonly hours: number }> = {
  continuous: { day: 1, hours: 1 },
  'us-equity': { day: 1.6, hours: 6 },
};
/** Bars before a signal that are read at least, as when it is replayed. */
const BEFORE_MIN = 1_000;

type Asked = {
  readonly strategy: string;
  readonly barOpenTime: number;
  readonly decidedAt: number;
};

/**
 * The bars around a signal, from where its strategy has forgotten what came before to `bars` bars
 * after it, those that no late minute makes anew at `now`, with what was known beside them; and
 * the strategy by the parameters that were in force.
 */
export async function seriesAround(
  db: Database,
  instrument: Instrument,
  {
    strategy: name,
    barOpenTime,
    decidedAt,
    bars: after,
    now,
  }: Asked & { bars: number; now: number },
): Promise<Series> {
  const strategy = strategyNamed(name);
  const { timeframe } = strategy;
  const row = await strategyParametersInForce(db, name, decidedAt);
  const model = strategy.model(row?.parameters ?? {});
  const { id, session } = instrument;
  const width = TIMEFRAME_MS[timeframe];
  const step = width * STRETCH[session][timeframe === '1d' ? 'day' : 'hours'];
  const before = Math.max(BEFORE_MIN, forgottenWholly(model.warmUp) + 1);
  const from = barOpenTime - before * step;
  const to = Math.min(now - SETTLING_MS - width, barOpenTime + (after + 1) * step);
  const range = { instrument: id, timeframe, from, to };
  const stretch = { from, to: to + width, asOf: now };
  const needsRegime = strategy.needs.includes('regime');
  const regime = needsRegime ? await regimeThen(db, { ...stretch, timeframe }) : null;
  const beside = await microstructureThen(db, id, stretch);
  const known = [...(regime?.columns ?? []), ...beside.columns];
  const bars = await readBarNumbers(db, range);
  const of = { instrument, timeframe, bars, model, known };
  if (timeframe === '1m') return of;
  // Up to the end of the last of them, which they are to say all of.
  const until = (bars.openTime.at(-1) ?? barOpenTime) + width;
  const minutes = { timeframe: '1m', from: barOpenTime, to: until - 1 } as const;
  return { ...of, finer: await readBarNumbers(db, { ...range, ...minutes }) };
}

/** Of the bars that a result stands on: the first `rows`, and the finer ones within them. */
export function hashOfSeries({ bars, finer, timeframe }: Series, rows: number): string {
  const hash = createHash('sha256').update(hashOfBars(firstRows(bars, rows)));
  if (finer !== undefined) {
    const end = (bars.openTime[rows - 1] ?? NaN) + TIMEFRAME_MS[timeframe];
    const within = finer.openTime.findIndex((openTime) => openTime >= end);
    hash.update(hashOfBars(firstRows(finer, within === -1 ? finer.openTime.length : within)));
  }
  return hash.digest('hex');
}

function firstRows({ openTime, open, high, low, close, volume }: Columns, rows: number): Columns {
  const cut = (column: Float64Array): Float64Array => column.subarray(0, rows);
  return {
    ...{ openTime: cut(openTime), open: cut(open), high: cut(high), low: cut(low) },
    ...{ close: cut(close), volume: cut(volume) },
  };
}
