import { formatScaled, multiplyScaled } from '@ballast/domain';
import { outcome, type Rule } from '../facts.ts';
import { shareOfEquity, sumIn } from '../shares.ts';

/** Counts what trades that ended today (UTC) have realised, after fees. */
export const dailyLoss: Rule<'DAILY_LOSS'> = {
  code: 'DAILY_LOSS',
  text: 'The day has not lost its share of the equity yet',
  check({ facts: { balance, history, limits } }) {
    const share = `below ${shareOfEquity(limits.dailyLossShareMax)}`;
    if (history === null) return outcome(false, 'results of the day unknown', share);
    if (balance === null) return outcome(false, 'equity unknown', share);
    const { amount, currency } = balance.equity;
    const realised = sumIn(currency, history.realisedToday);
    if (realised === null) return outcome(false, `results not all in ${currency}`, share);
    const limit = multiplyScaled(amount, limits.dailyLossShareMax, 'floor');
    return outcome(
      limit > 0n && -realised < limit,
      `${formatScaled(realised)} ${currency} realised today`,
      `loss below ${formatScaled(limit)} ${currency} (${shareOfEquity(limits.dailyLossShareMax)})`,
    );
  },
};
