import type { Bar, DataSource } from './bars/bar.ts';
import type { InstrumentId } from './instrument.ts';

/** Side of the taker. */
export type Side = 'buy' | 'sell';

/**
 * A public print. Decimal text exactly as the venue sent it: a tick is parsed once and its digits
 * stay whole. Times are epoch ms: `eventTime` by the venue's clock, `receivedTime` by ours.
 */
export type PublicTrade = {
  readonly instrument: InstrumentId;
  readonly source: DataSource;
  readonly venueTradeId: string;
  readonly price: string;
  readonly quantity: string;
  /** Null where the source does not say. */
  readonly takerSide: Side | null;
  readonly eventTime: number;
  readonly receivedTime: number;
};

/** Best bid and offer with the last price; decimal text. */
export type Quote = {
  readonly instrument: InstrumentId;
  readonly source: DataSource;
  readonly bid: string;
  readonly bidQuantity: string;
  readonly ask: string;
  readonly askQuantity: string;
  readonly last: string;
  readonly eventTime: number;
  readonly receivedTime: number;
};

/**
 * What travels on a venue's market-data stream. `bar` is sent when it has closed, and again when it
 * was corrected or came late.
 */
export type MarketEvent =
  | { readonly kind: 'trade'; readonly trade: PublicTrade }
  | { readonly kind: 'quote'; readonly quote: Quote }
  | { readonly kind: 'bar'; readonly bar: Bar };
