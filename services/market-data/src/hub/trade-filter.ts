import type { PublicTrade } from '@ballast/domain';

/**
 * Ids remembered are this many at least, or all of the window, and never more than twice this: in a
 * rush a venue that repeats itself repeats its last frames.
 */
const REMEMBERED_IDS = 5_000;
/** A silence counts as this much of the window: what was heard before it is what may come again. */
const SILENCE_MS = 5_000;
/**
 * A venue clock may be ahead of ours by this much; beyond it a trade would close minutes that have
 * not been.
 */
export const AHEAD_MAX_MS = 10_000;

export type TradeVerdict = 'new' | 'repeated' | 'fromTheFuture';

/**
 * Decides which trades of one instrument count: each venue trade id once.
 * @param windowMs for how long an id may come again and do harm; remembered for one to two of it
 */
export function createTradeFilter(windowMs: number) {
  let recent = new Set<string>();
  let older = new Set<string>();
  let recentMs = 0;
  let heardAt = 0;
  let lastEventTime = 0;
  const counts = { repeated: 0, fromTheFuture: 0, outOfOrder: 0 };

  function remember({ venueTradeId, receivedTime }: PublicTrade): void {
    recentMs += Math.min(Math.max(0, receivedTime - heardAt), SILENCE_MS);
    heardAt = receivedTime;
    if (recentMs >= windowMs || recent.size >= REMEMBERED_IDS) {
      older = recent;
      recent = new Set();
      recentMs = 0;
    }
    recent.add(venueTradeId);
  }

  function judge(trade: PublicTrade): TradeVerdict {
    if (trade.eventTime > trade.receivedTime + AHEAD_MAX_MS) {
      counts.fromTheFuture += 1;
      return 'fromTheFuture';
    }
    if (recent.has(trade.venueTradeId) || older.has(trade.venueTradeId)) {
      counts.repeated += 1;
      return 'repeated';
    }
    remember(trade);
    // Out of order is used all the same: the bar builder goes by event time.
    if (trade.eventTime < lastEventTime) counts.outOfOrder += 1;
    else lastEventTime = trade.eventTime;
    return 'new';
  }

  return { judge, counts };
}

export type TradeFilter = ReturnType<typeof createTradeFilter>;
