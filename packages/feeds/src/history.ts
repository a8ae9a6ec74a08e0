import {
  type Bar,
  barCloseTime,
  barOpenTime,
  type DataSource,
  type Timeframe,
} from '@ballast/domain';
import { compareDecimals, createTickCheck, isDecimal, isPositiveDecimal } from './decimal-check.ts';
import { FeedError } from './faults.ts';
import type { Route } from './feed.ts';

/**
 * Bars that a venue has kept. Codes of its FeedErrors: HISTORY_TIMEFRAME (not offered, or not with
 * our bounds), HISTORY_UNREACHABLE (may be asked again), HISTORY_REFUSED and HISTORY_LOGIN_REFUSED
 * (not with these arguments or keys), HISTORY_RATE_LIMITED (again, later), HISTORY_SYMBOL_UNKNOWN,
 * HISTORY_BAR_INVALID (an answer that cannot be read; nothing of its page is told).
 */
export type History = {
  readonly source: DataSource;
  /** What `bars` takes for a route, narrow to wide; the rest is to be rolled up from these. */
  timeframes(route: Route): readonly Timeframe[];
  /**
   * Whether its bars of a route hold what all of the market traded, and not one exchange alone:
   * only then nothing was traded where it has none.
   */
  hearsAll(route: Route): boolean;
  /**
   * Closed bars of the session that opened in `from` ≤ time < `to` (epoch ms), oldest first, page
   * by page as the venue gives them; state 'backfilled'. A time without a bar had no trade, or the
   * venue lacks it. Each request takes from the rate budget first; none is repeated here.
   * @throws FeedError
   */
  bars(route: Route, timeframe: Timeframe, from: number, to: number): AsyncIterable<Bar[]>;
  close(): Promise<void>;
};

/** A bar as a venue told it: decimal text, the time named as ours are. */
export type ToldBar = Readonly<
  Record<'open' | 'high' | 'low' | 'close' | 'volume', string | null>
> & { readonly openTime: number; readonly tradeCount: number };

export type BarCheck = {
  readonly route: Route;
  readonly timeframe: Timeframe;
  readonly source: DataSource;
  /** Step of prints at scale 18; finer than the tick of orders where trades are. */
  readonly step: bigint;
  /** Such bars may open outside their own high and low. */
  readonly opensAtLastClose: boolean;
  readonly from: number;
  readonly to: number;
  /** Epoch ms: what has not ended by then is left out. */
  readonly now: number;
};

/**
 * Turns told bars into ours. Left out are those outside the range, outside the session (the venue's
 * extended hours) and not ended yet.
 * @throws FeedError HISTORY_BAR_INVALID for one that no bar of ours can be
 */
export function createBarCheck(check: BarCheck): (told: ToldBar) => Bar | null {
  const { route, timeframe, source, from, to, now } = check;
  const { id, session } = route.instrument;
  const isOnStep = createTickCheck(check.step);
  const isPrice = (value: string | null): value is string =>
    isPositiveDecimal(value) && isOnStep(value);

  return (told) => {
    const { openTime, open, high, low, close, volume, tradeCount } = told;
    const refuse = (why: string): FeedError =>
      new FeedError('HISTORY_BAR_INVALID', `${id} ${timeframe} ${openTime}: ${why}`);
    if (!Number.isSafeInteger(openTime) || openTime <= 0) throw refuse('no time');
    if (openTime < from || openTime >= to) return null;
    const closeTime = barCloseTime(timeframe, session, openTime);
    if (closeTime === null || closeTime > now) return null;
    if (!isAligned(timeframe, openTime)) throw refuse('not on our bounds');
    if (!isPrice(open) || !isPrice(high) || !isPrice(low) || !isPrice(close)) {
      throw refuse(`prices ${[open, high, low, close].join(' ')}`);
    }
    if (compareDecimals(high, low) < 0) throw refuse(`high ${high} below low ${low}`);
    for (const price of check.opensAtLastClose ? [] : [open, close]) {
      const isInside = compareDecimals(price, low) >= 0 && compareDecimals(price, high) <= 0;
      if (!isInside) throw refuse(`${price} is not between ${low} and ${high}`);
    }
    if (!isDecimal(volume)) throw refuse(`volume ${volume}`);
    const prices = { open, high, low, close, volume, tradeCount };
    const origin = { state: 'backfilled', source, builtFrom: 'venue', missing: 0 } as const;
    return { instrument: id, timeframe, openTime, ...prices, ...origin };
  };
}

/** Bounds are on the UTC clock: of days by their name. */
function isAligned(timeframe: Timeframe, openTime: number): boolean {
  return barOpenTime(timeframe, 'continuous', openTime) === openTime;
}

/** @throws FeedError HISTORY_TIMEFRAME */
export function requireTimeframe(history: History, route: Route, timeframe: Timeframe): void {
  const offered = history.timeframes(route);
  if (offered.includes(timeframe)) return;
  const message = `${history.source} has ${offered.join(', ')} of ${route.symbol}`;
  throw new FeedError('HISTORY_TIMEFRAME', `${message}, not ${timeframe}`);
}
