import { type Instrument, instrumentId, instrumentWire } from '@ballast/domain';
import type { Logger } from '@ballast/observability';
import { FeedError } from '../faults.ts';
import { getText } from '../history-request.ts';
import type { RateBudget } from '../token-bucket.ts';
import type { AlpacaCredentials } from './stream-protocol.ts';

/** A cent from one dollar on: the venue's rule for orders in stocks, whatever the stock. */
const TICK = '0.01';
const LARGEST_ORDER = '1000000';

/**
 * Stocks that may be traded at Alpaca. Whole shares: the fractions that the venue takes cannot rest
 * as a stop. The venue names no line of business, so none is told.
 * @throws FeedError what `getText` throws, ALPACA_ASSETS_INVALID for an answer that cannot be read
 */
export async function fetchAlpacaInstruments(options: {
  /** The venue's trading host, for example https://paper-api.alpaca.markets. */
  readonly url: string;
  readonly credentials: AlpacaCredentials;
  readonly budget: RateBudget;
  readonly log: Logger;
}): Promise<Instrument[]> {
  const { credentials, budget, log } = options;
  const url = new URL('/v2/assets', options.url);
  url.search = new URLSearchParams({ status: 'active', asset_class: 'us_equity' }).toString();
  const headers = {
    'APCA-API-KEY-ID': credentials.key,
    'APCA-API-SECRET-KEY': credentials.secret,
  };
  const rows = readRows(await getText({ url, headers, budget, label: 'alpaca assets' }));
  return rows.flatMap((row) => {
    if (field(row, 'class') !== 'us_equity' || field(row, 'tradable') !== true) return [];
    const instrument = toInstrument(field(row, 'symbol'));
    if (instrument !== null) return [instrument];
    const symbol = field(row, 'symbol');
    log.warn({ code: 'FEED_INSTRUMENT_INVALID', symbol }, 'instrument left out');
    return [];
  });
}

function readRows(text: string): readonly unknown[] {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new FeedError('ALPACA_ASSETS_INVALID', 'alpaca assets: answer is no JSON');
  }
  if (Array.isArray(body)) return body;
  throw new FeedError('ALPACA_ASSETS_INVALID', 'alpaca assets: answer is no list');
}

function toInstrument(symbol: unknown): Instrument | null {
  if (typeof symbol !== 'string' || !/^[A-Z0-9._-]{1,32}$/.test(symbol)) return null;
  const result = instrumentWire.safeParse({
    ...{ id: instrumentId('alpaca', 'stock', symbol), baseCurrency: symbol, quoteCurrency: 'USD' },
    ...{ tickSize: TICK, lotSize: '1', minQuantity: '1', maxQuantity: LARGEST_ORDER },
    ...{ minNotional: '0', multiplier: '1', sector: null, session: 'us-equity' },
  });
  return result.success ? result.data : null;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
