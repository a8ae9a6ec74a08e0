import {
  type Bar,
  parseScaled,
  formatScaled,
  type InstrumentId,
  type PublicTrade,
} from '@ballast/domain';

export const MINUTE_MS = 60_000;
/** After the end of a minute its last trades may still be under way for this long. */
const GRACE_MS = 2_000;
/** A minute was seen in full when the feed was live for this long before it began and until it closed. */
const LIVE_MARGIN_MS = 2_000;
/** Closed minutes kept for the comparison with the venue's bar. */
const COMPARED_MAX = 10;
/** Minutes whose bar the venue still owes us; an older one is given up. */
export const AWAITED_MAX = 240;

/** `inOrder` is false for a bar older than one that went out before: to be stored, not published. */
export type BarOutcome =
  | { readonly kind: 'bar'; readonly bar: Bar; readonly inOrder: boolean }
  | { readonly kind: 'mismatch'; readonly built: Bar; readonly venue: Bar }
  | { readonly kind: 'missing'; readonly openTime: number }
  | { readonly kind: 'lateTrade'; readonly trade: PublicTrade };

type Building = {
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

export const minuteOf = (time: number): number => time - (time % MINUTE_MS);

/**
 * One-minute bars of one instrument. A minute that was watched in full gives the bar of its trades; one that was not
 * (start, lost connection), or that had no trade, takes the venue's bar. Times are epoch ms and come in from outside;
 * `begin` is the first minute that is wanted.
 */
export function createBarBuilder(instrument: InstrumentId, begin: number) {
  let minute = minuteOf(begin);
  let building: Building | null = null;
  let liveSince: number | null = null;
  let lastPublished = minute - MINUTE_MS;
  const venueBars = new Map<number, Bar>();
  const built = new Map<number, Bar>();
  const awaited = new Set<number>();

  function trade(event: PublicTrade): BarOutcome[] {
    const own = minuteOf(event.eventTime);
    if (own < minute) return [{ kind: 'lateTrade', trade: event }];
    const outcomes: BarOutcome[] = [];
    while (own > minute) closeMinute(outcomes);
    building = withTrade(building, event);
    return outcomes;
  }

  /** Closes what the clock has closed. */
  function tick(now: number): BarOutcome[] {
    const outcomes: BarOutcome[] = [];
    while (now >= minute + MINUTE_MS + GRACE_MS) closeMinute(outcomes);
    return outcomes;
  }

  /** The venue's closed bar, from the socket or asked for later. */
  function venueBar(bar: Bar): BarOutcome[] {
    if (bar.openTime >= minute) {
      venueBars.set(bar.openTime, bar);
      return [];
    }
    if (awaited.delete(bar.openTime)) return [publish(bar)];
    const ours = built.get(bar.openTime);
    return ours === undefined ? [] : compare(ours, bar);
  }

  /** The feed is live from `since` on, or, with null, not live. */
  function setLive(since: number | null): void {
    liveSince = since;
  }

  function closeMinute(outcomes: BarOutcome[]): void {
    const venue = venueBars.get(minute);
    venueBars.delete(minute);
    const seenInFull = liveSince !== null && liveSince + LIVE_MARGIN_MS <= minute;
    if (building !== null && seenInFull) {
      const bar = toBar(instrument, minute, building);
      outcomes.push(publish(bar));
      if (venue === undefined) remember(bar);
      else outcomes.push(...compare(bar, venue));
    } else if (venue === undefined) {
      awaitVenue(minute, outcomes);
    } else {
      outcomes.push(publish(venue));
    }
    building = null;
    minute += MINUTE_MS;
  }

  function publish(bar: Bar): BarOutcome {
    const inOrder = bar.openTime > lastPublished;
    if (inOrder) lastPublished = bar.openTime;
    return { kind: 'bar', bar, inOrder };
  }

  function remember(bar: Bar): void {
    built.set(bar.openTime, bar);
    if (built.size > COMPARED_MAX) built.delete(Math.min(...built.keys()));
  }

  function compare(ours: Bar, venue: Bar): BarOutcome[] {
    built.delete(ours.openTime);
    return isSame(ours, venue) ? [] : [{ kind: 'mismatch', built: ours, venue }];
  }

  function awaitVenue(openTime: number, outcomes: BarOutcome[]): void {
    awaited.add(openTime);
    if (awaited.size <= AWAITED_MAX) return;
    const oldest = Math.min(...awaited);
    awaited.delete(oldest);
    outcomes.push({ kind: 'missing', openTime: oldest });
  }

  return {
    trade,
    tick,
    venueBar,
    setLive,
    /** Start of the oldest closed minute without a bar, null when there is none. */
    oldestAwaited: (): number | null => (awaited.size === 0 ? null : Math.min(...awaited)),
  };
}

export type BarBuilder = ReturnType<typeof createBarBuilder>;

function withTrade(building: Building | null, trade: PublicTrade): Building {
  const { price, eventTime } = trade;
  const scaled = parseScaled(price);
  const volume = parseScaled(trade.quantity);
  if (building === null) {
    return {
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
    source: 'trades',
  };
}

function isSame(a: Bar, b: Bar): boolean {
  const fields = ['open', 'high', 'low', 'close', 'volume'] as const;
  return fields.every((field) => parseScaled(a[field]) === parseScaled(b[field]));
}
