import { InvalidInput, isTimeframe, type Timeframe, TIMEFRAMES } from '@ballast/domain';

/** For how many months bars of a timeframe are kept; one that is not named is kept for good. */
export type KeptMonths = ReadonlyMap<Timeframe, number>;

const MONTHS_MAX = 1_200;
const ENTRY = /^([0-9a-z]+):(\d{1,4})$/;

/**
 * For example `1m:24,5m:60`.
 * @throws InvalidInput BARS_KEPT_MALFORMED
 */
export function parseKeptMonths(text: string): KeptMonths {
  const kept = new Map<Timeframe, number>();
  for (const entry of text.split(',').map((one) => one.trim())) {
    const [, timeframe = '', count = ''] = ENTRY.exec(entry) ?? [];
    const months = Number(count);
    if (!isTimeframe(timeframe) || months < 1 || months > MONTHS_MAX || kept.has(timeframe)) {
      const message = `"${entry}" is not a timeframe (${TIMEFRAMES.join(', ')}) and its months`;
      throw new InvalidInput('BARS_KEPT_MALFORMED', message);
    }
    kept.set(timeframe, months);
  }
  return kept;
}

/** Bars that opened before the month of this moment (epoch ms) are let go. */
export function keptFrom(months: number, now: number): number {
  const today = new Date(now);
  return Date.UTC(today.getUTCFullYear(), today.getUTCMonth() - months, 1);
}
