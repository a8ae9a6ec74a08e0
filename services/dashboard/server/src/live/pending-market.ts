import type { InstrumentId } from '@ballast/domain';
import type { MarketPiece } from './market-piece.ts';

/**
 * Closed bars a slow reader may be behind; past it the oldest go and `barsMissed` tells
 * it to ask again.
 */
const CLOSED_BARS_MAX = 500;

/**
 * What one reader has still to be told of what it shows: one piece for each value, the newest, and
 * a bounded number of closed bars, however slow it reads.
 */
export function createPendingMarket() {
  const newest = new Map<string, MarketPiece>();
  let closed: MarketPiece[] = [];
  let barsMissed = false;
  /** Null: everything. */
  let shown: ReadonlySet<InstrumentId> | null = null;

  const isShown = ({ instrument }: MarketPiece): boolean => shown?.has(instrument) ?? true;

  return {
    /** @returns whether any of them is shown */
    add(pieces: readonly MarketPiece[]): boolean {
      let some = false;
      for (const piece of pieces) {
        if (!isShown(piece)) continue;
        some = true;
        if (piece.key === null) closed.push(piece);
        else newest.set(piece.key, piece);
      }
      if (closed.length > CLOSED_BARS_MAX) {
        closed = closed.slice(-CLOSED_BARS_MAX);
        barsMissed = true;
      }
      return some;
    },
    /** From now on these alone. @returns those that were not shown before */
    show(instruments: readonly InstrumentId[]): InstrumentId[] {
      const before = shown;
      shown = new Set(instruments);
      for (const [key, piece] of newest) if (!isShown(piece)) newest.delete(key);
      closed = closed.filter(isShown);
      return before === null ? [] : [...shown].filter((instrument) => !before.has(instrument));
    },
    /** All that waits, in rows of `packMarketEvents`, and waits no more. */
    take(): { readonly rows: string; readonly barsMissed: boolean } {
      const rows = [...newest.values(), ...closed].map((piece) => piece.row()).join('\n');
      const taken = { rows, barsMissed };
      newest.clear();
      closed = [];
      barsMissed = false;
      return taken;
    },
    size: (): number => newest.size + closed.length,
  };
}
