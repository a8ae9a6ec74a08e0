import type { PublicTrade } from '@ballast/domain';

/** Ids remembered are between this and twice this; far more than a reconnect repeats. */
const REMEMBERED_IDS = 5_000;
/**
 * A venue clock may be ahead of ours by this much; beyond it a trade would close minutes that have
 * not been.
 */
const AHEAD_MAX_MS = 10_000;

export type TradeVerdict = 'new' | 'repeated' | 'fromTheFuture';

/** Decides which trades of one instrument count: each venue trade id once. */
export function createTradeFilter() {
  let recent = new Set<string>();
  let older = new Set<string>();
  let lastEventTime = 0;
  const counts = { repeated: 0, fromTheFuture: 0, outOfOrder: 0 };

  function judge(trade: PublicTrade): TradeVerdict {
    if (trade.eventTime > trade.receivedTime + AHEAD_MAX_MS) {
      counts.fromTheFuture += 1;
      return 'fromTheFuture';
    }
    if (recent.has(trade.venueTradeId) || older.has(trade.venueTradeId)) {
      counts.repeated += 1;
      return 'repeated';
    }
    recent.add(trade.venueTradeId);
    if (recent.size >= REMEMBERED_IDS) {
      older = recent;
      recent = new Set();
    }
    // Out of order is used all the same: the bar builder goes by event time.
    if (trade.eventTime < lastEventTime) counts.outOfOrder += 1;
    else lastEventTime = trade.eventTime;
    return 'new';
  }

  return { judge, counts };
}

export type TradeFilter = ReturnType<typeof createTradeFilter>;
