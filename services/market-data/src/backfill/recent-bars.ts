import { setTimeout as delay } from 'node:timers/promises';
import type { Bar, Instrument, InstrumentId } from '@ballast/domain';
import type { Logger } from '@ballast/observability';
import { MINUTE_MS } from '../hub/bar-builder.ts';
import type { HistoryOf } from '../sources/kept-bars.ts';

/** The venue's own bar comes over the socket within moments; only what is older is asked for. */
const PATIENCE_MS = 5_000;
/**
 * TWS refuses the same question within 15 s:
 * https://interactivebrokers.github.io/tws-api/historical_limitations.html
 */
const ASKED_AGAIN_MS = 20_000;
const REQUESTS_AT_ONCE = 4;

/** Closed one-minute bars of an instrument from `from` until `to` or now, epoch ms, oldest first. */
export type FetchRecent = (instrument: Instrument, from: number, to?: number) => Promise<Bar[]>;

/** From whoever keeps bars of the instrument; none where nobody does. */
export function recentFrom(historyOf: HistoryOf, now: () => number): FetchRecent {
  return async (instrument, from, to = now()) => {
    const kept = historyOf(instrument.id);
    if (kept === null) return [];
    const bars: Bar[] = [];
    for await (const page of kept.history.bars(kept.route, '1m', from, to)) bars.push(...page);
    return bars;
  };
}

/**
 * A venue ends a minute a moment after the clock. What it says of one that has only just ended may
 * lack its last trades, and would stand for good where its bar does not come over the socket.
 */
export const isSettled = (openTime: number, askedAt: number): boolean =>
  openTime + MINUTE_MS + PATIENCE_MS <= askedAt;

type Refused = (instrument: Instrument, error: unknown) => void;

const withoutHolding = (ms: number): Promise<unknown> => delay(ms, undefined, { ref: false });

/**
 * Brings the bars of each instrument since `from`, and stores them as they come: what has not come
 * when the tenure ends nobody asks for again. What cannot be had or stored is told of; what of it
 * is wanted comes as a gap that is filled later. Nobody is asked in the first moments of a minute:
 * the one before may lie before the first that is streamed, so that nobody would miss it. Who was
 * refused is asked once more: a venue may just have been asked the same for an awaited minute.
 */
export async function fetchRecent(
  instruments: readonly Instrument[],
  from: number,
  {
    fetch,
    store,
    asking,
    isOver,
    now,
    log,
    wait = withoutHolding,
  }: {
    readonly fetch: FetchRecent;
    readonly store: (bars: readonly Bar[]) => Promise<void>;
    /** Holds those that are being asked for here, so that nobody else asks meanwhile. */
    readonly asking: Set<InstrumentId>;
    readonly isOver: () => boolean;
    readonly now: () => number;
    readonly log: Logger;
    readonly wait?: (ms: number) => Promise<unknown>;
  },
): Promise<void> {
  /** Those that were refused. */
  async function askAll(all: readonly Instrument[], onRefused: Refused): Promise<Instrument[]> {
    const refused: Instrument[] = [];
    for (let index = 0; index < all.length; index += REQUESTS_AT_ONCE) {
      const some = all.slice(index, index + REQUESTS_AT_ONCE);
      // A timer may fire a moment early.
      for (let into = 0; (into = now() % MINUTE_MS) < PATIENCE_MS;) await wait(PATIENCE_MS - into);
      if (isOver()) return [];
      for (const { id } of some) asking.add(id);
      const at = now();
      const answers = some.map(async (instrument) => {
        try {
          const found = await fetch(instrument, from);
          if (isOver()) return;
          // What had not ended by then is streamed.
          await store(found.filter(({ openTime }) => isSettled(openTime, at)));
          asking.delete(instrument.id);
        } catch (error) {
          refused.push(instrument);
          onRefused(instrument, error);
        }
      });
      await Promise.all(answers);
    }
    return refused;
  }

  try {
    const refused = await askAll(instruments, ({ id }, error) => {
      log.info(
        { err: error, instrument: id },
        'history was not brought, and is asked for once more',
      );
    });
    if (refused.length > 0) await wait(ASKED_AGAIN_MS);
    await askAll(refused, ({ id }, error) => {
      log.warn({ err: error, instrument: id }, 'history was not brought');
    });
  } finally {
    for (const { id } of instruments) asking.delete(id);
  }
}
