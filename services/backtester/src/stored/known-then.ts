import type { KnownColumn } from '@ballast/backtest-core';
import {
  type Database,
  type MicrostructureColumns,
  readBarNumbers,
  regimeRowsAsOf,
  seriesAsOf,
} from '@ballast/db';
import {
  type InstrumentId,
  type MicrostructureKind,
  parseInstrumentId,
  TIMEFRAME_MS,
} from '@ballast/domain';
import { regimeHistory } from '@ballast/strategies';
import { SETTLING_MS } from './make-request.ts';
import type { StoredRequest } from './stored-request.ts';

/** The regime is that of bitcoin, on these bars, whatever is traded: as the live one. */
const BITCOIN = parseInstrumentId('bybit.linear:BTCUSDT');
const REGIME_TIMEFRAME = '4h';
/** More bars than the rule needs before its first word. */
const REGIME_BARS_BEFORE = 1_500;
/** A value older than this is too old for every gate. */
const BEFORE_MS = 86_400_000;
const WITH_FUNDING = /^[a-z]+\.linear:/;

type Stretch = Pick<StoredRequest, 'from' | 'to'> & { readonly asOf: number };
type Decided = Stretch & Pick<StoredRequest, 'timeframe'>;

/** What was known beside the bars, and what has to be told of it. */
export type Known = {
  readonly columns: readonly KnownColumn[];
  readonly warnings: readonly string[];
};

/**
 * The regime as it was noted live; before the first note, as the stored bars of bitcoin would have
 * made it known. What was noted or could be made after the close of the last bar is no part of it:
 * the same request would be over other data each time that it is asked.
 */
export async function regimeThen(db: Database, stretch: Decided): Promise<Known> {
  const { from, to, asOf, timeframe } = stretch;
  const end = Math.min(asOf, to - 1 + TIMEFRAME_MS[timeframe]);
  const noted = newestOf(await regimeRowsAsOf(db, BITCOIN, end));
  const until = noted.knownAt[0] ?? Infinity;
  const made =
    from >= until ? null : await regimeMade(db, { from, to: Math.min(end, until), asOf });
  const before = made === null ? 0 : made.knownAt.findIndex((at) => at >= until);
  const count = made === null ? 0 : before === -1 ? made.knownAt.length : before;
  const knownAt = [...(made?.knownAt.subarray(0, count) ?? []), ...noted.knownAt];
  const value = [...(made?.regime.subarray(0, count) ?? []), ...noted.value];
  if (knownAt.length === 0) {
    const why = 'no regime is noted, and too few bars of bitcoin are stored to make it from';
    return { columns: [], warnings: [`the regime is not known: ${why}`] };
  }
  const warnings =
    count === 0
      ? []
      : [`the regime of ${count} bars of bitcoin was not noted then: made from the stored ones`];
  const columns = { knownAt: Float64Array.from(knownAt), value: Float64Array.from(value) };
  return { columns: [{ of: 'regime', ...columns }], warnings };
}

/** Of the bars that have closed by `to`. */
async function regimeMade(db: Database, { from, to, asOf }: Stretch) {
  const step = TIMEFRAME_MS[REGIME_TIMEFRAME];
  const range = {
    from: from - REGIME_BARS_BEFORE * step,
    to: Math.min(to, asOf - SETTLING_MS) - step,
  };
  const bars = await readBarNumbers(db, {
    ...{ instrument: BITCOIN, timeframe: REGIME_TIMEFRAME, ...range },
  });
  return regimeHistory(bars, { timeframe: REGIME_TIMEFRAME });
}

/** Funding, open interest, accounts and takers of an instrument, each as it became known. */
export async function microstructureThen(
  db: Database,
  instrument: InstrumentId,
  { from, to, asOf }: Stretch,
): Promise<Known> {
  if (!WITH_FUNDING.test(instrument)) return { columns: [], warnings: [] };
  const range = { instrument, from: from - BEFORE_MS, to, asOf };
  const series = (kind: MicrostructureKind) => seriesAsOf(db, { ...range, kind });
  const funding = settlementsOf(await series('funding-rate'));
  const interest = newestOf(await series('open-interest'));
  const longs = newestOf(await series('long-account-share'));
  const bought = await series('taker-buy-volume');
  const takers = takerRatio(bought, await series('taker-sell-volume'));
  const column = (of: KnownColumn['of'], { at, knownAt, value }: Points): KnownColumn[] => {
    if (knownAt.length === 0) return [];
    const [times, known] = [Float64Array.from(at), Float64Array.from(knownAt)];
    return [{ of, at: times, knownAt: known, value: Float64Array.from(value) }];
  };
  const ratios = { ...longs, value: longs.value.map((share) => share / (1 - share)) };
  return {
    columns: [
      ...[...column('fundingRate', funding), ...column('openInterest', interest)],
      ...[...column('longShortRatio', ratios), ...column('takerBuyRatio', takers)],
    ],
    warnings:
      funding.knownAt.length === 0 ? [`${instrument}: no funding is stored, none is paid`] : [],
  };
}

type Points = Readonly<Record<'at' | 'knownAt' | 'value', readonly number[]>>;

/**
 * Rising by when it was known; what is told late of an older time is left out, and of one time the
 * last word counts.
 */
function newestOf({ at, knownAt, value }: MicrostructureColumns): Points {
  const points: Record<'at' | 'knownAt' | 'value', number[]> = { at: [], knownAt: [], value: [] };
  let newest = -Infinity;
  for (const [row, time] of at.entries()) {
    if (time < newest) continue;
    newest = time;
    points.at.push(time);
    points.knownAt.push(knownAt[row] ?? NaN);
    points.value.push(value[row] ?? NaN);
  }
  return points;
}

/**
 * Each settlement once, by its first word, rising: all of them are paid. One that is told after a
 * newer one counts as known with that: it says nothing of the rate in force then.
 */
function settlementsOf({ at, knownAt, value }: MicrostructureColumns): Points {
  const first = new Map<number, { readonly known: number; readonly rate: number }>();
  for (const [row, time] of at.entries()) {
    if (first.has(time)) continue;
    first.set(time, { known: knownAt[row] ?? NaN, rate: value[row] ?? NaN });
  }
  const rows = [...first].toSorted(([a], [b]) => b - a);
  let known = Infinity;
  const points = rows.map(([time, one]) => {
    known = Math.min(known, one.known);
    return { time, known, rate: one.rate };
  });
  points.reverse();
  return {
    at: points.map(({ time }) => time),
    knownAt: points.map((one) => one.known),
    value: points.map(({ rate }) => rate),
  };
}

/** What takers bought to what they sold, known when both are; none where nobody has sold. */
function takerRatio(bought: MicrostructureColumns, sold: MicrostructureColumns): Points {
  const sells = new Map([...sold.at].map((at, row) => [at, row]));
  const pairs = [...bought.at].flatMap((at, row) => {
    const other = sells.get(at);
    if (other === undefined) return [];
    const known = Math.max(bought.knownAt[row] ?? NaN, sold.knownAt[other] ?? NaN);
    const ratio = (bought.value[row] ?? NaN) / (sold.value[other] ?? NaN);
    return Number.isFinite(ratio) ? [{ at, known, ratio }] : [];
  });
  pairs.sort((a, b) => a.known - b.known || a.at - b.at);
  return newestOf({
    at: Float64Array.from(pairs, ({ at }) => at),
    knownAt: Float64Array.from(pairs, ({ known }) => known),
    value: Float64Array.from(pairs, ({ ratio }) => ratio),
  });
}
