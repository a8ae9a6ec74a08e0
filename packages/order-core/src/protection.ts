import { type ExitNeed, exitNeeds, isUnsure, liveQuantity } from './exits.ts';
import type { StepResult } from './open-trade.ts';
import { emit, withTrade } from './order-changes.ts';
import { isLive, type Order } from './order.ts';
import { PROTECT_WITHIN_MS } from './timing.ts';
import { isFrozen, openQuantity, ordersOf, type Trade } from './trade.ts';

/** A position without a working stop for too long is an incident, until it has one again. */
export function watchProtection(result: StepResult, at: number, before: Trade): StepResult {
  const { trade } = result;
  const since = bareSince(trade, at, before);
  if (since === null) {
    if (trade.unprotectedSince === null) return result;
    const covered = withTrade(result, { ...trade, unprotectedSince: null });
    if (trade.incident !== 'UNPROTECTED') return covered;
    const restored = withTrade(covered, { ...covered.trade, incident: null });
    return emit(restored, [{ type: 'protectionRestored' }]);
  }
  const bare = withTrade(result, { ...trade, unprotectedSince: since });
  if (trade.incident === 'UNPROTECTED' || at < since + PROTECT_WITHIN_MS) return bare;
  return emit(withTrade(bare, { ...bare.trade, incident: 'UNPROTECTED' }), [
    { type: 'protectionLost' },
  ]);
}

/**
 * What the venue does not take a stop for must not grow. Some take none for as long as the rest of
 * the entry is open.
 */
export function stopWhileBare(result: StepResult, at: number, before: Trade): StepResult {
  const { trade } = result;
  const since = bareSince(trade, at, before);
  if (since === null || at < since + PROTECT_WITHIN_MS) return result;
  if (trade.closing !== null || trade.entryStopped !== null) return result;
  // While fill follows fill there is always a stop under way; one that waits is not taken.
  const isNotTaken = (stop: Order): boolean =>
    isUnsure(stop) && at >= stop.createdAt + PROTECT_WITHIN_MS;
  const isPausing = ({ role, notBefore }: ExitNeed): boolean => role === 'stop' && at < notBefore;
  const goesOn =
    !isFrozen(trade) &&
    !exitNeeds(trade).some(isPausing) &&
    !ordersOf(trade, 'stop').some((stop) => isNotTaken(stop) || isUnanswered(stop, at));
  if (goesOn || !ordersOf(trade, 'entry').some(isLive)) return result;
  const reason = 'UNPROTECTED';
  return emit(withTrade(result, { ...trade, entryStopped: { at, reason } }), [
    { type: 'entryStopped', reason },
  ]);
}

/**
 * When the clock has to look at a trade that is not known to be bare: a stop that may be gone
 * counts for so long and no longer.
 */
export function doubtedFrom(trade: Trade): number[] {
  const times = doubts(trade).map((since) => since + PROTECT_WITHIN_MS);
  return times.filter((at) => isBare(trade, at));
}

/**
 * Since when a part of the position has had no stop; null while all of it has one. What has become
 * bare by nothing but time has been so for as long as its stop may be gone; `before`: the trade as
 * it was before this step.
 */
function bareSince(trade: Trade, at: number, before: Trade): number | null {
  if (!isBare(trade, at)) return null;
  if (trade.unprotectedSince !== null) return trade.unprotectedSince;
  if (!isBare(before, at)) return at;
  return Math.min(at, ...doubts(trade).filter((since) => at >= since + PROTECT_WITHIN_MS));
}

function isBare(trade: Trade, at: number): boolean {
  const stops = ordersOf(trade, 'stop').filter(
    (stop) => !isUnsure(stop) && !isUnanswered(stop, at),
  );
  return openQuantity(trade) > liveQuantity(stops);
}

/** The venue has been asked for it, or for its end, for too long without an answer. */
function isUnanswered(order: Order, at: number): boolean {
  const since = doubtedSince(order);
  return since !== null && at >= since + PROTECT_WITHIN_MS;
}

function doubts(trade: Trade): number[] {
  return ordersOf(trade, 'stop').flatMap((stop) => doubtedSince(stop) ?? []);
}

/**
 * Since when a stop may be gone: its cancel was asked for, or a listing lacks it. Null while
 * nothing speaks for that.
 */
function doubtedSince({ phase, missing }: Order): number | null {
  if (phase.status !== 'working' && phase.status !== 'cancelling') return null;
  const asked = phase.status === 'cancelling' ? [phase.since] : [];
  const times = missing === null ? asked : [...asked, missing.since];
  return times.length === 0 ? null : Math.min(...times);
}
