import { type Instrument, isSessionOpen, toNumber, type VenueCapabilities } from '@ballast/domain';
import type { RiskLimits, RuleVerdict } from '@ballast/order-core';
import type { SizedTicks } from './sized-ticks.ts';
import type { Standing } from './standing.ts';
import { floatOf } from './terms.ts';
import type { Track } from './track.ts';
import type { TradeResults } from './trade-results.ts';

/** The rules that `areKept` knows: one more, and it is sure of nothing. */
const KNOWN: ReadonlySet<RuleVerdict['rule']> = new Set([
  ...(['BRAKE_ENGAGED', 'INSTRUMENT_FROZEN', 'INSTRUMENT_BUSY', 'DUPLICATE_INTENT'] as const),
  ...(['MARKET_CLOSED', 'VENUE_QUIET', 'COVERAGE_GAP', 'QUOTE_STALE'] as const),
  ...(['SHORT_NOT_ALLOWED', 'ENTRY_UNSUPPORTED', 'ENTRY_EXPIRED'] as const),
  ...(['LEVELS_ON_WRONG_SIDE', 'TRIGGER_ON_WRONG_SIDE', 'PRICE_OFF_TICK'] as const),
  ...(['PRICE_OUT_OF_BAND', 'QUANTITY_OFF_LOT', 'QUANTITY_OUT_OF_RANGE'] as const),
  ...(['SLOT_TOO_SMALL', 'NOTIONAL_TOO_SMALL', 'RISK_PER_TRADE', 'POSITION_SHARE'] as const),
  ...(['INSTRUMENT_EXPOSURE', 'SECTOR_EXPOSURE', 'STRATEGY_EXPOSURE'] as const),
  ...(['ACCOUNT_EXPOSURE', 'POSITION_COUNT', 'DAILY_LOSS', 'LOSS_STREAK'] as const),
  'BUYING_POWER',
]);

/** More than all rounding of floats together. */
const SURELY_MORE = 1 + 1e-9;

/**
 * Whether every pre-trade rule surely passes, without a text for each: by float64, with more room
 * than they are wrong by. Whoever is not sure asks the rules themselves.
 */
export class SureRules {
  readonly #limits: RiskLimits;
  readonly #capabilities: VenueCapabilities;
  readonly #shares: Readonly<Record<ShareLimit, number>>;
  #knowsAll: boolean | null = null;

  constructor(limits: RiskLimits, capabilities: VenueCapabilities) {
    this.#limits = limits;
    this.#capabilities = capabilities;
    this.#shares = {
      riskPerTradeShareMax: toNumber(limits.riskPerTradeShareMax),
      positionShareMax: toNumber(limits.positionShareMax),
      instrumentShareMax: toNumber(limits.instrumentShareMax),
      sectorShareMax: toNumber(limits.sectorShareMax),
      strategyShareMax: toNumber(limits.strategyShareMax),
      accountShareMax: toNumber(limits.accountShareMax),
      dailyLossShareMax: toNumber(limits.dailyLossShareMax),
      priceBand: toNumber(limits.priceBand),
    };
  }

  /** The verdicts on a plan that every rule was asked about. */
  learn(verdicts: readonly RuleVerdict[]): void {
    if (this.#knowsAll !== null) return;
    const names = new Set(verdicts.map(({ rule }) => rule));
    this.#knowsAll = names.size === KNOWN.size && names.isSubsetOf(KNOWN);
  }

  /**
   * @param size of `sureSize`, which has seen to sides, ticks, lots, ranges and the least value
   * @param price expected of the entry, in ticks; `last` what the market shows
   */
  areKept(
    size: SizedTicks,
    {
      track,
      isLong,
      price,
      last,
      now,
    }: {
      readonly track: Track;
      readonly isLong: boolean;
      readonly price: number;
      readonly last: number;
      readonly now: number;
    },
    standing: Standing,
    results: TradeResults,
  ): boolean {
    const { lots, stop, target } = size;
    const { equity, trades, bound } = standing;
    if (this.#knowsAll !== true || track.isBusy) return false;
    if (!isLong && !this.#capabilities.shorting) return false;
    if (!this.#isCalm(track, now, results, equity) || trades >= this.#limits.openTradesMax) {
      return false;
    }
    const { ofUnit } = track.terms;
    const value = floatOf(lots * price, ofUnit) * SURELY_MORE;
    const risk = floatOf(lots * Math.abs(price - stop), ofUnit) * SURELY_MORE;
    const of = this.#shares;
    const furthest = Math.max(
      Math.abs(stop - last),
      Math.abs(target - last),
      Math.abs(price - last),
    );
    return (
      furthest * SURELY_MORE < of.priceBand * last &&
      risk < equity * of.riskPerTradeShareMax &&
      value < equity * Math.min(of.positionShareMax, of.instrumentShareMax) &&
      value + standing.inSector(track.instrument.sector) * SURELY_MORE <
        equity * of.sectorShareMax &&
      value + bound * SURELY_MORE < equity * Math.min(of.strategyShareMax, of.accountShareMax, 1)
    );
  }

  /** Nothing of before stands against another trade. */
  #isCalm(
    { instrument, askedAt }: Track,
    now: number,
    results: TradeResults,
    equity: number,
  ): boolean {
    const { duplicateWithinMs, lossStreakMax } = this.#limits;
    if (askedAt !== null && now - askedAt <= duplicateWithinMs) return false;
    if (results.withoutGain >= lossStreakMax || !isOpen(instrument, now)) return false;
    return -results.todayOf(now) * SURELY_MORE < equity * this.#shares.dailyLossShareMax;
  }
}

type ShareLimit =
  | {
      [Name in keyof RiskLimits]: Name extends `${string}ShareMax` ? Name : never;
    }[keyof RiskLimits]
  | 'priceBand';

const isOpen = ({ session }: Pick<Instrument, 'session'>, now: number): boolean =>
  session === 'continuous' || isSessionOpen(session, now);
