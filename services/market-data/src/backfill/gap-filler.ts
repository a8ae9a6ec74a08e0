import { type Database, type GapRow, loadGaps, saveBars } from '@ballast/db';
import { type Instrument, InvalidInput, TIMEFRAME_MS } from '@ballast/domain';
import { FeedError, isPassing } from '@ballast/feeds';
import type { Logger } from '@ballast/observability';
import { type AskedSource, lookAgain } from '../coverage/gap-look.ts';
import {
  lookAgainAtWide,
  rollStored,
  STORED_WITHIN_MS,
  WIDE_TIMEFRAMES,
} from '../rolling/roll-stored.ts';
import { askedSource, type HistoryOf, type KeptBars } from '../sources/kept-bars.ts';
import { askedFrom } from './bar-before.ts';

const MINUTE_MS = TIMEFRAME_MS['1m'];
/** A venue that cannot be reached is asked again after this; a gap that it refuses, much later. */
const UNREACHABLE_PAUSE_MS = 30_000;
const REFUSED_PAUSE_MS = 30 * 60_000;

export type FillCounts = { gapsFilled: number; barsBackfilled: number; failedFills: number };

/**
 * Fills open gaps of 1-minute bars from the venue's history, the newest first: what strategies look
 * at comes before what is only kept. What the venue does not have either is noted as empty, or,
 * where it hears a part of the market only, as unheard. Each source has a turn of its own: one that
 * is away, or whose budget is spent, keeps no gap of another open.
 */
export function createGapFiller(options: {
  db: Database;
  historyOf: HistoryOf;
  /** Gaps that ended before this long ago are left alone. */
  reachMs: number;
  /** Makes a job of a gap that is too large to be filled by the way; true when it has. */
  jobForGap?: (gap: GapRow, instrument: Instrument) => Promise<boolean>;
  now: () => number;
  log: Logger;
}): { counts: FillCounts; fill(): Promise<void>; stop(): void } {
  const { db, historyOf, reachMs, jobForGap, now, log } = options;
  const counts: FillCounts = { gapsFilled: 0, barsBackfilled: 0, failedFills: 0 };
  const refusedUntil = new Map<number, number>();
  const pausedUntil = new Map<string, number>();
  let stopping = false;

  /** False when the venue cannot be asked now at all. */
  async function fillOne(gap: GapRow, kept: KeptBars): Promise<boolean> {
    const { route, history } = kept;
    const { fromTime, toTime: to, instrument } = gap;
    try {
      const from = await askedFrom(db, route.instrument.id, fromTime);
      for await (const bars of history.bars(route, '1m', from, to + MINUTE_MS)) {
        if (stopping) return false;
        await saveBars(db, bars);
        counts.barsBackfilled += bars.length;
      }
      await settle(db, route.instrument, { from, to, asked: askedSource(kept), now: now() });
      counts.gapsFilled += 1;
      return true;
    } catch (error) {
      counts.failedFills += 1;
      log.warn({ err: error, instrument, from: fromTime, to }, 'gap was not filled');
      if (!(error instanceof FeedError)) throw error;
      if (isPassing(error)) {
        pausedUntil.set(history.source, now() + UNREACHABLE_PAUSE_MS);
        return false;
      }
      refusedUntil.set(gap.id, now() + REFUSED_PAUSE_MS);
      return true;
    }
  }

  async function fillAll(gaps: readonly GapRow[]): Promise<void> {
    for (const gap of gaps) {
      if (stopping) return;
      const kept = historyOf(gap.instrument);
      if (kept === null || (await jobForGap?.(gap, kept.route.instrument)) === true) continue;
      if (now() < (pausedUntil.get(kept.history.source) ?? 0)) return;
      if (!(await fillOne(gap, kept))) return;
    }
  }

  async function openGaps(): Promise<GapRow[]> {
    const at = now();
    const gaps = await loadGaps(db, { from: at - reachMs, to: at, timeframe: '1m' });
    return gaps
      .filter(({ endedAt, id }) => endedAt === null && (refusedUntil.get(id) ?? 0) <= at)
      .toSorted((a, b) => b.toTime - a.toTime);
  }

  return {
    counts,
    /** What is under way ends before it stores anything more. */
    stop() {
      stopping = true;
    },
    fill: bySource(openGaps, (id) => historyOf(id)?.history.source, fillAll),
  };
}

/**
 * May be called again before it has ended: a source whose turn is under way is left to that one.
 * Throws what a turn has thrown, when all that it began have ended.
 */
function bySource(
  read: () => Promise<GapRow[]>,
  sourceOf: (instrument: string) => string | undefined,
  work: (gaps: readonly GapRow[]) => Promise<void>,
): () => Promise<void> {
  const underWay = new Set<string>();
  return async () => {
    // A turn that ends while the gaps are read has filled some of them.
    const busy = new Set(underWay);
    const all = Map.groupBy(await read(), ({ instrument }) => sourceOf(instrument));
    const turns = [...all].map(async ([source, own]) => {
      if (source === undefined || busy.has(source) || underWay.has(source)) return;
      underWay.add(source);
      await work(own).finally(() => underWay.delete(source));
    });
    const failed = (await Promise.allSettled(turns)).find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
  };
}

/**
 * The wider bars that hold what has come, and then the gap's end: where they could not be stored it
 * is filled once more.
 */
async function settle(
  db: Database,
  instrument: Instrument,
  { from, to, asked, now }: { from: number; to: number; asked: AskedSource; now: number },
): Promise<void> {
  const held = { from, to, timeframes: WIDE_TIMEFRAMES };
  const end = () => lookAgain(db, instrument, { timeframe: '1m', from, to, asked, now });
  try {
    const until = now - STORED_WITHIN_MS;
    await rollStored(db, instrument, { ...held, until, state: 'backfilled' });
  } catch (error) {
    // Trying again mends no number: those bars stay missing, and are told as a gap.
    if (error instanceof InvalidInput) await end();
    throw error;
  }
  await end();
  await lookAgainAtWide(db, instrument, held, now);
}
