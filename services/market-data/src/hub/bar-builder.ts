import { type Bar, type Instrument, isSessionOpen, type PublicTrade } from '@ballast/domain';
import type { TradeCorrection } from '@ballast/feeds';
import { hasNumbersOf } from './bar-comparison.ts';
import { type Building, buildingOf, openedAt, toBar, withTrade } from './building.ts';
import { BARS_HELD_MS } from './held-bars.ts';

export const MINUTE_MS = 60_000;
/** After the end of a minute its last trades may still be under way for this long. */
export const GRACE_MS = 2_000;
/**
 * A minute was seen in full when the feed was live for this long before it began
 * and until it closed.
 */
const LIVE_MARGIN_MS = 2_000;
/**
 * Closed minutes kept for the comparison with the venue's bar: more than a standby holds back. It
 * asks nobody, and what it lets out at a takeover instead of what was told may be the worse bar.
 */
export const COMPARED_MAX = BARS_HELD_MS / MINUTE_MS + 5;
/** Minutes before the one that goes on whose trades are kept, where they may still change. */
export const KEPT_MINUTES = 3;
/** Minutes whose bar the venue still owes us; an older one is given up. */
export const AWAITED_MAX = 240;
/** How much of an instrument the venue is asked for at once. */
export const ASKED_MAX_MS = (AWAITED_MAX + 1) * MINUTE_MS;

/**
 * `inOrder` is false for a bar older than one that went out before: to be stored, not published.
 */
export type BarOutcome =
  | { readonly kind: 'bar'; readonly bar: Bar; readonly inOrder: boolean }
  /** The venue's bar is another than the one that went out: it is the one that counts. */
  | { readonly kind: 'corrected'; readonly built: Bar; readonly bar: Bar }
  | { readonly kind: 'missing'; readonly openTime: number }
  | { readonly kind: 'lateTrade'; readonly trade: PublicTrade }
  /** A trade that is not known here, or no longer, was taken back or changed. */
  | { readonly kind: 'uncorrected'; readonly correction: TradeCorrection };

const minuteOf = (time: number): number => time - (time % MINUTE_MS);

export type BuilderOptions = {
  readonly instrument: Pick<Instrument, 'id' | 'session'>;
  /** The first minute that is wanted, epoch ms. */
  readonly begin: number;
  /**
   * Whether trades of a closed minute may still come or change. Not where the source sends its own
   * bar of each minute: that corrects ours.
   */
  readonly keepsTrades: boolean;
  /** Whether the source opens a minute at the close of the one before: ours do so too. */
  readonly opensAtLastClose?: boolean;
};

/**
 * One-minute bars of one instrument as one source tells it, in the hours of its session. A minute
 * that was watched in full gives the bar of its trades; one that was not (start, lost connection),
 * or that had no trade, takes the source's own bar. Where the two differ a trade was lost on its
 * way, or came late: the source's own bar corrects ours. Times are epoch ms and come in from
 * outside.
 */
export class BarBuilder {
  readonly #options: BuilderOptions;
  #minute: number;
  #building: Building | null = null;
  #liveSince: number | null = null;
  #lastPublished: number;
  readonly #venueBars = new Map<number, Bar>();
  readonly #built = new Map<number, Bar>();
  readonly #awaited = new Set<number>();
  /** Closed minutes whose bar is that of our trades, and the venue's has not come yet. */
  readonly #unconfirmed = new Set<number>();
  /** Bars that have gone out from elsewhere, also of minutes that are not closed here. */
  readonly #told = new Map<number, Bar>();
  readonly #kept = new Map<number, PublicTrade[]>();

  constructor(options: BuilderOptions) {
    this.#options = options;
    this.#minute = minuteOf(options.begin);
    this.#lastPublished = this.#minute - MINUTE_MS;
  }

