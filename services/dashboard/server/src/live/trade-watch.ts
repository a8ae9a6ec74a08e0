import type { TradeEventRow } from '@ballast/db';
import type { Logger } from '@ballast/observability';

const POLL_MS = 200;
const ROWS_PER_READ = 500;
/**
 * Newest events kept for readers that are nearly up to date;
 * others read the database at their own pace.
 */
const RING_MAX = 1_000;

export type TradeEventSource = {
  readonly after: (seq: number, limit: number) => Promise<readonly TradeEventRow[]>;
  readonly lastSeq: () => Promise<number>;
  readonly log: Logger;
};

export type TradeWatch = ReturnType<typeof createTradeWatch>;

/**
 * New rows of trade_events in commit order: one poller for all readers,
 * and none while nobody reads.
 */
export function createTradeWatch(source: TradeEventSource) {
  const listeners = new Set<() => void>();
  let ring: TradeEventRow[] = [];
  /** Every event after this number is in the ring; null before the first reader. */
  let ringFrom: number | null = null;
  let timer: NodeJS.Timeout | null = null;
  let polling = false;

  function tell(): void {
    for (const listener of listeners) listener();
  }

  async function poll(): Promise<void> {
    if (polling) return;
    polling = true;
    try {
      if (ringFrom === null) {
        ringFrom = await source.lastSeq();
        // What was stored between a reader's own start and this moment is not in the ring.
        tell();
      }
      const rows = await source.after(ring.at(-1)?.seq ?? ringFrom, ROWS_PER_READ);
      if (rows.length === 0) return;
      ring.push(...rows);
      if (ring.length > RING_MAX) {
        const dropped = ring.splice(0, ring.length - RING_MAX);
        ringFrom = dropped.at(-1)?.seq ?? ringFrom;
      }
      tell();
    } catch (error) {
      source.log.warn({ err: error }, 'trade events cannot be read');
    } finally {
      polling = false;
    }
  }

  return {
    lastSeq: source.lastSeq,
    /** Events after `seq`, at most a batch; an empty list = up to date. */
    async after(seq: number): Promise<readonly TradeEventRow[]> {
      if (ringFrom === null || seq < ringFrom) return source.after(seq, ROWS_PER_READ);
      return ring.filter((row) => row.seq > seq).slice(0, ROWS_PER_READ);
    },
    /** `listener` is called when there is something new. */
    listen(listener: () => void): () => void {
      listeners.add(listener);
      timer ??= setInterval(() => void poll(), POLL_MS);
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) stop();
      };
    },
    close: stop,
  };

  function stop(): void {
    if (timer !== null) clearInterval(timer);
    timer = null;
    ring = [];
    ringFrom = null;
  }
}
