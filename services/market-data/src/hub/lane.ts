import type { Bar, DataSource, PublicTrade } from '@ballast/domain';
import { type Heard, isFit } from './air.ts';
import {
  BarBuilder,
  type BuilderOptions,
  GRACE_MS,
  KEPT_MINUTES,
  MINUTE_MS,
} from './bar-builder.ts';
import { AHEAD_MAX_MS, createTradeFilter, type TradeFilter } from './trade-filter.ts';

/** Trades that an off-air lane holds back, for the moment that it is needed. */
const HELD_MAX = 1_000;
/** Bars of the last minutes. */
const BARS_MAX = 10;

/**
 * A trade that comes again can be counted twice while the bar of its minute is open. Nothing that
 * feeds a lane reaches further back: no source tells old trades on a subscription, none is asked
 * for recent ones, and what a takeover brings is held against the stream.
 */
const OPEN_BAR_MS = AHEAD_MAX_MS + MINUTE_MS + GRACE_MS;
/** The same where a closed minute is built anew when one of its trades comes late. */
const KEPT_BARS_MS = OPEN_BAR_MS + KEPT_MINUTES * MINUTE_MS;

/** One instrument as one source tells it. Each lane builds its own bars, on the air or not. */
export class Lane {
  readonly source: DataSource;
  readonly filter: TradeFilter;
  readonly builder: BarBuilder;
  readonly trades: Heard = { liveSince: null, lastAt: 0, missed: 0 };
  readonly quotes: Heard = { liveSince: null, lastAt: 0, missed: 0 };
  /** Venue time of the newest trade. */
  lastEventTime = 0;
  readonly #bars = new Map<number, Bar>();
  #held: PublicTrade[] = [];
  #isMute = false;

  readonly tellsQuotes: boolean;

  constructor(source: DataSource, options: BuilderOptions & { readonly tellsQuotes: boolean }) {
    this.source = source;
    this.tellsQuotes = options.tellsQuotes;
    this.filter = createTradeFilter(options.keepsTrades ? KEPT_BARS_MS : OPEN_BAR_MS);
    this.builder = new BarBuilder(options);
  }

  /** The feed is live from `since` on, or, with null, not live. */
  setLive(since: number | null): void {
    this.trades.liveSince = since;
    this.quotes.liveSince = this.tellsQuotes ? since : null;
    this.#isMute = false;
    this.builder.setLive(since);
  }

  /** To be called now and then: no minute is seen in full while others tell what it does not. */
  notice(now: number): void {
    if (this.#isMute || this.trades.liveSince === null || isFit(this.trades, now)) return;
    this.#isMute = true;
    this.builder.setLive(null);
  }

  /** It tells of trades, again or still. */
  heard(now: number): void {
    if (!this.#isMute) return;
    this.#isMute = false;
    this.builder.setLive(now);
  }

  /** What each told before cannot be held against the others: one alone is not listened to so. */
  compareFrom(now: number): void {
    for (const channel of [this.trades, this.quotes]) {
      channel.lastAt = now;
      channel.missed = 0;
    }
  }

  hold(trade: PublicTrade): void {
    this.#held.push(trade);
    if (this.#held.length > 2 * HELD_MAX) this.#held = this.#held.slice(-HELD_MAX);
  }

  /** Trades after `eventTime` that nobody has been told, oldest first; they are held no longer. */
  takeHeld(eventTime: number): PublicTrade[] {
    const held = this.#held.filter((trade) => trade.eventTime > eventTime);
    this.#held = [];
    return held;
  }

  keep(bar: Bar): void {
    this.#bars.set(bar.openTime, bar);
    if (this.#bars.size > BARS_MAX) this.#bars.delete(Math.min(...this.#bars.keys()));
  }

  barAt(openTime: number): Bar | undefined {
    return this.#bars.get(openTime);
  }

  /** Bars that opened at or after `openTime`, oldest first. */
  barsSince(openTime: number): Bar[] {
    const bars = [...this.#bars.values()].filter((bar) => bar.openTime >= openTime);
    return bars.toSorted((a, b) => a.openTime - b.openTime);
  }
}

/** Something was told by `lane`: by it not by the others. */
export function hear(
  lanes: readonly Lane[],
  lane: Lane,
  channel: 'trades' | 'quotes',
  now: number,
): void {
  for (const other of lanes) other[channel].missed += 1;
  lane[channel].missed = 0;
  lane[channel].lastAt = now;
}
