import type { TradeEventRow } from '@ballast/db';
import type { Bar, InstrumentId, Quote } from '@ballast/domain';
import { tracked } from '@trpc/server';
import type { AccountView, AccountWatch } from './account-watch.ts';
import { createFlag } from './flag.ts';
import type { MarketBoard, MarketChanges } from './market-board.ts';
import type { TradeWatch } from './trade-watch.ts';

/**
 * Closed bars a slow reader may be behind; past it the oldest go and `barsMissed` tells
 * it to ask again.
 */
const CLOSED_BARS_MAX = 500;

/**
 * `at` = server's clock, epoch ms. The first market message is a snapshot,
 * later ones hold what changed.
 */
export type LiveMessage =
  | {
      readonly topic: 'market';
      readonly at: number;
      readonly snapshot: boolean;
      readonly quotes: readonly Quote[];
      readonly forming: readonly Bar[];
      readonly closed: readonly Bar[];
      readonly barsMissed: boolean;
    }
  | { readonly topic: 'account'; readonly at: number; readonly account: AccountView }
  | { readonly topic: 'trades'; readonly at: number; readonly events: readonly TradeEventRow[] };

export type LiveSources = {
  readonly now: () => number;
  readonly market: MarketBoard;
  readonly account: AccountWatch;
  readonly trades: TradeWatch;
};

/**
 * One reader's stream. The id of every message is the number of the last trade event it has seen,
 * so a reader that comes back with it misses no event. A slow reader holds one pending value an
 * instrument, one account view and a cursor: its memory does not grow.
 */
export async function* liveStream(
  sources: LiveSources,
  request: { lastSeq: number | null; signal: AbortSignal },
) {
  const { signal } = request;
  const flag = createFlag(signal);
  const pending = createPendingMarket(sources.market.snapshot());
  let account: AccountView | null = null;
  let tradesBehind = true;
  const stops = [
    sources.market.listen((changes) => raise(() => pending.add(changes))),
    sources.account.listen((view) => raise(() => (account = view))),
    sources.trades.listen(() => raise(() => (tradesBehind = true))),
  ];
  function raise(change: () => void): void {
    change();
    flag.raise();
  }
  try {
    const newest = await sources.trades.lastSeq();
    // A page that outlived the database it read from would wait for numbers that never come.
    let cursor = Math.min(request.lastSeq ?? newest, newest);
    const message = (data: LiveMessage) => tracked(String(cursor), data);
    yield message(pending.take(sources.now(), true));
    while (!signal.aborted) {
      if (tradesBehind) {
        tradesBehind = false;
        const events = await sources.trades.after(cursor);
        const last = events.at(-1);
        if (last !== undefined) {
          cursor = last.seq;
          tradesBehind = true;
          yield message({ topic: 'trades', at: sources.now(), events });
          continue;
        }
      }
      const view: AccountView | null = account;
      if (view !== null) {
        account = null;
        yield message({ topic: 'account', at: sources.now(), account: view });
        continue;
      }
      if (pending.size() > 0) {
        yield message(pending.take(sources.now(), false));
        continue;
      }
      await flag.wait();
    }
  } finally {
    for (const stop of stops) stop();
  }
}

function createPendingMarket(first: MarketChanges) {
  const quotes = new Map<InstrumentId, Quote>();
  const forming = new Map<InstrumentId, Bar>();
  let closed: Bar[] = [];
  let barsMissed = false;
  add(first);

  function add(changes: MarketChanges): void {
    for (const quote of changes.quotes) quotes.set(quote.instrument, quote);
    for (const bar of changes.forming) forming.set(bar.instrument, bar);
    closed.push(...changes.closed);
    if (closed.length <= CLOSED_BARS_MAX) return;
    closed = closed.slice(-CLOSED_BARS_MAX);
    barsMissed = true;
  }

  function take(at: number, snapshot: boolean): LiveMessage {
    const message: LiveMessage = {
      topic: 'market',
      at,
      snapshot,
      quotes: [...quotes.values()],
      forming: [...forming.values()],
      closed,
      barsMissed,
    };
    quotes.clear();
    forming.clear();
    closed = [];
    barsMissed = false;
    return message;
  }

  return { add, take, size: () => quotes.size + forming.size + closed.length };
}
