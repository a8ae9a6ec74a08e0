import { isSessionOpen, type TradingSession } from '@ballast/domain';
import { type KnownCoverage, outcome, type Rule } from '../facts.ts';

const MINUTE_MS = 60_000;

/**
 * What a plan was made on has no hole, as far as it matters: to a strategy in what its indicators
 * remember, to the operator in the last minutes. The one fact whose absence passes: an account in
 * instruments whose bars nobody looks for could never trade.
 */
export const coverage: Rule<'COVERAGE_GAP'> = {
  code: 'COVERAGE_GAP',
  text: 'The market data behind the plan has no known hole',
  check({ plan, instrument, facts: { coverage: known, limits, now } }) {
    const { signalCoverageMs, ticketCoverageMs, coverageLookMaxMs } = limits;
    const withinMs = plan.origin.kind === 'signal' ? signalCoverageMs : ticketCoverageMs;
    const limit = `no 1m bar missing in the last ${withinMs / MINUTE_MS} min`;
    if (known === null) return outcome(true, 'not measured', limit);
    if (isLate(known, instrument.session, now, coverageLookMaxMs)) {
      const seen = `bars not looked at for ${minutes(now - known.checkedUntil)} min`;
      return outcome(false, seen, `looked at within ${coverageLookMaxMs / MINUTE_MS} min`);
    }
    const gaps = known.gaps.filter(({ toTime }) => toTime >= now - withinMs);
    const [first] = gaps;
    if (first === undefined) return outcome(true, 'none missing', limit);
    const missing = gaps.reduce((sum, { bars }) => sum + bars, 0);
    const since = minutes(now - first.fromTime);
    return outcome(false, `${missing} bars of 1m missing, the oldest ${since} min ago`, limit);
  },
};

const minutes = (ms: number): number => Math.floor(ms / MINUTE_MS);

/** Bars that nobody has looked for are not there for certain; none are due while it is closed. */
function isLate(
  { checkedUntil }: KnownCoverage,
  session: TradingSession,
  now: number,
  allowedMs: number,
): boolean {
  const due = now - allowedMs;
  return checkedUntil < due && isSessionOpen(session, due) && isSessionOpen(session, now);
}
