import { UNIVERSE_MAX } from '@ballast/domain';
import {
  createTokenBucket,
  fetchInstruments,
  openBybitFeed,
  openBybitHistory,
  openBybitMicrostructure,
  ownRoutes,
} from '@ballast/feeds';
import type { Logger } from '@ballast/observability';
import type { Source } from './source.ts';

/** Of the 600 that the venue allows each address in five seconds: the rest is for orders. */
const BUDGET = { tokens: 200, windowMs: 5_000 };
const MARKET = 'bybit.linear:';

/** Linear contracts of ByBit: trades, best prices, the venue's own bars, and its history. */
export function bybitSource(
  { wsUrl, restUrl }: { readonly wsUrl: string; readonly restUrl: string },
  log: Logger,
): Source {
  const budget = createTokenBucket(BUDGET);
  return {
    name: 'bybit',
    tellsQuotes: true,
    keepsTrades: false,
    opensAtLastClose: true,
    instrumentsMax: UNIVERSE_MAX,
    routeOf: (instrument) =>
      instrument.id.startsWith(MARKET) ? (ownRoutes([instrument])[0] ?? null) : null,
    open: (routes, handlers) => openBybitFeed({ url: wsUrl, routes, handlers, log }),
    historyUrl: restUrl,
    history: openBybitHistory({ url: restUrl, budget }),
    microstructure: openBybitMicrostructure({ url: restUrl, budget }),
    listing: () => fetchInstruments({ url: restUrl, log }),
  };
}
