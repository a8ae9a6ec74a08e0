import {
  formatScaled,
  type Instrument,
  type InstrumentId,
  type Money,
  type Quote,
  toNumber,
  type VenueCapabilities,
} from '@ballast/domain';
import {
  exposureOf,
  holdingsOf,
  type RecentPlan,
  type RiskFacts,
  type RiskLimits,
  type Trade,
  type TradingHistory,
} from '@ballast/order-core';
import { walletOf } from '@ballast/sim-core';
import { realisedOf } from './ended-trade.ts';
import type { BacktestVenue } from './venue.ts';

const DAY_MS = 86_400_000;
/** More results than any limit speaks of. */
const RESULTS_MAX = 64;

/**
 * What the pre-trade rules look at, from the backtest's venue and trades: the same facts that the
 * gateway gathers live.
 */
export class AccountFacts {
  readonly #venue: BacktestVenue;
  readonly #limits: RiskLimits;
  readonly #capabilities: VenueCapabilities;
  readonly #currency: string;
  #results: { readonly endedAt: number; readonly realised: Money }[] = [];
  #recentPlans: RecentPlan[] = [];

  constructor(
    venue: BacktestVenue,
    options: {
      readonly limits: RiskLimits;
      readonly capabilities: VenueCapabilities;
      readonly currency: string;
    },
  ) {
    this.#venue = venue;
    this.#limits = options.limits;
    this.#capabilities = options.capabilities;
    this.#currency = options.currency;
  }

  get equity(): Money {
    const { equity } = walletOf(this.#venue.account, this.#currency);
    return { amount: equity, currency: this.#currency };
  }

  opened(trade: Trade): void {
    const { id: tradeId, plan, createdAt } = trade;
    const since = createdAt - this.#limits.duplicateWithinMs;
    this.#recentPlans = this.#recentPlans.filter((one) => one.createdAt >= since);
    this.#recentPlans.push({ tradeId, plan, createdAt });
  }

  ended(trade: Trade): void {
    const endedAt = trade.endedAt ?? trade.createdAt;
    this.#results.unshift({ endedAt, realised: realisedOf(trade) });
    const today = endedAt - (endedAt % DAY_MS);
    const isNeeded = ({ endedAt: at }: { readonly endedAt: number }, index: number): boolean =>
      index < RESULTS_MAX || at >= today;
    this.#results = this.#results.filter(isNeeded);
  }

  /** Everything that a plan in this instrument is judged by at this moment. */
  of(instrument: Instrument, trades: readonly Trade[], now: number): RiskFacts {
    const quoteOf = (id: InstrumentId): Quote | null => this.#quoteOf(id, now);
    const positions = trades.map(({ plan, position }) => [plan.instrument, position] as const);
    const { equity } = this;
    const holdings = holdingsOf({
      ...{ trades, unattributed: [], instruments: this.#venue.account.instruments, quoteOf },
      ledger: new Map(positions),
      balance: { equity, available: equity },
      // All that is open is taken off what is available: the account buys without credit.
      balanceAt: 0,
    });
    return {
      ...{ now, limits: this.#limits, instrument, quote: quoteOf(instrument.id) },
      ...{ brake: 'released', frozen: null, ...holdings },
      venue: { capabilities: this.#capabilities, quietWindow: null },
      coverage: null,
      history: this.#history(now),
    };
  }

  /** What is bound of the account already, as parts of its equity: all of it by one strategy. */
  shares(
    { sector }: Pick<Instrument, 'sector'>,
    trades: readonly Trade[],
    now: number,
  ): { readonly account: number; readonly strategy: number; readonly sector: number } {
    if (trades.length === 0) return { account: 0, strategy: 0, sector: 0 };
    const equity = toNumber(this.equity.amount);
    let [all, inSector] = [0, 0];
    for (const trade of trades) {
      const exposure = exposureOf(trade, this.#quoteOf(trade.plan.instrument, now));
      const notional = toNumber(exposure.notional.amount);
      all += notional;
      if (exposure.sector === sector && sector !== null) inSector += notional;
    }
    return { account: all / equity, strategy: all / equity, sector: inSector / equity };
  }

  #history(now: number): TradingHistory {
    const today = now - (now % DAY_MS);
    return {
      realisedToday: this.#realisedSince(today),
      results: this.#results,
      recentPlans: this.#recentPlans,
    };
  }

  #realisedSince(from: number): Money[] {
    const amount = this.#results
      .filter(({ endedAt }) => endedAt >= from)
      .reduce((sum, { realised }) => sum + realised.amount, 0n);
    return [{ amount, currency: this.#currency }];
  }

  #quoteOf(id: InstrumentId, now: number): Quote | null {
    const print = this.#venue.account.books.get(id)?.print;
    if (print === undefined) return null;
    const size = formatScaled(print.depth);
    return {
      ...{ instrument: id, source: 'replay', bid: formatScaled(print.bid), bidQuantity: size },
      ...{ ask: formatScaled(print.ask), askQuantity: size, last: formatScaled(print.price) },
      ...{ eventTime: now, receivedTime: now },
    };
  }
}
