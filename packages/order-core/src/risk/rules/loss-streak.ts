import { multiplyScaled } from '@ballast/domain';
import { outcome, type Rule, type TradingHistory } from '../facts.ts';

const MINUTE_MS = 60_000;

/** Each further loss after a streak begins the pause again; one trade that won ends the streak. */
export const lossStreak: Rule<'LOSS_STREAK'> = {
  code: 'LOSS_STREAK',
  text: 'After a streak of losing trades there is a pause',
  check({ facts: { now, balance, history, limits } }) {
    const { lossStreakMax, lossCooldownMs } = limits;
    const minutes = Math.ceil(lossCooldownMs / MINUTE_MS);
    const limit = `${minutes} min pause after ${lossStreakMax} losses in a row`;
    if (history === null) return outcome(false, 'results unknown', limit);
    if (balance === null) return outcome(false, 'equity unknown', limit);
    const scratch = multiplyScaled(balance.equity.amount, limits.scratchShare, 'floor');
    const { losses, lastLossAt } = streakOf(history.results, scratch > 0n ? scratch : 0n);
    const resumesAt = (lastLossAt ?? 0) + lossCooldownMs;
    const pausing = losses >= lossStreakMax && now < resumesAt;
    const left = Math.ceil((resumesAt - now) / MINUTE_MS);
    const seen = `${losses} losses in a row`;
    return outcome(!pausing, pausing ? `${seen}, ${left} min to wait` : seen, limit);
  },
};

/** Losing trades since the last one that won; `results` newest first. */
function streakOf(
  results: TradingHistory['results'],
  scratch: bigint,
): { losses: number; lastLossAt: number | null } {
  let losses = 0;
  let lastLossAt: number | null = null;
  for (const { endedAt, realised } of results) {
    if (realised.amount > 0n) break;
    if (realised.amount === 0n || -realised.amount < scratch) continue;
    losses += 1;
    lastLossAt ??= endedAt;
  }
  return { losses, lastLossAt };
}
