import {
  type InstrumentId,
  InvalidInput,
  type Money,
  type StrategyName,
  type TradeDirection,
  type VenueCapabilities,
} from '@ballast/domain';
import type { RiskLimits } from '@ballast/order-core';
import { type GateConfiguration, SAYS } from '@ballast/strategies';
import { AccountFacts } from './account-facts.ts';
import { checkBars, type Hole } from './bars-check.ts';
import type { BlockedEntry } from './blocked-entry.ts';
import type { Costs } from './costs.ts';
import { Decider } from './decide.ts';
import type { EndedTrade } from './ended-trade.ts';
import { walkBar } from './inside-bar.ts';
import { ShadowTrades } from './shadow-trades.ts';
import { timelineOf } from './timeline.ts';
import { decidedAt, type Series, startTrack, type Track } from './track.ts';
import { TradeDesk } from './trade-desk.ts';
import { BacktestVenue } from './venue.ts';

export type BacktestOptions = {
  readonly strategy: StrategyName;
  readonly account: string;
  readonly cash: Money;
  readonly costs: Costs;
  readonly capabilities: VenueCapabilities;
  readonly limits: RiskLimits;
  readonly gates: GateConfiguration;
  /**
   * At scale 18: parts of the equity that may be lost at the stop and bound by a position, and of
   * what a bar traded that a trade may be; null for no such cap.
   */
  readonly sizing: {
    readonly risk: bigint;
    readonly notional: bigint;
    readonly volume: bigint | null;
  };
};

export type BacktestResult = {
  readonly trades: readonly EndedTrade[];
  readonly blocked: readonly BlockedEntry[];
  /** At the close of each moment's bars; open times, epoch ms, and the account's currency. */
  readonly equity: { readonly time: Float64Array; readonly value: Float64Array };
  readonly bars: number;
  /** Those that entered and those that were blocked. */
  readonly signals: number;
  /** How often a gate let a signal pass since what it looks at is not recorded. */
  readonly notAsked: ReadonlyMap<string, number>;
  /** Bars that are missing among those that were given. */
  readonly holes: readonly (Hole & { readonly instrument: InstrumentId })[];
};

/**
 * A strategy over the bars of one or many instruments on one account. On a bar's close it is asked,
 * its entries pass gates, sizing and the pre-trade rules, and become trades of the order core; they
 * fill at the next bar's open. Nothing after a bar is looked at for what is decided on it.
 * @throws InvalidInput for bars that no strategy can be tried on, with the row and what is wrong
 */
export function runBacktest(all: readonly Series[], options: BacktestOptions): BacktestResult {
  for (const series of all) check(series, options.cash.currency);
  const run = new Run(all, options);
  run.toEnd();
  return run.result();
}

function check({ instrument, bars, finer, model }: Series, currency: string): void {
  checkBars(instrument, bars, model.warmUp);
  if (finer !== undefined) checkBars(instrument, finer, 0);
  if (instrument.quoteCurrency !== currency) {
    const detail = `${instrument.id} is paid in ${instrument.quoteCurrency}, the account is in ${currency}`;
    throw new InvalidInput('CURRENCIES_DIFFER', detail);
  }
  if (instrument.multiplier !== 10n ** 18n) {
    const detail = `${instrument.id}: only contracts of one unit can be tried on bars`;
    throw new InvalidInput('MULTIPLIER_UNSUPPORTED', detail);
  }
}

class Run {
  readonly #tracks: readonly Track[];
  readonly #times: Float64Array;
  readonly #equity: Float64Array;
  readonly #venue: BacktestVenue;
  readonly #desk: TradeDesk;
  readonly #shadows: ShadowTrades;
  readonly #decider: Decider;
  readonly #ended: EndedTrade[] = [];
  #bars = 0;

