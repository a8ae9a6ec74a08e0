import {
  type Instrument,
  type InstrumentId,
  type Money,
  type Quote,
  toNumber,
  type VenueCapabilities,
} from '@ballast/domain';
import {
  exposureOf,
  type HeldTrade,
  holdingsOf,
  type RecentPlan,
  type RiskFacts,
  type RiskLimits,
  type TradingHistory,
} from '@ballast/order-core';
import type { Opening } from './opening.ts';
import { ShownQuote } from './shown-quote.ts';
import type { Track } from './track.ts';
import type { TradeDesk } from './trade-desk.ts';
import { TradeResults } from './trade-results.ts';
import type { BacktestVenue } from './venue.ts';

/**
 * What the pre-trade rules look at, from the backtest's venue and trades: the same facts that the
 * gateway gathers live.
 */
export class AccountFacts {
  readonly results: TradeResults;
  readonly #venue: BacktestVenue;
  readonly #desk: TradeDesk;
  readonly #limits: RiskLimits;
  readonly #capabilities: VenueCapabilities;
  readonly #currency: string;
  readonly #tracks: ReadonlyMap<InstrumentId, Track>;
  readonly #recent: Opening[] = [];

  constructor(
    parts: {
      readonly venue: BacktestVenue;
      readonly desk: TradeDesk;
      readonly tracks: readonly Track[];
    },
    options: {
      readonly limits: RiskLimits;
      readonly capabilities: VenueCapabilities;
      readonly currency: string;
    },
  ) {
    this.#venue = parts.venue;
    this.#desk = parts.desk;
    this.#tracks = new Map(parts.tracks.map((track) => [track.instrument.id, track]));
    this.#limits = options.limits;
    this.#capabilities = options.capabilities;
    this.#currency = options.currency;
    this.results = new TradeResults(options.currency);
  }

  get equity(): Money {
    return { amount: this.#desk.equity(this.#currency), currency: this.#currency };
  }

  opened(opening: Opening): void {
    const since = opening.at - this.#limits.duplicateWithinMs;
    const recent = this.#recent;
    while ((recent[0]?.at ?? Infinity) < since) recent.shift();
    recent.push(opening);
  }

  /** Everything that a plan in this instrument is judged by at this moment. */
  of(instrument: Instrument, now: number): RiskFacts {
    const quoteOf = (id: InstrumentId): Quote | null => this.#quoteOf(id, now);
    const trades = this.#desk.trades();
    const { equity } = this;
    const holdings = holdingsOf({
      ...{ trades, unattributed: [], instruments: this.#venue.account.instruments, quoteOf },
      // Whatever is held a trade has entered: there is nothing else to explain.
      ledger: NOBODYS,
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
    now: number,
  ): { readonly account: number; readonly strategy: number; readonly sector: number } {
    const trades: readonly HeldTrade[] = this.#desk.trades();
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
    const recentOf = ({ id: tradeId, plan: of, at: createdAt }: Opening): RecentPlan => {
      return { tradeId, plan: of, createdAt };
    };
    return { ...this.results.asOf(now), recentPlans: this.#recent.map(recentOf) };
  }

  #quoteOf(id: InstrumentId, now: number): Quote | null {
    const track = this.#tracks.get(id);
    if (track === undefined || Number.isNaN(track.shown)) return null;
    return new ShownQuote(track, this.#venue.costs, now);
  }
}

const NOBODYS: Parameters<typeof holdingsOf>[0]['ledger'] = new Map();
