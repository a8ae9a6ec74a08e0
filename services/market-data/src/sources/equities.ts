import type { Instrument, InstrumentId } from '@ballast/domain';
import {
  alpacaRoutes,
  createTokenBucket,
  fetchAlpacaInstruments,
  openAlpacaFeed,
  openAlpacaHistory,
  openFinnhubFeed,
  openIbkrFeed,
  openIbkrHistory,
  ownRoutes,
  type Route,
} from '@ballast/feeds';
import type { Logger } from '@ballast/observability';
import { ibkrListing } from './ibkr-listing.ts';
import type { Source } from './source.ts';

/** Alpaca answers 200 requests a minute on its free plan: half are for this. */
const ALPACA_BUDGET = { tokens: 100, windowMs: 60_000 };
/** The venue takes 60 requests for history in ten minutes. */
const IBKR_BUDGET = { tokens: 50, windowMs: 600_000 };
const SYMBOLS_OF_FINNHUB_KEY = 50;
/** On its free plan the venue takes 30 symbols on a connection. */
const ALPACA_FREE_MAX = 30;
const ALPACA_MAX = 1_000;

const isStock = ({ session }: Instrument): boolean => session === 'us-equity';
const ownRoute = (instrument: Instrument): Route | null => ownRoutes([instrument])[0] ?? null;

/** Trades of US stocks from Finnhub; it tells no prices to trade at and keeps no history here. */
export function finnhubSource(
  { url, keys }: { readonly url: string; readonly keys: readonly string[] },
  log: Logger,
): Source {
  return {
    name: 'finnhub',
    oneConnection: true,
    tellsQuotes: false,
    keepsTrades: true,
    instrumentsMax: SYMBOLS_OF_FINNHUB_KEY * keys.length,
    routeOf: (instrument) => (isStock(instrument) ? ownRoute(instrument) : null),
    open: (routes, handlers) => openFinnhubFeed({ url, keys, routes, handlers, log }),
    history: null,
    historyUrl: null,
    microstructure: null,
    listing: null,
  };
}

export type AlpacaSettings = {
  readonly wsUrl: string;
  readonly dataUrl: string;
  readonly tradingUrl: string;
  readonly feed: 'iex' | 'sip';
  readonly credentials: { readonly key: string; readonly secret: string };
};

/** Stocks at Alpaca: trades with their corrections, best prices, bars, and its history. */
export function alpacaSource(settings: AlpacaSettings, log: Logger): Source {
  const { wsUrl, dataUrl, tradingUrl, feed, credentials } = settings;
  const budget = createTokenBucket(ALPACA_BUDGET);
  return {
    name: 'alpaca',
    oneConnection: true,
    tellsQuotes: true,
    keepsTrades: true,
    instrumentsMax: feed === 'iex' ? ALPACA_FREE_MAX : ALPACA_MAX,
    routeOf: (instrument) => (isStock(instrument) ? (alpacaRoutes([instrument])[0] ?? null) : null),
    open: (routes, handlers) =>
      openAlpacaFeed({ url: wsUrl, stream: feed, credentials, routes, handlers, log }),
    historyUrl: null,
    microstructure: null,
    history: openAlpacaHistory({ url: dataUrl, credentials, budget, feed }),
    listing: () => fetchAlpacaInstruments({ url: tradingUrl, credentials, budget, log }),
  };
}

export type IbkrSettings = {
  readonly host: string;
  readonly port: number;
  /**
   * Of the feed; the three after it are for history and listings, and the fourth for the feed of a
   * second process.
   */
  readonly clientId: number;
  readonly linesMax: number;
};

/**
 * Stocks over TWS or IB Gateway: tick by tick for a few, best prices for others, its history, and
 * the terms of the instruments that `known` names.
 */
export function ibkrSource(
  settings: IbkrSettings,
  log: Logger,
  known: () => Promise<readonly InstrumentId[]>,
): Source {
  const { host, port, clientId, linesMax } = settings;
  // Of 100 lines the venue allows tick-by-tick data of very few.
  const tickByTickRoutes = Math.max(1, Math.floor(linesMax / 20));
  const limits = { linesMax, tickByTickRoutes };
  const budget = createTokenBucket(IBKR_BUDGET);
  return {
    name: 'ibkr',
    tellsQuotes: true,
    keepsTrades: true,
    instrumentsMax: linesMax - tickByTickRoutes,
    routeOf: (instrument) => (isStock(instrument) ? ownRoute(instrument) : null),
    open: (routes, handlers) =>
      openIbkrFeed({
        ...{ host, port, clientId, otherClientId: clientId + 4, ...limits },
        ...{ routes, handlers, log },
      }),
    historyUrl: null,
    microstructure: null,
    history: openIbkrHistory({ host, port, clientId: clientId + 1, budget }),
    ...ibkrListing({ host, port, clientId: clientId + 2 }, known, log),
  };
}
