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
import { checkBars, checkLength, type Hole, holesInSound } from './bars-check.ts';
import type { BlockedEntry } from './blocked-entry.ts';
import type { Costs } from './costs.ts';
import type { CourseMemory } from './course-memory.ts';
import { Decider } from './decide.ts';
import type { EndedTrade } from './ended-trade.ts';
import { type HandedOn, memoryUnder } from './handed-on.ts';
import { walkBar } from './inside-bar.ts';
import { listen } from './listen.ts';
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
  /**
   * Whether trades of one shape go the way that the order core went with the first of them, and one
   * in how many is followed by the core itself too. Null: the core steps each. The result is the
   * same.
   */
  readonly memory?: { readonly checkedOneIn: number } | null;
  /** What earlier runs have learned. `handingOn` */
  readonly handedOn?: HandedOn;
};

/** As many orders as the matcher takes on one account. */
const ORDERS_MAX = 500;
/** Of one trade, at most at once. */
const ORDERS_A_TRADE = 2;

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
  const run = new Run(
    all,
    options,
    all.map((series) => check(series, options)),
  );
  run.toEnd();
  return run.result();
}

/** @returns what is missing among its bars */
function check(series: Series, { cash, handedOn }: BacktestOptions): readonly Hole[] {
  const [{ instrument, bars, finer, model }, { currency }] = [series, cash];
  const holes = holesInSound(series, handedOn?.sound ?? null);
  checkLength(instrument, bars, model.warmUp);
  if (finer !== undefined) checkBars(instrument, finer);
  if (instrument.quoteCurrency !== currency) {
    const detail = `${instrument.id} is paid in ${instrument.quoteCurrency}, the account is in ${currency}`;
    throw new InvalidInput('CURRENCIES_DIFFER', detail);
  }
  if (instrument.multiplier !== 10n ** 18n) {
    const detail = `${instrument.id}: only contracts of one unit can be tried on bars`;
    throw new InvalidInput('MULTIPLIER_UNSUPPORTED', detail);
  }
  return holes;
}

class Run {
  readonly #tracks: readonly Track[];
  readonly #times: Float64Array;
  readonly #equity: Float64Array;
  readonly #desk: TradeDesk;
  readonly #shadows: ShadowTrades;
  readonly #decider: Decider;
  readonly #ended: EndedTrade[] = [];

