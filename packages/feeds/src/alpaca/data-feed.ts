import { type Instrument, symbolOf } from '@ballast/domain';
import type { FeedOptions } from '../connection/feed-options.ts';
import { openSocketFeed } from '../connection/socket-feed.ts';
import type { Feed, Route } from '../feed.ts';
import { type AlpacaCredentials, createStreamProtocol } from './stream-protocol.ts';

/** A quiet stock has no trade for a while even in its session. */
const TIMES = {
  staleAfterMs: 60_000,
  pingEveryMs: 10_000,
  answerTimeoutMs: 5_000,
  reconnectDelayMaxMs: 30_000,
};
const PATHS = {
  iex: '/v2/iex',
  sip: '/v2/sip',
  crypto: '/v1beta3/crypto/us',
} as const;

export type AlpacaFeedOptions = FeedOptions & {
  /** Any address at the venue's stream host, for example wss://stream.data.alpaca.markets. */
  readonly url: string;
  readonly stream: keyof typeof PATHS;
  readonly credentials: AlpacaCredentials;
};

/**
 * Trades with their corrections, best prices and one-minute bars from Alpaca. Starts at once. The
 * venue allows one connection for each account and stream.
 * @throws FeedError FEED_URL_INVALID, FEED_ROUTE_REPEATED
 */
export function openAlpacaFeed(options: AlpacaFeedOptions): Feed {
  const { url, stream, credentials } = options;
  const times = { ...TIMES, ...options };
  const address = {
    url: URL.canParse(url) ? new URL(PATHS[stream], url).href : '',
    headers: { 'Content-Type': 'application/msgpack' },
    label: `alpaca ${stream}`,
  };
  return openSocketFeed(address, times, (link) =>
    createStreamProtocol(link, credentials, times.answerTimeoutMs),
  );
}

/** Routes of instruments at this venue: a pair is `BTC/USD` on its data, a stock its symbol. */
export function alpacaRoutes(instruments: readonly Instrument[]): Route[] {
  return instruments.map((instrument) => {
    const { id, quoteCurrency } = instrument;
    const name = symbolOf(id);
    const isPair = id.startsWith('alpaca.crypto:') && name.endsWith(quoteCurrency);
    const symbol = isPair ? `${name.slice(0, -quoteCurrency.length)}/${quoteCurrency}` : name;
    return { instrument, symbol };
  });
}
