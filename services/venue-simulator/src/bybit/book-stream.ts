import { formatScaled } from '@ballast/domain';
import { bookOf, CLEAN_FEED, levelsAgainst } from '@ballast/sim-core';
import type { Market } from '../market.ts';
import type { Server } from './server.ts';

/** The best level alone is told as snapshots, and again after this long without a change. */
const REPEAT_MS = 3_000;
/** Update ids of a run begin here; after a restart of the venue at 1. */
const FIRST_UPDATE = 10_000_000;

type Side = ReadonlyMap<bigint, bigint>;
type Shown = { update: number; bids: Side; asks: Side; at: number };
type Rows = readonly (readonly [price: string, size: string])[];

export const BOOK_DEPTHS = ['1', '50'] as const;

export type BookStream = {
  /** What a new subscriber needs before the next change. */
  first(market: Market, depth: string): object;
  /** What tells the change since the last frame; null when nothing is to be told. */
  next(market: Market, depth: string): object | null;
  /** Nobody listens any more: what was shown need not be kept up. */
  forget(market: Market, depth: string): void;
  /** The venue has restarted: update ids begin at 1. */
  restart(): void;
};

/** `orderbook.<depth>.<symbol>`: a snapshot, then what has changed, each with the next `u`. */
export function createBookStream({
  venue,
  faults,
  now,
}: Pick<Server, 'venue' | 'faults' | 'now'>): BookStream {
  const shown = new Map<string, Shown>();
  let firstUpdate = FIRST_UPDATE;

  function sides(market: Market, depth: number): Pick<Shown, 'bids' | 'asks'> {
    const book = bookOf(venue.account, market.instrument.id);
    const side = (taker: 'buy' | 'sell'): Side =>
      new Map(
        book === undefined
          ? []
          : levelsAgainst(book, taker, depth).map(({ price, quantity }) => [price, quantity]),
      );
    return { bids: side('sell'), asks: side('buy') };
  }

  function frame(market: Market, depth: string, type: 'snapshot' | 'delta', data: object): object {
    const at = now();
    const topic = topicOf(market, depth);
    const { symbol: s, sequence: seq } = market;
    const u = shown.get(topic)?.update ?? firstUpdate;
    return { topic, type, ts: at, data: { s, ...data, u, seq }, cts: at };
  }

  function whole(market: Market, depth: string, { bids, asks }: Pick<Shown, 'bids' | 'asks'>) {
    return frame(market, depth, 'snapshot', { b: rows(bids), a: rows(asks) });
  }

  return {
    first(market, depth) {
      const topic = topicOf(market, depth);
      const its = shown.get(topic) ?? {
        update: firstUpdate,
        ...sides(market, Number(depth)),
        at: now(),
      };
      shown.set(topic, its);
      return whole(market, depth, its);
    },
    next(market, depth) {
      const topic = topicOf(market, depth);
      const before = shown.get(topic);
      if (before === undefined) return null;
      const after = sides(market, Number(depth));
      const b = changes(before.bids, after.bids);
      const a = changes(before.asks, after.asks);
      const isSame = b.length === 0 && a.length === 0;
      if (isSame) {
        if (depth !== '1' || now() - before.at < REPEAT_MS) return null;
        shown.set(topic, { ...before, at: now() });
        return whole(market, depth, before);
      }
      const fate = depth === '1' ? CLEAN_FEED : faults.feed('book');
      const update = fate.reset ? 1 : before.update + 1;
      shown.set(topic, { update, ...after, at: now() });
      if (fate.copies === 0) return null;
      const isWhole = fate.reset || depth === '1';
      return isWhole ? whole(market, depth, after) : frame(market, depth, 'delta', { b, a });
    },
    forget: (market, depth) => void shown.delete(topicOf(market, depth)),
    restart() {
      shown.clear();
      firstUpdate = 1;
    },
  };
}

const topicOf = ({ symbol }: Market, depth: string): string => `orderbook.${depth}.${symbol}`;

function rows(side: Side): Rows {
  return [...side].map(([price, size]) => [formatScaled(price), formatScaled(size)]);
}

/** Levels that are new or have another size, and those that are gone, with size 0. */
function changes(before: Side, after: Side): Rows {
  const gone = [...before.keys()].filter((price) => !after.has(price));
  const fresh = [...after].filter(([price, size]) => before.get(price) !== size);
  return [...gone.map((price) => [formatScaled(price), '0'] as const), ...rows(new Map(fresh))];
}