  constructor(
    all: readonly Series[],
    options: BacktestOptions,
    holes: readonly (readonly Hole[])[],
  ) {
    const { cash, costs, account, limits, capabilities } = options;
    const { currency } = cash;
    const times = timelineOf(all);
    this.#times = times;
    this.#tracks = all.map((series, at) => startTrack(series, times.length, holes[at] ?? []));
    this.#equity = new Float64Array(this.#times.length);
    const money = new Map([[currency, cash.amount]]);
    const memory = memoryFor(all, options);
    const venue = new BacktestVenue(all, { cash: money, costs, account });
    this.#desk = new TradeDesk(venue, {
      ...{ account, capabilities, memory },
      onEnded: (trade, { endedAt, realised }) => {
        known.results.add(endedAt, realised);
        this.#ended.push(trade);
      },
    });
    const parts = { venue, desk: this.#desk, tracks: this.#tracks };
    const known = new AccountFacts(parts, { limits, capabilities, currency });
    this.#shadows = new ShadowTrades(options, memory);
    const [desk, shadows] = [this.#desk, this.#shadows];
    this.#decider = new Decider({ desk, account: known, shadows, memory }, options);
  }

  toEnd(): void {
    for (const track of this.#tracks) listen(track);
    const [only, ...others] = this.#tracks;
    if (only !== undefined && others.length === 0) this.#alone(only);
    else this.#together(this.#tracks);
  }

  #alone(track: Track): void {
    const [times, equity, desk] = [this.#times, this.#equity, this.#desk];
    const [active, last] = [[track], track.rows - 1];
    for (let row = 0; row <= last; row += 1) {
      if (!track.isFunded && this.#shadows.size === 0) row = this.#pass(track, row);
      track.row = row;
      this.#act(active, 1, times[row] ?? 0);
      equity[row] = desk.value();
    }
  }

  /**
   * The bars from `row` on in which nothing happens, before the strategy speaks: to an account that
   * holds nothing, or while no price reaches an order. @returns the first in which something may
   */
  #pass(track: Track, row: number): number {
    const [equity, { cash }] = [this.#equity, this.#desk];
    const until = Math.min(track.speaksAt, track.rows - 1);
    if (!track.isBusy) {
      equity.fill(cash, row, until);
      return Math.max(row, until);
    }
    const { open, low, high, close } = track.bars;
    const { calmFrom, calmTo, below, above, follows, quantity, cost } = track;
    if (follows) return row;
    let at = row;
    for (; at < until; at += 1) {
      const price = open[at] ?? NaN;
      if (!(price > calmFrom && price < calmTo)) break;
      if ((low[at] ?? NaN) <= below || (high[at] ?? NaN) >= above) break;
      equity[at] = cash + (quantity * (close[at] ?? NaN) - cost);
    }
    if (at > row) track.shown = open[at - 1] ?? NaN;
    return at;
  }

  #together(tracks: readonly Track[]): void {
    const [times, equity, desk] = [this.#times, this.#equity, this.#desk];
    const rows = new Int32Array(tracks.length);
    const active = [...tracks];
    for (let at = 0; at < times.length; at += 1) {
      const time = times[at] ?? 0;
      let count = 0;
      for (let index = 0; index < tracks.length; index += 1) {
        const [track, row] = [tracks[index], rows[index] ?? 0];
        if (track === undefined || (!track.isWhole && track.bars.openTime[row] !== time)) continue;
        rows[index] = row + 1;
        if (!this.#concerns(track, row)) continue;
        track.row = row;
        active[count] = track;
        count += 1;
      }
      if (count > 0) this.#act(active, count, time);
      equity[at] = desk.value();
    }
  }

  /** Whether anything happens in this bar, as far as can be told before it. */
  #concerns({ isBusy, isFunded, speaksAt, rows }: Track, row: number): boolean {
    return isBusy || isFunded || row === speaksAt || row + 1 === rows || this.#shadows.size > 0;
  }

  /** The bars of the first `count` tracks, which open at this time. */
  #act(active: readonly Track[], count: number, time: number): void {
    for (let index = 0; index < count; index += 1) {
      const track = active[index];
      if (track === undefined) continue;
      if (track.isBusy || track.isFunded || this.#shadows.size > 0) this.#trade(track, time);
    }
    for (let index = 0; index < count; index += 1) {
      const track = active[index];
      if (track !== undefined && track.row === track.speaksAt) this.#heed(track, time);
    }
    this.#decider.decide();
    for (let index = 0; index < count; index += 1) {
      const track = active[index];
      if (track === undefined) continue;
      if (track.row === track.speaksAt) listen(track);
      track.row += 1;
      if (track.row === track.rows) this.#finish(track);
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
      bars: this.#tracks.reduce((sum, { rows }) => sum + rows, 0),
      signals: this.#decider.signals,
      notAsked: this.#decider.notAsked,
      holes,
    };
  }

  /** What the bar does to what is held. */
  #trade(track: Track, time: number): void {
    const { row, bars } = track;
    const rate = track.isFunded ? track.known.settle(time) : 0;
    if (rate !== 0) {
      this.#desk.fund(track, bars.open[row] ?? NaN, rate);
      this.#shadows.fund(track, bars.open[row] ?? NaN, rate);
    }
    this.#shadows.trade(track, time);
    if (!track.isBusy) return;
    const open = bars.open[row] ?? NaN;
    if (open > track.calmFrom && open < track.calmTo) track.shown = open;
    else this.#desk.open(track, open, time);
    const isReached =
      (bars.low[row] ?? NaN) <= track.below || (bars.high[row] ?? NaN) >= track.above;
    if (isReached || track.follows) walkBar(this.#desk, track, row, time);
  }

  /** What the strategy says on the bar's close. */
  #heed(track: Track, time: number): void {
    const { said } = track;
    const now = decidedAt(track, time);
    const held = track.isBusy ? this.#desk.openingOf(track.instrument.id) : undefined;
    if (held !== undefined && isLeft(said, held.direction)) {
      this.#desk.leave(track, now, 'the strategy leaves');
    }
    if (this.#shadows.size > 0) this.#shadows.leave(track, (one) => isLeft(said, one), now);
    if (track.row === track.rows - 1) return;
    const entry = entryOf(said);
    if (entry !== null) this.#decider.propose({ track, direction: entry, now });
  }

  #finish(track: Track): void {
    const { close, openTime } = track.bars;
    const last = track.rows - 1;
    const [price, at] = [close[last] ?? NaN, decidedAt(track, openTime[last] ?? 0)];
    this.#desk.finish(track, price, at);
    this.#shadows.finish(track, price, at);
  }
}

/**
 * Nothing is remembered where the venue's answer depends on more than the trade: where its orders
 * do not all fit on the account, and where stop and target cannot both rest.
 */
function memoryFor(all: readonly Series[], options: BacktestOptions): CourseMemory | null {
  const { memory, capabilities, limits } = options;
  const trades = Math.min(all.length, limits.openTradesMax);
  if (memory === null || capabilities.exits !== 'reduceOnly') return null;
  if ((trades + 1) * ORDERS_A_TRADE > ORDERS_MAX) return null;
  return memoryUnder(options);
}

const isLeft = (said: number, one: TradeDirection): boolean =>
  (said & (one === 'long' ? SAYS.leaveLong : SAYS.leaveShort)) !== 0;

function entryOf(said: number): TradeDirection | null {
  if ((said & SAYS.enterLong) !== 0) return 'long';
  return (said & SAYS.enterShort) !== 0 ? 'short' : null;
}
