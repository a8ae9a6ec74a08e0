import {
  type Instrument,
  multiplyScaled,
  type Price,
  priceDistance,
  roundToStep,
  type TrailingDistance,
} from '@ballast/domain';
import { entryPrice } from './ledger.ts';
import type { StepResult } from './open-trade.ts';
import { emit, withTrade } from './order-changes.ts';
import { inSlot, slotsOf } from './slots.ts';
import { isAsGood, openQuantity, type Trade } from './trade.ts';

/** A trailing stop follows in steps of a tenth of its distance, not with every tick. */
const TRAIL_STEPS = 10n;
const HUNDRED = 100n * 10n ** 18n;

/** From now on the stops belong at `level`; `exits` replaces them. */
export function moveStopTo(result: StepResult, level: Price, reason: string): StepResult {
  const { trade } = result;
  if (level === trade.stopLevel) return result;
  const moved = withTrade(result, { ...trade, stopLevel: level });
  return emit(moved, [{ type: 'stopMoved', from: trade.stopLevel, to: level, reason }]);
}

/**
 * The entry price as a stop level: on the tick that loses nothing before fees. Null while flat.
 */
export function breakEvenLevel(trade: Trade): Price | null {
  const price = entryPrice(trade.position, trade.instrument.multiplier);
  return price === null ? null : snap(trade, price, 'better');
}

/** After the first target has been met whole, the rest is not to lose any more. */
export function moveAfterFirstTarget(result: StepResult): StepResult {
  const { trade } = result;
  const { takeProfit } = trade.plan;
  if (takeProfit.style !== 'scaled' || !takeProfit.breakEvenAfterFirst) return result;
  if (!isFirstTargetMet(trade)) return result;
  const level = breakEvenLevel(trade);
  if (level === null || isAsGood(trade, trade.stopLevel, level)) return result;
  return moveStopTo(result, level, 'first target met');
}

function isFirstTargetMet(trade: Trade): boolean {
  const first = slotsOf(trade)[0];
  if (first === undefined || first.quantity > 0n) return false;
  return inSlot(trade, 'target', 0).some((order) => order.filledQuantity > 0n);
}

/**
 * Where a trailing stop belongs at `price`; null when it stays. A stop only ever follows towards
 * profit, and only in whole steps.
 */
export function trailedLevel(trade: Trade, price: Price): Price | null {
  const { takeProfit } = trade.plan;
  if (takeProfit.style !== 'trailing' || openQuantity(trade) === 0n) return null;
  if (trade.trailedFrom !== null && isAsGood(trade, trade.trailedFrom, price)) return null;
  const distance = distanceAt(takeProfit.distance, price);
  const behind = trade.plan.direction === 'long' ? price - distance : price + distance;
  if (behind <= 0n) return null;
  const level = snap(trade, behind as Price, 'worse');
  if (isAsGood(trade, trade.stopLevel, level)) return null;
  const step = stepOf(distance, trade.instrument);
  return priceDistance(level, trade.stopLevel) >= step ? level : null;
}

function distanceAt(distance: TrailingDistance, price: Price): bigint {
  switch (distance.by) {
    case 'amount':
      return distance.amount;
    case 'percent':
      return multiplyScaled(price, distance.percent, 'ceil') / (HUNDRED / 10n ** 18n);
    case 'atr':
      return multiplyScaled(distance.atr, distance.multiple, 'ceil');
    default:
      return distance satisfies never;
  }
}

function stepOf(distance: bigint, { tickSize }: Instrument): bigint {
  const step = roundToStep(distance / TRAIL_STEPS, tickSize, 'ceil');
  return step > tickSize ? step : tickSize;
}

/** To the tick on the side that is better, or worse, for the trade. */
function snap(trade: Trade, price: Price, side: 'better' | 'worse'): Price {
  const up = (trade.plan.direction === 'long') === (side === 'better');
  return roundToStep(price, trade.instrument.tickSize, up ? 'ceil' : 'floor') as Price;
}
