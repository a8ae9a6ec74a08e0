import { type GateCheck, refuse } from './gate.ts';

/**
 * One trade at a time in an instrument, and a pause before a strategy asks for the next one there.
 */
export const openTradeGate: GateCheck = ({ signal, unfinishedTrade, lastAskedAt, limits }) => {
  if (unfinishedTrade !== null) {
    return refuse(
      `trade ${unfinishedTrade} has not ended`,
      'no unfinished trade in the instrument',
    );
  }
  // A trade that was just asked for is not in the trades table before the gateway has taken it.
  const anyAgoMs = since(lastAskedAt.any, signal.decidedAt);
  if (anyAgoMs < limits.answerWaitMs) {
    return refuse(
      `a trade was asked for ${anyAgoMs} ms ago`,
      `no ask in the instrument within ${limits.answerWaitMs} ms`,
    );
  }
  const strategyAgoMs = since(lastAskedAt.strategy, signal.decidedAt);
  if (strategyAgoMs >= limits.cooldownMs) return null;
  return refuse(
    `${signal.strategy} asked ${strategyAgoMs} ms ago`,
    `cooldown of ${limits.cooldownMs} ms between asks of one strategy in the instrument`,
  );
};

function since(at: number | null, now: number): number {
  return at === null ? Number.POSITIVE_INFINITY : now - at;
}
