import { FEED_STATE, readState } from '@ballast/bus';
import { barsBetween, loadCoverage, loadFollowed } from '@ballast/db';
import { type Bar, type Instrument, parseScaled, TIMEFRAME_MS } from '@ballast/domain';
import {
  createTokenBucket,
  FeedError,
  type History,
  openBybitHistory,
  ownRoutes,
} from '@ballast/feeds';
import { z } from 'zod';
import { readCount, readInstrumentId } from '../arguments.ts';
import { Failure } from '../failure.ts';
import type { Platform } from '../platform.ts';
import { countText, type Report, timeText } from '../report.ts';

const MINUTE_MS = TIMEFRAME_MS['1m'];
const MINUTES_MAX = 1_440;
/** The newest minutes may still be on their way. */
const SETTLED_MS = 2 * MINUTE_MS;
/** Beside what market-data itself asks for, of the 600 that the venue allows in five seconds. */
const BUDGET = { tokens: 100, windowMs: 5_000 };
const ASKED_AT_ONCE = 4;
const SHOWN_MAX = 20;
const MARKET = 'bybit.linear:';

const feedState = z.object({
  sources: z.array(z.object({ source: z.string(), historyUrl: z.string().nullable() })),
});

type Asked = { readonly minutes: string; readonly instrument?: string };
type Stretch = { readonly from: number; readonly to: number };
type Found = {
  readonly wrong: string[];
  readonly missing: string[];
  readonly invented: string[];
  /** Instruments that the venue does not know any more. */
  readonly unlisted: string[];
  bars: number;
};

/** Where market-data itself asks for bars of ByBit; null while it does not run. */
export async function venueUrl(bus: Platform['bus']): Promise<string | null> {
  const state = feedState.safeParse(await readState(bus, FEED_STATE));
  const sources = state.success ? state.data.sources : [];
  return sources.find(({ source }) => source === 'bybit')?.historyUrl ?? null;
}

/**
 * Holds stored minutes of ByBit's contracts that are streamed against what the venue itself says of
 * them now. Ok when every one is there and equal.
 * @param findUrl of the venue's public host; null when it is not known
 * @throws Failure USAGE, NOTHING_TO_AUDIT; FeedError where the venue cannot be asked
 */
export async function dataAudit(
  { db }: Pick<Platform, 'db'>,
  findUrl: () => Promise<string | null>,
  asked: Asked,
): Promise<Report> {
  const minutes = readCount(asked.minutes, '--minutes', MINUTES_MAX);
  if (asked.instrument !== undefined) readInstrumentId(asked.instrument);
  const url = await findUrl();
  const wantedFrom = new Map(
    (await loadCoverage(db))
      .filter(({ timeframe }) => timeframe === '1m')
      .map(({ instrument, fromTime }) => [instrument, fromTime]),
  );
  const stored = (await loadFollowed(db)).filter(({ instrument: { id } }) => {
    return id.startsWith(MARKET) && wantedFrom.has(id) && (asked.instrument ?? id) === id;
  });
  // Nobody brings bars of what is not streamed any more: that they are missing is no fault.
  const audited = stored.flatMap(({ instrument, followed }) => (followed ? [instrument] : []));
  const leftOut = stored.length - audited.length;
  if (url === null || audited.length === 0) {
    const removed = leftOut === 0 ? '' : `; ${leftOut} removed from the universe`;
    const message = 'no instrument of ByBit is followed, or market-data does not run';
    throw new Failure('NOTHING_TO_AUDIT', message + removed);
  }
  const end = Date.now() - SETTLED_MS;
  const to = end - (end % MINUTE_MS);
  const history = openBybitHistory({ url, budget: createTokenBucket(BUDGET) });
  const found: Found = { wrong: [], missing: [], invented: [], unlisted: [], bars: 0 };
  const queue = [...audited];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const from = Math.max(to - minutes * MINUTE_MS, wantedFrom.get(next.id) ?? to);
      await compare({ db, history }, next, { from, to }, found).catch((error: unknown) => {
        // One that is delisted, or has another name now, says nothing of the others.
        const isUnlisted = error instanceof FeedError && error.code === 'HISTORY_SYMBOL_UNKNOWN';
        if (!isUnlisted || asked.instrument !== undefined) throw error;
        found.unlisted.push(next.id);
      });
    }
  };
  await Promise.all(Array.from({ length: ASKED_AT_ONCE }, worker));
  if (found.bars + found.invented.length === 0) {
    throw new Failure('NOTHING_TO_AUDIT', 'nothing is wanted yet of the time that was asked for');
  }
  const instruments = audited.length - found.unlisted.length;
  return reported(found, { minutes, instruments, leftOut, until: to });
}

async function compare(
  { db, history }: Pick<Platform, 'db'> & { readonly history: History },
  instrument: Instrument,
  { from, to }: Stretch,
  found: Found,
): Promise<void> {
  const [route] = ownRoutes([instrument]);
  if (route === undefined || from >= to) return;
  const { id } = instrument;
  const stored = new Map(
    (await barsBetween(db, id, '1m', { from, to: to - MINUTE_MS })).map((bar) => [
      bar.openTime,
      bar,
    ]),
  );
  for await (const page of history.bars(route, '1m', from, to)) {
    for (const truth of page) {
      const where = `${id} ${timeText(truth.openTime)}`;
      const ours = stored.get(truth.openTime);
      if (ours === undefined) found.missing.push(where);
      else if (!isSame(ours, truth)) found.wrong.push(`${where} ${ours.state} ${originOf(ours)}`);
      stored.delete(truth.openTime);
      found.bars += 1;
    }
  }
  for (const openTime of stored.keys()) found.invented.push(`${id} ${timeText(openTime)}`);
}

/** A file's bars are told as they stand in it, as a venue's are. */
const originOf = ({ source, builtFrom }: Bar): string => (source === 'import' ? source : builtFrom);

const FIELDS = ['open', 'high', 'low', 'close', 'volume'] as const;

function isSame(ours: Bar, truth: Bar): boolean {
  return FIELDS.every((field) => parseScaled(ours[field]) === parseScaled(truth[field]));
}

function reported(
  { wrong, missing, invented, unlisted, bars }: Found,
  stretch: { minutes: number; instruments: number; leftOut: number; until: number },
): Report {
  const faults = [
    ...wrong.map((where) => `wrong     ${where}`),
    ...missing.map((where) => `missing   ${where}`),
    ...invented.map((where) => `invented  ${where}`),
  ];
  const { minutes, instruments, leftOut, until } = stretch;
  const counts = { wrong: wrong.length, missing: missing.length, invented: invented.length };
  return {
    ok: faults.length === 0,
    data: { ...stretch, unlisted, bars, ...counts, faults: faults.slice(0, SHOWN_MAX) },
    lines: [
      `${countText(bars)} minutes of ${countText(instruments)} instruments, ` +
        `${countText(minutes)} until ${timeText(until)}:`,
      ...(leftOut === 0
        ? []
        : [`left out: ${countText(leftOut)} instruments removed from the universe`]),
      ...unlisted.map((id) => `left out: ${id}, which the venue does not list any more`),
      `wrong ${countText(counts.wrong)}, missing ${countText(counts.missing)}, ` +
        `invented ${countText(counts.invented)}`,
      ...faults.slice(0, SHOWN_MAX),
    ],
  };
}
