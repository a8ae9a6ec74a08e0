import type { TradeInfo } from '../api/shapes.ts';
import { signOf } from '../format/number.ts';

type Held = Pick<TradeInfo, 'id' | 'instrument' | 'origin' | 'quantity'>;

/** The origin of what Ballast did not do. */
const UNATTRIBUTED = 'unattributed';

/**
 * The one open trade that the fills of an incident can have reduced: it holds the other side in
 * their instrument. Null when there is none, or more than one.
 * @param trades what is open, with the records of what Ballast did not do
 */
export function reducedTrade<T extends Held>(
  { tradeId, instrument }: { tradeId: string | null; instrument: string | null },
  trades: readonly T[],
): T | null {
  const record = trades.find(({ id }) => id === tradeId);
  if (record === undefined) return null;
  const done = signOf(record.quantity) ?? 0;
  const opposite = trades.filter((trade) => {
    if (trade.origin === UNATTRIBUTED || trade.instrument !== instrument) return false;
    return done * (signOf(trade.quantity) ?? 0) === -1;
  });
  const [only, ...more] = opposite;
  return only === undefined || more.length > 0 ? null : only;
}
