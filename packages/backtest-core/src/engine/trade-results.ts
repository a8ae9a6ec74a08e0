import { DAY_MS, type Money, toNumber } from '@ballast/domain';
import type { TradingHistory } from '@ballast/order-core';

type Result = { readonly endedAt: number; readonly realised: Money };

/** More results than any limit speaks of. */
const RESULTS_MAX = 64;
const PRUNED_FROM = 1_024;

/** What the trades that have ended realised, as far as the pre-trade rules look back. */
export class TradeResults {
  /** How many trades in a row, up to the last, have won nothing. */
  withoutGain = 0;
  readonly #currency: string;
  /** The oldest first. */
  #results: Result[] = [];
  #pruneAt = PRUNED_FROM;
  #day = NaN;
  #dayRealised = 0n;

  constructor(currency: string) {
    this.#currency = currency;
  }

  /** @param realised after fees, exact; @param endedAt epoch ms, never before the one before */
  add(endedAt: number, amount: bigint): void {
    this.withoutGain = amount > 0n ? 0 : this.withoutGain + 1;
    const day = endedAt - (endedAt % DAY_MS);
    this.#dayRealised = day === this.#day ? this.#dayRealised + amount : amount;
    this.#day = day;
    this.#results.push({ endedAt, realised: { amount, currency: this.#currency } });
    if (this.#results.length < this.#pruneAt) return;
    this.#results = this.#looked(day).toReversed();
    this.#pruneAt = Math.max(PRUNED_FROM, 2 * this.#results.length);
  }

  /** Realised since the UTC day of `now` began, to some digits of a float64. */
  todayOf(now: number): number {
    return this.#day >= now - (now % DAY_MS) ? toNumber(this.#dayRealised) : 0;
  }

  asOf(now: number): Pick<TradingHistory, 'realisedToday' | 'results'> {
    const today = now - (now % DAY_MS);
    const results = this.#looked(today);
    const amount = results
      .filter(({ endedAt }) => endedAt >= today)
      .reduce((sum, { realised }) => sum + realised.amount, 0n);
    return { realisedToday: [{ amount, currency: this.#currency }], results };
  }

  /** The newest first: as many as limits speak of, and all of a day. */
  #looked(day: number): Result[] {
    const newest: Result[] = [];
    for (let index = this.#results.length - 1; index >= 0; index -= 1) {
      const result = this.#results[index];
      if (result === undefined || (newest.length >= RESULTS_MAX && result.endedAt < day)) break;
      newest.push(result);
    }
    return newest;
  }
}