  trade(event: PublicTrade): BarOutcome[] {
    const own = minuteOf(event.eventTime);
    if (own < this.#minute) return this.#lateTrade(own, event);
    const outcomes: BarOutcome[] = [];
    while (own > this.#minute) this.#closeMinute(outcomes);
    this.#building = withTrade(this.#building, event);
    this.#keep(own, event);
    return outcomes;
  }

  /** A trade was taken back, or another stands in its place. */
  correct(correction: TradeCorrection): BarOutcome[] {
    const { venueTradeId, trade } = correction;
    for (const [minute, trades] of this.#kept) {
      const index = trades.findIndex((one) => one.venueTradeId === venueTradeId);
      const before = trades[index];
      if (before === undefined) continue;
      // Told later, traded then: at the time of the telling it would become the minute's close.
      const stands = trade === null ? [] : [{ ...trade, eventTime: before.eventTime }];
      trades.splice(index, 1, ...stands);
      if (minute === this.#minute) this.#building = buildingOf(trades);
      else if (trades.length > 0) return this.#buildAnew(minute, trades);
      else break;
      return [];
    }
    return [{ kind: 'uncorrected', correction }];
  }

  /** Closes what the clock has closed. */
  tick(now: number): BarOutcome[] {
    const outcomes: BarOutcome[] = [];
    while (now >= this.#minute + MINUTE_MS + GRACE_MS) this.#closeMinute(outcomes);
    return outcomes;
  }

  /** The venue's closed bar, from the socket or asked for later. */
  venueBar(bar: Bar): BarOutcome[] {
    if (bar.openTime >= this.#minute) {
      this.#venueBars.set(bar.openTime, bar);
      if (this.#venueBars.size > AWAITED_MAX) {
        this.#venueBars.delete(Math.max(...this.#venueBars.keys()));
      }
      return [];
    }
    this.#unconfirmed.delete(bar.openTime);
    if (this.#awaited.delete(bar.openTime)) return [this.#publish(bar)];
    const ours = this.#ourBar(bar.openTime);
    return ours === undefined ? [] : this.#compare(ours, bar);
  }

  /** The feed is live from `since` on, or, with null, not live. */
  setLive(since: number | null): void {
    this.#liveSince = since;
  }

  /** Nothing was read for a while, up to `now`: what was told meanwhile may never come. */
  interrupted(now: number): void {
    if (this.#liveSince !== null) this.#liveSince = now;
  }

  /** Starts of the closed minutes without a bar, oldest first. */
  awaited(): number[] {
    return [...this.#awaited].toSorted((a, b) => a - b);
  }

  /**
   * Starts of the closed minutes that the venue has not told its own bar of, oldest first. Ours may
   * lack what was lost on its way: a source can be mute for seconds, and its bar is lost with it.
   * Only while our bar is there to be held against it: a standby asks nobody, and what it was not
   * told in weeks would be asked for at a takeover, before the minutes around that.
   */
  unconfirmed(): number[] {
    const comparable = [...this.#unconfirmed].filter((one) => this.#ourBar(one) !== undefined);
    return comparable.toSorted((a, b) => a - b);
  }

  /** The bar of this minute came from elsewhere. */
  giveUp(openTime: number): void {
    this.#awaited.delete(openTime);
  }

  /**
   * This bar has gone out from elsewhere: where we have none, the venue's is held against it, and
   * asked for: who made it of trades may have ended before the venue could tell its own.
   */
  wasTold(bar: Bar): void {
    this.giveUp(bar.openTime);
    if (bar.builtFrom === 'venue') this.#unconfirmed.delete(bar.openTime);
    else if (!this.#built.has(bar.openTime)) this.#expectVenue(bar.openTime);
    this.#lastPublished = Math.max(this.#lastPublished, bar.openTime);
    remember(this.#told, bar);
  }

  /** Holds nothing more against what it has built itself of minutes that ended before `time`. */
  forgetBuilt(time: number): void {
    for (const openTime of this.#built.keys()) {
      if (openTime + MINUTE_MS < time) this.#built.delete(openTime);
    }
  }

  #keep(minute: number, trade: PublicTrade): void {
    if (!this.#options.keepsTrades) return;
    const trades = this.#kept.get(minute);
    if (trades !== undefined) {
      trades.push(trade);
      return;
    }
    this.#kept.set(minute, [trade]);
    for (const old of this.#kept.keys()) {
      if (old < minute - KEPT_MINUTES * MINUTE_MS) this.#kept.delete(old);
    }
  }

  #lateTrade(minute: number, trade: PublicTrade): BarOutcome[] {
    const trades = this.#kept.get(minute);
    if (trades === undefined || !this.#built.has(minute)) return [{ kind: 'lateTrade', trade }];
    trades.push(trade);
    return this.#buildAnew(minute, trades);
  }

  /** A closed minute whose trades have changed; what the source itself said of it stays. */
  #buildAnew(minute: number, trades: readonly PublicTrade[]): BarOutcome[] {
    const before = this.#built.get(minute);
    const building = buildingOf(trades);
    if (before?.builtFrom !== 'trades' || building === null) return [];
    const bar: Bar = { ...this.#barOf(minute, building), state: 'corrected' };
    if (hasNumbersOf(before, bar)) return [];
    this.#built.set(minute, bar);
    return [{ kind: 'corrected', built: before, bar }];
  }

  #closeMinute(outcomes: BarOutcome[]): void {
    const minute = this.#minute;
    if (!isSessionOpen(this.#options.instrument.session, minute)) {
      this.#venueBars.delete(minute);
      this.#building = null;
      this.#minute += MINUTE_MS;
      return;
    }
    const venue = this.#venueBars.get(minute);
    this.#venueBars.delete(minute);
    const seenInFull = this.#liveSince !== null && this.#liveSince + LIVE_MARGIN_MS <= minute;
    if (this.#building !== null && seenInFull) {
      const bar = this.#barOf(minute, this.#building);
      outcomes.push(this.#publish(bar));
      if (venue !== undefined) outcomes.push(...this.#compare(bar, venue));
      else this.#expectVenue(minute);
    } else if (venue !== undefined) {
      outcomes.push(this.#publish(venue));
    } else if (!this.#told.has(minute)) {
      this.#awaitVenue(minute, outcomes);
    }
    this.#building = null;
    this.#minute += MINUTE_MS;
  }

  #barOf(minute: number, building: Building): Bar {
    const bar = toBar(this.#options.instrument.id, minute, building);
    if (this.#options.opensAtLastClose !== true) return bar;
    const last = this.#ourBar(minute - MINUTE_MS);
    return last === undefined ? bar : openedAt(bar, last.close);
  }

  /** Of the last bars. */
  #ourBar(openTime: number): Bar | undefined {
    return this.#built.get(openTime) ?? this.#told.get(openTime);
  }

  #expectVenue(openTime: number): void {
    if (this.#options.keepsTrades || this.#told.get(openTime)?.builtFrom === 'venue') return;
    this.#unconfirmed.add(openTime);
    if (this.#unconfirmed.size <= COMPARED_MAX) return;
    this.#unconfirmed.delete(Math.min(...this.#unconfirmed));
  }

  #publish(bar: Bar): BarOutcome {
    const inOrder = bar.openTime > this.#lastPublished;
    if (inOrder) this.#lastPublished = bar.openTime;
    remember(this.#built, bar);
    return { kind: 'bar', bar, inOrder };
  }

  #compare(ours: Bar, venue: Bar): BarOutcome[] {
    // Another source has heard other trades: its bar stands for a missing one, and corrects none.
    if (ours.source !== venue.source) return [];
    // The venue may change its own bar once more.
    remember(this.#built, venue);
    if (hasNumbersOf(ours, venue)) return [];
    return [{ kind: 'corrected', built: ours, bar: { ...venue, state: 'corrected' } }];
  }

  #awaitVenue(openTime: number, outcomes: BarOutcome[]): void {
    this.#awaited.add(openTime);
    if (this.#awaited.size <= AWAITED_MAX) return;
    const oldest = Math.min(...this.#awaited);
    this.#awaited.delete(oldest);
    outcomes.push({ kind: 'missing', openTime: oldest });
  }
}

function remember(bars: Map<number, Bar>, bar: Bar): void {
  bars.set(bar.openTime, bar);
  if (bars.size > COMPARED_MAX) bars.delete(Math.min(...bars.keys()));
}
