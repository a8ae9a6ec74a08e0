import type { InstrumentId } from './instrument.ts';

/** Side of the taker. */
export type Side = 'buy' | 'sell';

/**
 * A public print. Decimal text exactly as the venue sent it: a tick is parsed once and its digits
 * stay whole. Times are epoch ms: `eventTime` by the venue's clock, `receivedTime` by ours.
 */
export type PublicTrade = {
  readonly instrument: InstrumentId;
  readonly venueTradeId: string;
  readonly price: string;
  readonly quantity: string;
  readonly takerSide: Side;
  readonly eventTime: number;
  readonly receivedTime: number;
};

/** Best bid and offer with the last price; decimal text. */
export type Quote = {
  readonly instrument: InstrumentId;
  readonly bid: string;
  readonly bidQuantity: string;
  readonly ask: string;
  readonly askQuantity: string;
  readonly last: string;
  readonly eventTime: number;
  readonly receivedTime: number;
};

export type Timeframe = '1m';
export const TIMEFRAME_MS: Record<Timeframe, number> = { '1m': 60_000 };

/**
 * Who made a bar: built from our own trades, or taken from the venue's klines where we
 * saw only a part.
 */
export type BarSource = 'trades' | 'venue';

/**
 * Open, high, low, close of one interval; decimal text; `openTime` epoch ms,
 * a multiple of the timeframe.
 */
export type Bar = {
  readonly instrument: InstrumentId;
  readonly timeframe: Timeframe;
  readonly openTime: number;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly volume: string;
  readonly tradeCount: number;
  readonly source: BarSource;
};

/** What travels on a venue's market-data stream. `bar` is sent once, when the bar has closed. */
export type MarketEvent =
  | { readonly kind: 'trade'; readonly trade: PublicTrade }
  | { readonly kind: 'quote'; readonly quote: Quote }
  | { readonly kind: 'bar'; readonly bar: Bar };
