import { createHash } from 'node:crypto';
import type { KnownColumn, Series } from '@ballast/backtest-core';
import { type BarNumbers, type Database, loadInstruments, readBarNumbers } from '@ballast/db';
import {
  expectedOpenTimes,
  type Instrument,
  type InstrumentId,
  InvalidInput,
  type Timeframe,
  TIMEFRAME_MS,
} from '@ballast/domain';
import { type Model, strategyNamed } from '@ballast/strategies';
import { hashOfBars } from '../bars-file.ts';
import { optionsOf, type Trial } from '../trial.ts';
import { microstructureThen, regimeThen } from './known-then.ts';
import type { StoredRequest } from './stored-request.ts';

/** What a bar may take while it is held: six columns, and as much again while they are joined. */
export const BYTES_PER_BAR = 120;

export type StoredTrial = Trial & {
  /** What is not as it was asked for, or not as it was live. */
  readonly warnings: readonly string[];
  readonly bars: number;
};

type Parts = {
  /** Told how many bars were read so far. */
  readonly onRows?: (rows: number) => void;
  /** More bars than that are refused. */
  readonly barsMax: number;
  /** Of a sweep, whose combinations have models of their own: none is made of the request's. */
  readonly model?: Model;
};

/**
 * All that a stored request needs, out of Postgres, as it was known at its `asOf`.
 * @throws InvalidInput BARS_NOT_STORED, BARS_TOO_MANY, INSTRUMENT_UNKNOWN, PARAMETERS_INVALID
 */
export async function loadTrial(
  db: Database,
  request: StoredRequest,
  { onRows = () => undefined, barsMax, ...given }: Parts,
): Promise<StoredTrial> {
  const strategy = strategyNamed(request.strategy);
  const model = given.model ?? strategy.model(request.parameters);
  const { asOf } = request.inForce;
  const stretch = { from: request.from, to: request.to, asOf };
  const instruments = new Map((await loadInstruments(db)).map((one) => [one.id, one]));
  const regime = await regimeThen(db, { ...stretch, timeframe: request.timeframe });
  const hash = createHash('sha256');
  for (const column of regime.columns) hashKnown(hash, column);
  const series: Series[] = [];
  const warnings = [...regime.warnings];
  let before = 0;
  const read = async (id: InstrumentId, timeframe: Timeframe): Promise<BarNumbers> => {
    const range = { instrument: id, timeframe, from: request.from, to: request.to - 1 };
    const bars = await readBarNumbers(db, range, (rows) => {
      if (before + rows > barsMax) throw tooMany(barsMax);
      onRows(before + rows);
    });
    before += bars.openTime.length;
    if (bars.openTime.length === 0) throw notStored(range);
    return bars;
  };
  for (const id of request.instruments) {
    const instrument = instruments.get(id);
    if (instrument === undefined) throw new InvalidInput('INSTRUMENT_UNKNOWN', id);
    const bars = await read(id, request.timeframe);
    const finer = request.finer === null ? {} : { finer: await read(id, request.finer) };
    const known = await microstructureThen(db, id, stretch);
    hash.update(`${id} ${hashOfBars(bars)} ${finer.finer ? hashOfBars(finer.finer) : ''}\n`);
    for (const column of known.columns) hashKnown(hash, column);
    warnings.push(...known.warnings, ...edges(instrument, request, bars));
    const columns = [...regime.columns, ...known.columns];
    const { timeframe } = request;
    series.push({ instrument, timeframe, bars, model, known: columns, ...finer });
  }
  const [first] = series;
  if (first === undefined) throw new InvalidInput('BARS_NOT_STORED', 'no instrument was named');
  const options = optionsOf(request, first.instrument.quoteCurrency, series);
  const { timeframe } = request;
  return { strategy, timeframe, series, options, hash: hash.digest('hex'), warnings, bars: before };
}

const isoOf = (at: number): string => new Date(at).toISOString();

function notStored(range: {
  readonly instrument: InstrumentId;
  readonly timeframe: Timeframe;
  readonly from: number;
  readonly to: number;
}): InvalidInput {
  const { instrument, timeframe, from, to } = range;
  const detail = `no ${timeframe} bars of ${instrument} are stored from ${isoOf(from)} to ${isoOf(to)}`;
  return new InvalidInput('BARS_NOT_STORED', `${detail}: fetch them with ballast data backfill`);
}

function tooMany(barsMax: number): InvalidInput {
  const detail = `more than ${barsMax} bars do not fit into the memory that a run may take`;
  return new InvalidInput('BARS_TOO_MANY', `${detail}: ask for a part of them`);
}

function hashKnown(
  hash: ReturnType<typeof createHash>,
  { of, knownAt, value, at }: KnownColumn,
): void {
  hash.update(`${of}\n`);
  for (const { buffer, byteOffset, byteLength } of [knownAt, value, at ?? NONE]) {
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  }
}

const NONE = new Float64Array(0);

/** Bars that were asked for and lie before the first, or after the last that is stored. */
function edges(
  instrument: Instrument,
  { timeframe, from, to }: Pick<StoredRequest, 'timeframe' | 'from' | 'to'>,
  { openTime }: BarNumbers,
): string[] {
  const [first = to, last = from] = [openTime[0], openTime.at(-1)];
  const sides = [
    { side: 'before the first', ...{ from, to: first } },
    { side: 'after the last', ...{ from: last + TIMEFRAME_MS[timeframe], to } },
  ];
  return sides.flatMap(({ side, ...stretch }) => {
    const missing = barsWithin(instrument, timeframe, stretch);
    if (missing === 0) return [];
    const where = `${isoOf(stretch.from)} to ${isoOf(stretch.to)}`;
    return [`${instrument.id}: ${missing} bars are missing ${side} that is stored, ${where}`];
  });
}

function barsWithin(
  { session }: Instrument,
  timeframe: Timeframe,
  { from, to }: { readonly from: number; readonly to: number },
): number {
  if (from >= to) return 0;
  const step = TIMEFRAME_MS[timeframe];
  if (session === 'continuous')
    return Math.max(0, Math.floor((to - 1) / step) - Math.ceil(from / step) + 1);
  const reach = { from, to: to + TIMEFRAME_MS['1w'] };
  return expectedOpenTimes(timeframe, session, reach).filter((at) => at < to).length;
}
