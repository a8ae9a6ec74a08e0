import {
  divideScaled,
  formatScaled,
  InvalidInput,
  type Instrument,
  type Money,
  multiplyScaled,
  parsePrice,
  parseQuantity,
  type Price,
  type Quantity,
  roundToLot,
  type Signal,
  snapToTick,
  type TradePlan,
} from '@ballast/domain';
import { sizeByRisk } from '@ballast/order-core';
import { type Facts, type GateRefusal, refuse } from './gates/gate.ts';

type Sized =
  | { readonly kind: 'sized'; readonly plan: TradePlan }
  | { readonly kind: 'refused'; readonly refusal: GateRefusal };

/**
 * From signal to plan: entry at market, levels snapped to the tick, and as much quantity as loses
 * the risk budget at the stop, held under the notional cap and the venue's largest order. The
 * reference price is the side of the quote that an entry would take, since the signal's own entry
 * is already a bar's close ago.
 */
export function sizeTrade(facts: Facts): Sized {
  const { signal, instrument, quote, equity, limits } = facts;
  const price =
    quote === null ? null : priceOf(signal.direction === 'long' ? quote.ask : quote.bid);
  if (price === null) return refused('no price on the side of the entry', 'a price above zero');
  const levels = snappedLevels(signal, instrument);
  if (levels === null) return refused('a level is not a price', 'stop and target above zero');
  const outside = levelsRefusal(signal, price, levels);
  if (outside !== null) return { kind: 'refused', refusal: outside };
  if (equity === null) return refused('no portfolio snapshot', 'known equity');
  if (equity.currency !== instrument.quoteCurrency) {
    return refused(`equity in ${equity.currency}`, `equity in ${instrument.quoteCurrency}`);
  }
  const quantity = quantityFor(price, levels.stop, equity, facts);
  const tooSmall = smallestOrderRefusal(quantity, price, instrument);
  if (tooSmall !== null) {
    const whole = `${formatScaled(equity.amount)} ${equity.currency}`;
    const risk = `${formatScaled(limits.riskFraction)} of ${whole}`;
    return refused(`${tooSmall.input} for risk ${risk}`, tooSmall.threshold);
  }
  const { direction, strategy, id } = signal;
  const origin = { kind: 'signal', signalId: id, strategy } as const;
  const entry = { type: 'market' } as const;
  return {
    kind: 'sized',
    plan: {
      instrument: instrument.id,
      direction,
      entry,
      entryExpiresAt: null,
      stop: levels.stop,
      takeProfit: { style: 'single', target: levels.target },
      quantity,
      origin,
    },
  };
}

type Levels = { readonly stop: Price; readonly target: Price };

/**
 * Away from the entry for the stop, towards it for the target:
 * neither promises more than the signal.
 */
function snappedLevels(signal: Signal, instrument: Instrument): Levels | null {
  const rounding = signal.direction === 'long' ? 'floor' : 'ceil';
  try {
    const stop = snapToTick(signal.level.stop, instrument, rounding);
    const target = snapToTick(signal.level.target, instrument, rounding);
    return stop > 0n && target > 0n ? { stop, target } : null;
  } catch (error) {
    if (error instanceof InvalidInput) return null;
    throw error;
  }
}

function levelsRefusal(signal: Signal, price: Price, levels: Levels): GateRefusal | null {
  const { stop, target } = levels;
  const [low, high] = signal.direction === 'long' ? [stop, target] : [target, stop];
  if (low < price && price < high) return null;
  const range = `${formatScaled(low)} and ${formatScaled(high)}`;
  return refuse(`price ${formatScaled(price)}`, `price between ${range} (stop and target)`);
}

function quantityFor(price: Price, stop: Price, equity: Money, facts: Facts): Quantity {
  const { instrument, limits } = facts;
  const partOfEquity = (fraction: bigint): Money => {
    return { ...equity, amount: multiplyScaled(equity.amount, fraction, 'floor') };
  };
  const byRisk = sizeByRisk(instrument, price, stop, partOfEquity(limits.riskFraction));
  const notional = partOfEquity(limits.notionalFraction).amount;
  const perUnit = multiplyScaled(price, instrument.multiplier, 'ceil');
  const affordable = notional > 0n ? divideScaled(notional, perUnit, 'floor') : 0n;
  const byNotional = parseQuantity(formatScaled(affordable));
  const byBudgets = byRisk < byNotional ? byRisk : byNotional;
  const quantity = byBudgets < instrument.maxQuantity ? byBudgets : instrument.maxQuantity;
  return roundToLot(quantity, instrument, 'floor');
}

function smallestOrderRefusal(
  quantity: Quantity,
  price: Price,
  instrument: Instrument,
): { readonly input: string; readonly threshold: string } | null {
  const input = `quantity ${formatScaled(quantity)}`;
  if (quantity <= 0n || quantity < instrument.minQuantity) {
    return { input, threshold: `quantity at least ${formatScaled(instrument.minQuantity)}` };
  }
  const perUnit = multiplyScaled(price, instrument.multiplier, 'floor');
  const notional = multiplyScaled(perUnit, quantity, 'floor');
  if (notional >= instrument.minNotional) return null;
  const currency = instrument.quoteCurrency;
  return {
    input: `${input}, notional ${formatScaled(notional)} ${currency}`,
    threshold: `notional at least ${formatScaled(instrument.minNotional)} ${currency}`,
  };
}

/** Null for a side without a price: a book may be one-sided. */
function priceOf(text: string): Price | null {
  try {
    return parsePrice(text);
  } catch (error) {
    if (error instanceof InvalidInput) return null;
    throw error;
  }
}

function refused(input: string, threshold: string): Sized {
  return { kind: 'refused', refusal: refuse(input, threshold) };
}
