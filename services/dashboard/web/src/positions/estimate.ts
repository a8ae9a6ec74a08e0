import type { PortfolioPosition } from '@ballast/dashboard-server/api';
import {
  formatScaled,
  multiplyScaled,
  parseScaled,
  type Quote,
  roundToStep,
} from '@ballast/domain';
import { scaledOrNull } from '../format/number.ts';

type Held = Pick<PortfolioPosition, 'direction' | 'entryPrice' | 'quantity'>;

/** The price at which the position could be left now, at the market. Null: not known. */
export function exitPrice(position: Pick<Held, 'direction'>, quote: Quote | null): string | null {
  const side = position.direction === 'long' ? quote?.bid : quote?.ask;
  const price = scaledOrNull(side);
  return price === null || price <= 0n ? null : formatScaled(price);
}

/** What `quantity` of the position brings at `price`, before fees. Null: something is not known. */
export function resultAt(
  position: Held,
  price: string | null,
  quantity: string,
  multiplier: string,
): string | null {
  const [level, entry] = [scaledOrNull(price), scaledOrNull(position.entryPrice)];
  const units = scaledOrNull(quantity);
  if (level === null || entry === null || units === null) return null;
  const gain = position.direction === 'long' ? level - entry : entry - level;
  const contracts = multiplyScaled(units, parseScaled(multiplier), 'halfEven');
  return formatScaled(multiplyScaled(gain, contracts, 'floor'));
}

/** A share of what is open, rounded down to the lot; null when the share is no number. */
export function partOf(quantity: string, fraction: string, lotSize: string): string | null {
  const [whole, share] = [scaledOrNull(quantity), scaledOrNull(fraction)];
  if (whole === null || share === null) return null;
  const part = multiplyScaled(whole < 0n ? -whole : whole, share, 'floor');
  return formatScaled(roundToStep(part, parseScaled(lotSize), 'floor'));
}
