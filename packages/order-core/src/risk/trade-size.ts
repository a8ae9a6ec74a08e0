import {
  divideScaled,
  formatScaled,
  type Instrument,
  InvalidInput,
  minQuantity,
  type Money,
  multiplyScaled,
  type Price,
  type Quantity,
  roundToLot,
  snapToTick,
  type TradeDirection,
  type TradeOrigin,
  type TradePlan,
} from '@ballast/domain';
import { sizeByRisk } from './sizing.ts';

export type SizingInput = {
  readonly instrument: Instrument;
  readonly direction: TradeDirection;
  /** Float64 levels, as a signal has them. */
  readonly level: { readonly stop: number; readonly target: number };
  /** What an entry at market is expected to pay or get; null where that side has no price. */
  readonly price: Price | null;
  /** Null: not known, which refuses. */
  readonly equity: Money | null;
  /** Part of the equity that is lost at the stop, scale 18. */
  readonly riskFraction: bigint;
  /** Part of the equity that the position may be worth, scale 18. */
  readonly notionalFraction: bigint;
  /** No more than this part (scale 18) of what was traded; null for no such cap. */
  readonly volume: { readonly traded: Quantity; readonly share: bigint } | null;
};

export type SizedTrade = {
  readonly kind: 'sized';
  readonly stop: Price;
  readonly target: Price;
  readonly quantity: Quantity;
};

/** What was seen and what is wanted, as text with units. */
type Refused = { readonly kind: 'refused'; readonly input: string; readonly threshold: string };

/**
 * Levels on the tick, and as much quantity as loses the risk budget at the stop, held under the
 * notional budget, the part of the volume and the venue's largest order. What it gives passes the
 * pre-trade rules of sides, ticks, lots, ranges, values and, within their shares, of risk and
 * position. The price is the caller's, since a signal's own entry is a bar's close ago.
 */
export function sizeTrade(given: SizingInput): SizedTrade | Refused {
  const { instrument, direction, price, equity } = given;
  if (price === null) return refused('no price on the side of the entry', 'a price above zero');
  const levels = snappedLevels(given);
  if (levels === null) return refused('a level is not a price', 'stop and target above zero');
  const { stop, target } = levels;
  const [low, high] = direction === 'long' ? [stop, target] : [target, stop];
  if (price <= low || price >= high) {
    const range = `${formatScaled(low)} and ${formatScaled(high)}`;
    return refused(`price ${formatScaled(price)}`, `price between ${range} (stop and target)`);
  }
  if (equity === null) return refused('no portfolio snapshot', 'known equity');
  if (equity.currency !== instrument.quoteCurrency) {
    return refused(`equity in ${equity.currency}`, `equity in ${instrument.quoteCurrency}`);
  }
  const byBudgets = quantityOf(equity, price, stop, given);
  const byVolume = volumePart(given);
  const quantity = byVolume === null ? byBudgets : minQuantity(byBudgets, byVolume);
  const { minQuantity: least, minNotional, quoteCurrency } = instrument;
  if (quantity <= 0n || quantity < least) {
    const seen = `quantity ${formatScaled(quantity)} for ${boundBy(equity, byBudgets, given)}`;
    return refused(seen, `quantity at least ${formatScaled(least)}`);
  }
  // An exit may be refused for its value too, and it may come at the lowest of the prices.
  const perUnit = multiplyScaled(low, instrument.multiplier, 'floor');
  const value = multiplyScaled(perUnit, quantity, 'floor');
  if (value >= minNotional) return { kind: 'sized', stop, target, quantity };
  const seen = `quantity ${formatScaled(quantity)}, worth ${formatScaled(value)} ${quoteCurrency}`;
  return refused(
    `${seen} at ${formatScaled(low)} for ${boundBy(equity, byBudgets, given)}`,
    `notional at least ${formatScaled(minNotional)} ${quoteCurrency}`,
  );
}

/** The plan of a sized trade: in at market, out at one of the two levels. */
export function marketPlan(
  { stop, target, quantity }: Omit<SizedTrade, 'kind'>,
  { instrument, direction }: Pick<SizingInput, 'instrument' | 'direction'>,
  origin: TradeOrigin,
): TradePlan {
  return {
    instrument: instrument.id,
    direction,
    entry: { type: 'market' },
    entryExpiresAt: null,
    stop,
    takeProfit: { style: 'single', target },
    quantity,
    origin,
  };
}

/**
 * Away from the entry for the stop, towards it for the target:
 * neither promises more than the signal.
 */
function snappedLevels({ level, direction, instrument }: SizingInput) {
  const rounding = direction === 'long' ? 'floor' : 'ceil';
  try {
    const stop = snapToTick(level.stop, instrument, rounding);
    return { stop, target: snapToTick(level.target, instrument, rounding) };
  } catch (error) {
    if (error instanceof InvalidInput) return null;
    throw error;
  }
}

function quantityOf(equity: Money, price: Price, stop: Price, given: SizingInput): Quantity {
  const { instrument, riskFraction, notionalFraction } = given;
  const risk = multiplyScaled(equity.amount, riskFraction, 'floor');
  const byRisk = sizeByRisk(instrument, price, stop, { ...equity, amount: risk });
  const notional = multiplyScaled(equity.amount, notionalFraction, 'floor');
  const perUnit = multiplyScaled(price, instrument.multiplier, 'ceil');
  const affordable = notional > 0n ? divideScaled(notional, perUnit, 'floor') : 0n;
  const bounded = minQuantity(byRisk, minQuantity(affordable as Quantity, instrument.maxQuantity));
  return roundToLot(bounded, instrument, 'floor');
}

function volumePart({ volume, instrument }: SizingInput): Quantity | null {
  if (volume === null) return null;
  const part = multiplyScaled(volume.traded, volume.share, 'floor');
  return roundToLot((part > 0n ? part : 0n) as Quantity, instrument, 'floor');
}

/** What the quantity was made from, the volume where that gave less than the budgets. */
function boundBy(equity: Money, byBudgets: Quantity, given: SizingInput): string {
  const { volume, riskFraction } = given;
  const byVolume = volumePart(given);
  if (volume !== null && byVolume !== null && byVolume < byBudgets) {
    return `${formatScaled(volume.share)} of ${formatScaled(volume.traded)} traded`;
  }
  const whole = `${formatScaled(equity.amount)} ${equity.currency}`;
  return `risk ${formatScaled(riskFraction)} of ${whole}`;
}

function refused(input: string, threshold: string): Refused {
  return { kind: 'refused', input, threshold };
}