  constructor(all: readonly Series[], options: BacktestOptions) {
    const { cash, costs, account, limits, capabilities } = options;
    this.#tracks = all.map(startTrack);
    this.#times = timelineOf(all);
    this.#equity = new Float64Array(this.#times.length);
    const money = new Map([[cash.currency, cash.amount]]);
    this.#venue = new BacktestVenue(all, { cash: money, costs, account });
    const known = new AccountFacts(this.#venue, { limits, capabilities, currency: cash.currency });
    this.#desk = new TradeDesk(this.#venue, (trade, ended) => {
      known.ended(trade);
      this.#ended.push(ended);
    });
    this.#shadows = new ShadowTrades(options);
    const parts = { desk: this.#desk, account: known, shadows: this.#shadows };
    this.#decider = new Decider(parts, options);
  }

  toEnd(): void {
    const active: Track[] = [];
    for (let at = 0; at < this.#times.length; at += 1) {
      const time = this.#times[at] ?? 0;
      active.length = 0;
      for (const track of this.#tracks) {
        if (track.bars.openTime[track.row] === time) active.push(track);
      }
      for (const track of active) this.#trade(track, time);
      for (const track of active) this.#ask(track, time);
      this.#decider.decide();
      for (const track of active) this.#step(track);
      this.#equity[at] = this.#valueNow();
    }
  }

  result(): BacktestResult {
    const holes = this.#tracks.flatMap(({ instrument, holes: all }) =>
      all.map((hole) => ({ instrument: instrument.id, ...hole })),
    );
    return {
      trades: this.#ended,
      blocked: this.#decider.blocked,
      equity: { time: this.#times, value: this.#equity },
      bars: this.#bars,
      signals: this.#decider.signals,
      notAsked: this.#decider.notAsked,
      holes,
    };
  }

  /** What the bar does to what is held. */
  #trade(track: Track, time: number): void {
    const { row, bars } = track;
    const rate = track.known.settle(time);
    if (rate !== 0) {
      this.#desk.fund(track, bars.open[row] ?? NaN, rate);
      this.#shadows.fund(track, bars.open[row] ?? NaN, rate);
    }
    this.#shadows.trade(track, time);
    if (!this.#desk.isBusy(track)) return;
    this.#desk.open(track, bars.open[row] ?? NaN, time);
    const isReached =
      (bars.low[row] ?? NaN) <= track.below || (bars.high[row] ?? NaN) >= track.above;
    if (isReached || track.follows) walkBar(this.#desk, track, row, time);
  }

  /** What the strategy says on the bar's close. */
  #ask(track: Track, time: number): void {
    const { row, bars, model, state } = track;
    const now = decidedAt(track, time);
    track.known.moveTo(now);
    const said = model.step(state, 0, bars, row, track.known.values);
    if (said === 0 || row < model.warmUp) return;
    const held = this.#desk.tradeOf(track.instrument.id)?.plan.direction;
    const isLeft = (one: TradeDirection): boolean =>
      (said & (one === 'long' ? SAYS.leaveLong : SAYS.leaveShort)) !== 0;
    if (held !== undefined && isLeft(held)) this.#desk.leave(track, now, 'the strategy leaves');
    this.#shadows.leave(track, isLeft, now);
    if (row === bars.openTime.length - 1) return;
    const entry = entryOf(said);
    if (entry !== null) this.#decider.propose({ track, direction: entry, now });
  }

  #step(track: Track): void {
    this.#bars += 1;
    track.row += 1;
    if (track.row < track.bars.openTime.length) return;
    const last = track.row - 1;
    const { close, openTime } = track.bars;
    const [price, at] = [close[last] ?? NaN, decidedAt(track, openTime[last] ?? 0)];
    this.#desk.finish(track, price, at);
    this.#shadows.finish(track, price, at);
  }

  /** The account at the last closes, in its currency. */
  #valueNow(): number {
    let value = this.#desk.cash;
    if (this.#desk.isIdle) return value;
    for (const track of this.#desk.busy()) {
      if (track.quantity === 0) continue;
      value += track.quantity * (track.bars.close[track.row - 1] ?? NaN) - track.cost;
    }
    return value;
  }
}

function entryOf(said: number): TradeDirection | null {
  if ((said & SAYS.enterLong) !== 0) return 'long';
  return (said & SAYS.enterShort) !== 0 ? 'short' : null;
}
