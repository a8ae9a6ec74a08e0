import { z } from 'zod';
import { parseQuantity, type Quantity } from './amounts.ts';
import { parseScaled } from './decimal.ts';
import { InvalidInput } from './errors.ts';
import { parseUuid, type TradeId } from './ids.ts';
import { parsed, priceText } from './trade-plan.ts';

const ONE = 10n ** 18n;

const tradeId = parsed(parseUuid<TradeId>);
const reason = z.string().min(1).max(500);

/** Units of base, above zero. */
export const someQuantityText = parsed((text): Quantity => {
  const quantity = parseQuantity(text);
  if (quantity === 0n) throw new InvalidInput('NOT_POSITIVE', 'must be above 0');
  return quantity;
});

/** A share of what is open, scale 18: above 0 and at most 1. */
export const fractionText = parsed((text): bigint => {
  const fraction = parseScaled(text);
  if (fraction > 0n && fraction <= ONE) return fraction;
  throw new InvalidInput('FRACTION_OUT_OF_RANGE', `must be above 0 and at most 1: ${text}`);
});

/** Where a stop is to be: a price, or the price that the position was entered at. */
export const stopLevelText = z.union([z.literal('breakEven'), priceText]);

/** What the operator may ask of a trade that runs, and of all of them. Decimal text. */
export const CHANGE_BODIES = {
  moveStop: z.strictObject({ tradeId, level: stopLevelText, reason }),
  /** Either so many units, or a share of what is open when the command is carried out. */
  scaleOut: z.union([
    z.strictObject({ tradeId, quantity: someQuantityText, reason }),
    z.strictObject({ tradeId, fraction: fractionText, reason }),
  ]),
  cancelEntry: z.strictObject({ tradeId, reason }),
  closeAll: z.strictObject({ reason }),
} as const;

/** Why a change of a trade was not made. Stable: shown, counted, stored. */
export type ChangeRefusal =
  | 'TRADE_UNKNOWN'
  | 'TRADE_ENDED'
  | 'TRADE_CLOSING'
  | 'STOP_OFF_TICK'
  | 'STOP_LOOSENED'
  | 'STOP_BEYOND_MARKET'
  | 'NOTHING_OPEN'
  | 'QUANTITY_OFF_LOT'
  | 'QUANTITY_ABOVE_OPEN'
  | 'REST_TOO_SMALL'
  | 'NO_ENTRY_WORKING';
