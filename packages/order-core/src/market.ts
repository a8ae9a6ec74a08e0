import { isSessionOpen, type Price } from '@ballast/domain';
import type { StepResult } from './open-trade.ts';
import { emit, withTrade } from './order-changes.ts';
import { endedBadly } from './order.ts';
import { inSlot, slotsOf } from './slots.ts';
import { moveStopTo, trailedLevel } from './stop-level.ts';
import { TAKE_AGAIN_AFTER_MS, TAKE_FOR_MS } from './timing.ts';
import { isAsGood, type Trade } from './trade.ts';

/**
 * Would the trade do anything at this price? Asked for every tick and without effect, so that only
 * the ticks that matter become inputs.
 */
export function heedsPrice(trade: Trade, price: Price, at: number): boolean {
  if (!isTraded(trade, at)) return false;
  return trailedLevel(trade, price) !== null || reached(trade, price, at).length > 0;
}

/** The market is at `price`: a trailing stop follows, a target that cannot rest is taken. */
export function onMarketPrice(result: StepResult, price: Price, at: number): StepResult {
  const { trade } = result;
  if (!isTraded(trade, at)) return result;
  const level = trailedLevel(trade, price);
  const trailed =
    level === null
      ? result
      : moveStopTo(withTrade(result, { ...trade, trailedFrom: price }), level, 'trailing');
  const slots = reached(trade, price, at);
  if (slots.length === 0) return trailed;
  const taking = [
    ...trade.taking.filter((taken) => !slots.includes(taken.slot)),
    ...slots.map((slot) => ({ slot, at, over: false })),
  ];
  const events = slots.map((slot) => ({ type: 'targetReached', slot, price }) as const);
  return emit(withTrade(trailed, { ...trailed.trade, taking }), events);
}

/**
 * Prices of other hours are heard too, and no order of ours would trade at them: a target taken
 * there would change places with its stop all night long, until both had used up their ids.
 */
function isTraded({ status, instrument }: Trade, at: number): boolean {
  return status === 'open' && isSessionOpen(instrument.session, at);
}

/** A target that the market has left again, or the venue ended, gives its place to the stop. */
export function endTaking(result: StepResult, at: number): StepResult {
  const { trade } = result;
  const slots = trade.taking.filter((taken) => !taken.over && isOver(trade, taken, at));
  if (slots.length === 0) return result;
  const taking = trade.taking.map((taken) =>
    slots.includes(taken) ? { ...taken, over: true } : taken,
  );
  const events = slots.map(({ slot }) => ({ type: 'targetGivenBack', slot }) as const);
  return emit(withTrade(result, { ...trade, taking }), events);
}

function isOver(trade: Trade, { slot, at: since }: Trade['taking'][number], at: number): boolean {
  if (at >= since + TAKE_FOR_MS) return true;
  return inSlot(trade, 'target', slot).some(
    (order) => endedBadly(order) && 'endedAt' in order.phase && order.phase.endedAt >= since,
  );
}

/** Slots whose target the market has reached, where it does not rest at the venue. */
function reached(trade: Trade, price: Price, at: number): number[] {
  if (trade.capabilities.exits !== 'reserved') return [];
  return slotsOf(trade)
    .filter(
      ({ quantity, target }) => quantity > 0n && target !== null && isAsGood(trade, price, target),
    )
    .map(({ index }) => index)
    .filter((slot) => {
      const taken = trade.taking.find((other) => other.slot === slot);
      return taken === undefined || at >= taken.at + TAKE_AGAIN_AFTER_MS;
    });
}
