import { type ExitNeed, exitNeeds, isUnsure, liveQuantity } from './exits.ts';
import type { StepResult } from './open-trade.ts';
import { emit, withTrade } from './order-changes.ts';
import { isLive, type Order } from './order.ts';
import { PROTECT_WITHIN_MS } from './timing.ts';
import { isFrozen, openQuantity, ordersOf, type Trade } from './trade.ts';

/** A position without a working stop for too long is an incident, until it has one again. */
export function watchProtection(result: StepResult, at: number): StepResult {
  const { trade } = result;
  const since = bareSince(trade, at);
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
export function stopWhileBare(result: StepResult, at: number): StepResult {
  const { trade } = result;
  const since = bareSince(trade, at);
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
 * When the clock has to look at a trade that is not known to be bare: a stop whose cancel is not
 * answered counts for so long and no longer.
 */
export function unansweredFrom(trade: Trade): number[] {
  const times = cancellingSince(trade).map((since) => since + PROTECT_WITHIN_MS);
  return times.filter((at) => isBare(trade, at));
}

/**
 * Since when a part of the position has had no stop; null while all of it has one. A stop whose
 * cancel is not answered may be gone for as long as it was asked for.
 */
function bareSince(trade: Trade, at: number): number | null {
  if (!isBare(trade, at)) return null;
  if (trade.unprotectedSince !== null) return trade.unprotectedSince;
  const asked = cancellingSince(trade).filter((since) => at >= since + PROTECT_WITHIN_MS);
  return Math.min(at, ...asked);
}

function isBare(trade: Trade, at: number): boolean {
  const stops = ordersOf(trade, 'stop').filter(
    (stop) => !isUnsure(stop) && !isUnanswered(stop, at),
  );
  return openQuantity(trade) > liveQuantity(stops);
}

function isUnanswered({ phase }: Order, at: number): boolean {
  return phase.status === 'cancelling' && at >= phase.since + PROTECT_WITHIN_MS;
}

function cancellingSince(trade: Trade): number[] {
  return ordersOf(trade, 'stop').flatMap(({ phase }) =>
    phase.status === 'cancelling' ? [phase.since] : [],
  );
}
