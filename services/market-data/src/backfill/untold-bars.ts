import { type Database, recentBars } from '@ballast/db';
import type { Bar, InstrumentId } from '@ballast/domain';
import type { Logger } from '@ballast/observability';

/**
 * The newest stored bar of each instrument, where it was made of trades and opened at `since` or
 * later. It may lack its last trades: who made it may have ended in the minute after it, and Redis
 * with him. The minute that this process begins with leaves no gap after it, so that nobody else
 * would hold it against the venue's.
 */
export async function tellUntold(
  { db, log }: { readonly db: Database; readonly log: Logger },
  of: { readonly instruments: readonly InstrumentId[]; readonly since: number },
  tell: (bar: Bar) => void,
): Promise<void> {
  try {
    for (const instrument of of.instruments) {
      const [bar] = await recentBars(db, instrument, '1m', 1);
      if (bar?.builtFrom === 'trades' && bar.openTime >= of.since) tell(bar);
    }
  } catch (error) {
    log.warn({ err: error }, 'the bars before this start are not held against their venue');
  }
}
