import type { TradeEventRow } from '@ballast/db';
import { tracked } from '@trpc/server';
import type { AccountView, AccountWatch } from './account-watch.ts';
import { createFlag } from './flag.ts';
import type { MarketBoard } from './market-board.ts';
import type { MarketPiece } from './market-piece.ts';
import { createPendingMarket } from './pending-market.ts';
import type { StreamBook } from './stream-book.ts';
import { createTradeCursor } from './trade-cursor.ts';
import type { TradeWatch } from './trade-watch.ts';

/**
 * `at` = server's clock, epoch ms. The first market message is a snapshot,
 * later ones hold what changed.
 */
export type LiveMessage =
  | {
      readonly topic: 'market';
      readonly at: number;
      readonly snapshot: boolean;
      /** The name of this stream, by which the reader says what it shows. */
      readonly stream: string;
      /** Quotes and bars as `unpackMarketEvents` reads them: one text for all readers. */
      readonly rows: string;
      readonly barsMissed: boolean;
    }
  | { readonly topic: 'account'; readonly at: number; readonly account: AccountView }
  | { readonly topic: 'trades'; readonly at: number; readonly events: readonly TradeEventRow[] };

export type LiveSources = {
  readonly now: () => number;
  readonly market: MarketBoard;
  readonly account: AccountWatch;
  readonly trades: TradeWatch;
  readonly streams: StreamBook;
};

/**
 * One reader's stream. The id of every message is the number of the last trade event it has seen,
 * so a reader that comes back with it misses no event. A slow reader holds one pending value an
 * instrument, one account view and a cursor: its memory does not grow. It is told of all
 * instruments until it has said which ones it shows; of one that it shows anew it is told at once.
 */
export async function* liveStream(
  sources: LiveSources,
  request: { lastSeq: number | null; signal: AbortSignal },
) {
  const { signal } = request;
  const flag = createFlag(signal);
  const { market } = sources;
  const pending = createPendingMarket();
  pending.add(market.newest());
  let account: AccountView | null = null;
  const trades = createTradeCursor(sources.trades, request.lastSeq, flag.raise);
  const tell = (pieces: readonly MarketPiece[]): void => {
    if (pending.add(pieces)) flag.raise();
  };
  const stream = sources.streams.open((instruments) =>
    tell(market.newest(pending.show(instruments))),
  );
  const stops = [
    stream.close,
    market.listen(tell),
    sources.account.listen((view) => {
      account = view;
      flag.raise();
    }),
    sources.trades.listen(trades.behind),
    trades.stop,
  ];
  try {
    await trades.begun();
    const message = (data: LiveMessage) => tracked(trades.id(), data);
    const marketMessage = (snapshot: boolean) =>
      message({
        ...{ topic: 'market', at: sources.now(), snapshot, stream: stream.name },
        ...pending.take(),
      });
    yield marketMessage(true);
    while (!signal.aborted) {
      const events = trades.take();
      if (events.length > 0) {
        yield message({ topic: 'trades', at: sources.now(), events });
        continue;
      }
      const view: AccountView | null = account;
      if (view !== null) {
        account = null;
        yield message({ topic: 'account', at: sources.now(), account: view });
        continue;
      }
      if (pending.size() > 0) {
        yield marketMessage(false);
        continue;
      }
      await flag.wait();
    }
  } finally {
    for (const stop of stops) stop();
  }
}
