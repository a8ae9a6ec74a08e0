import type { InstrumentId } from '../instrument.ts';
import type { Timeframe } from './timeframe.ts';

/** Where data came from: a feed, a recording that is played, or a file of one's own. */
export const DATA_SOURCES = ['bybit', 'finnhub', 'alpaca', 'ibkr', 'replay', 'import'] as const;
export type DataSource = (typeof DATA_SOURCES)[number];

/**
 * `forming` changes with every trade; `closed` was complete at its end; `corrected` was closed and
 * has changed since; `backfilled` came later than its end.
 */
export const BAR_STATES = ['forming', 'closed', 'corrected', 'backfilled'] as const;
export type BarState = (typeof BAR_STATES)[number];

/** Our own trades, the venue's own bar, or our narrower bars. */
export const BUILT_FROM = ['trades', 'venue', 'bars'] as const;
export type BuiltFrom = (typeof BUILT_FROM)[number];

/** Open, high, low, close of one interval; decimal text; `openTime` as barOpenTime says. */
export type Bar = {
  readonly instrument: InstrumentId;
  readonly timeframe: Timeframe;
  readonly openTime: number;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly volume: string;
  /** 0 where the source does not say. */
  readonly tradeCount: number;
  readonly state: BarState;
  readonly source: DataSource;
  readonly builtFrom: BuiltFrom;
  /** 1-minute bars of its session that it was made without; 0 when it is whole. */
  readonly missing: number;
};
