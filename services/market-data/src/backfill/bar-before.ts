import { barsBetween, type Database } from '@ballast/db';
import { type InstrumentId, TIMEFRAME_MS } from '@ballast/domain';

/**
 * From when on (open time, epoch ms) a venue is asked for a gap of minutes. The bar before it may
 * lack its last trades, lost with the line: where it was made of trades it is asked for too. Who
 * heard them doubts it while he runs; after a restart a quarter of an hour later, or one of Redis,
 * nobody else does, since it is there.
 */
export async function askedFrom(
  db: Database,
  instrument: InstrumentId,
  gapFrom: number,
): Promise<number> {
  const before = gapFrom - TIMEFRAME_MS['1m'];
  const [bar] = await barsBetween(db, instrument, '1m', { from: before, to: before });
  return bar?.builtFrom === 'trades' ? before : gapFrom;
}
