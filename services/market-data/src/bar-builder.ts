import {
  type Bar,
  type DataSource,
  parseScaled,
  formatScaled,
  type InstrumentId,
  type PublicTrade,
} from '@ballast/domain';

export const MINUTE_MS = 60_000;
/** After the end of a minute its last trades may still be under way for this long. */
const GRACE_MS = 2_000;
/**
 * A minute was seen in full when the feed was live for this long before it began
 * and until it closed.
 */
const LIVE_MARGIN_MS = 2_000;
/** Closed minutes kept for the comparison with the venue's bar. */
const COMPARED_MAX = 10;
/** Minutes whose bar the venue still owes us; an older one is given up. */
export const AWAITED_MAX = 240;

/**
 * `inOrder` is false for a bar older than one that went out before: to be stored, not published.
 */
export type BarOutcome =
  | { readonly kind: 'bar'; readonly bar: Bar; readonly inOrder: boolean }
  /** The venue's bar is another than the one that went out: it is the one that counts. */
  | { readonly kind: 'corrected'; readonly built: Bar; readonly bar: Bar }
  | { readonly kind: 'missing'; readonly openTime: number }
  | { readonly kind: 'lateTrade'; readonly trade: PublicTrade };

type Building = {
  source: DataSource;
  open: string;
  openedAt: number;
  close: string;
  closedAt: number;
  high: string;
  highScaled: bigint;
  low: string;
  lowScaled: bigint;
  volume: bigint;
  count: number;
};

const minuteOf = (time: number): number => time - (time % MINUTE_MS);

/**
 * One-minute bars of one instrument. A minute that was watched in full gives the bar of its trades;
 * one that was not (start, lost connection), or that had no trade, takes the venue's bar. Where the
 * two differ a trade was lost on its way, or came late: the venue's own bar corrects ours.
 * Times are epoch ms and come in from outside; `begin` is the first minute that is wanted.
 */
export class BarBuilder {
  readonly #instrument: InstrumentId;
  #minute: number;
  #building: Building | null = null;
  #liveSince: number | null = null;
  #lastPublished: number;
  readonly #venueBars = new Map<number, Bar>();
  readonly #built = new Map<number, Bar>();
  readonly #awaited = new Set<number>();

  constructor(instrument: InstrumentId, begin: number) {
    this.#instrument = instrument;
    this.#minute = minuteOf(begin);
    this.#lastPublished = this.#minute - MINUTE_MS;
  }

  trade(event: PublicTrade): BarOutcome[] {
    const own = minuteOf(event.eventTime);
    if (own < this.#minute) return [{ kind: 'lateTrade', trade: event }];
    const outcomes: BarOutcome[] = [];
    while (own > this.#minute) this.#closeMinute(outcomes);
    this.#building = withTrade(this.#building, event);
    return outcomes;
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
    if (this.#awaited.delete(bar.openTime)) return [this.#publish(bar)];
    const ours = this.#built.get(bar.openTime);
    return ours === undefined ? [] : this.#compare(ours, bar);
  }

  /** The feed is live from `since` on, or, with null, not live. */
  setLive(since: number | null): void {
    this.#liveSince = since;
  }

  /** Start of the oldest closed minute without a bar, null when there is none. */
  oldestAwaited(): number | null {
    return this.#awaited.size === 0 ? null : Math.min(...this.#awaited);
  }

  #closeMinute(outcomes: BarOutcome[]): void {
    const minute = this.#minute;
    const venue = this.#venueBars.get(minute);
    this.#venueBars.delete(minute);
    const seenInFull = this.#liveSince !== null && this.#liveSince + LIVE_MARGIN_MS <= minute;
    if (this.#building !== null && seenInFull) {
      const bar = toBar(this.#instrument, minute, this.#building);
      outcomes.push(this.#publish(bar));
      if (venue === undefined) this.#remember(bar);
      else outcomes.push(...this.#compare(bar, venue));
    } else if (venue === undefined) {
      this.#awaitVenue(minute, outcomes);
    } else {
      outcomes.push(this.#publish(venue));
    }
    this.#building = null;
    this.#minute += MINUTE_MS;
  }

  #publish(bar: Bar): BarOutcome {
    const inOrder = bar.openTime > this.#lastPublished;
    if (inOrder) this.#lastPublished = bar.openTime;
    return { kind: 'bar', bar, inOrder };
  }

  #remember(bar: Bar): void {
    this.#built.set(bar.openTime, bar);
    if (this.#built.size > COMPARED_MAX) this.#built.delete(Math.min(...this.#built.keys()));
  }

  #compare(ours: Bar, venue: Bar): BarOutcome[] {
    this.#built.delete(ours.openTime);
    if (isSame(ours, venue)) return [];
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

function withTrade(building: Building | null, trade: PublicTrade): Building {
  const { price, eventTime } = trade;
  const scaled = parseScaled(price);
  const volume = parseScaled(trade.quantity);
  if (building === null) {
    return {
      source: trade.source,
      open: price,
      openedAt: eventTime,
      close: price,
      closedAt: eventTime,
      high: price,
      highScaled: scaled,
      low: price,
      lowScaled: scaled,
      volume,
      count: 1,
    };
  }
  if (eventTime < building.openedAt) {
    building.open = price;
    building.openedAt = eventTime;
  }
  if (eventTime >= building.closedAt) {
    building.close = price;
    building.closedAt = eventTime;
  }
  if (scaled > building.highScaled) {
    building.high = price;
    building.highScaled = scaled;
  }
  if (scaled < building.lowScaled) {
    building.low = price;
    building.lowScaled = scaled;
  }
  building.volume += volume;
  building.count += 1;
  return building;
}

function toBar(instrument: InstrumentId, openTime: number, from: Building): Bar {
  return {
    instrument,
    timeframe: '1m',
    openTime,
    open: from.open,
    high: from.high,
    low: from.low,
    close: from.close,
    volume: formatScaled(from.volume),
    tradeCount: from.count,
    state: 'closed',
    source: from.source,
    builtFrom: 'trades',
    missing: 0,
  };
}

function isSame(a: Bar, b: Bar): boolean {
  const fields = ['open', 'high', 'low', 'close', 'volume'] as const;
  return fields.every((field) => parseScaled(a[field]) === parseScaled(b[field]));
}
