import {
  type Bar,
  type Instrument,
  instrumentId,
  instrumentWire,
  InvalidInput,
  symbolOf,
  TIMEFRAME_MS,
} from '@ballast/domain';
import type { Logger } from '@ballast/observability';
import { isBelow, createTickCheck, isDecimal, isPositiveDecimal } from '../decimal-check.ts';
import { FeedError } from '../faults.ts';
import { bybitPrintStep } from './print-step.ts';

const REQUEST_TIMEOUT_MS = 10_000;
const ATTEMPTS_MAX = 3;
const RETRY_DELAY_MS = 500;
const PAGE_SIZE = 1_000;
const PAGES_MAX = 20;
const KLINES_MAX = 1_000;
/** Epoch ms as this listing writes it; `Number` would read '' and null as 1970. */
const START = /^[1-9]\d{0,14}$/;

/**
 * Address of the venue's REST host, for example https://api.bybit.com. Public data needs no key.
 */
export type BybitRest = { readonly url: string; readonly log: Logger };

/**
 * All linear contracts that the venue trades. A listing that cannot be understood is logged and
 * left out.
 * @throws FeedError FEED_REST_UNREACHABLE or FEED_REST_REFUSED
 */
export async function fetchInstruments(rest: BybitRest): Promise<Instrument[]> {
  const instruments: Instrument[] = [];
  let cursor = '';
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const parameters = { category: 'linear', limit: String(PAGE_SIZE), cursor };
    const { result } = await get(rest, '/v5/market/instruments-info', parameters);
    for (const row of list(result, 'list')) {
      const instrument = toInstrument(row, rest.log);
      if (instrument !== null) instruments.push(instrument);
    }
    const next = field(result, 'nextPageCursor');
    if (typeof next !== 'string' || next === '') return instruments;
    cursor = next;
  }
  throw new FeedError('FEED_REST_REFUSED', `more than ${PAGES_MAX} pages of instruments`);
}

/**
 * The last `limit` closed one-minute bars (≤ 999), oldest first, source 'venue'.
 * @throws FeedError FEED_REST_UNREACHABLE, FEED_REST_REFUSED, or FEED_BAR_INVALID for a faulty row
 */
export async function fetchBars(
  rest: BybitRest,
  instrument: Instrument,
  limit: number,
): Promise<Bar[]> {
  const { result, time } = await get(rest, '/v5/market/kline', {
    category: 'linear',
    symbol: symbolOf(instrument.id),
    interval: '1',
    limit: String(Math.min(limit + 1, KLINES_MAX)),
  });
  const isPrint = createTickCheck(bybitPrintStep(instrument.tickSize));
  return list(result, 'list')
    .map((row) => toBar(row, instrument, isPrint))
    .filter((bar) => bar.openTime + TIMEFRAME_MS[bar.timeframe] <= time)
    .toSorted((a, b) => a.openTime - b.openTime)
    .slice(-limit);
}

async function get(
  rest: BybitRest,
  path: string,
  parameters: Record<string, string>,
): Promise<{ result: unknown; time: number }> {
  const address = new URL(path, rest.url);
  address.search = new URLSearchParams(parameters).toString();
  let lastError: unknown;
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    try {
      return envelope(await getJson(address), path);
    } catch (error) {
      if (error instanceof FeedError && error.code !== 'FEED_REST_UNREACHABLE') throw error;
      lastError = error;
      rest.log.warn({ err: error, path, attempt }, 'request failed');
      if (attempt < ATTEMPTS_MAX) await new Promise((done) => setTimeout(done, RETRY_DELAY_MS));
    }
  }
  const message = `${path} failed ${ATTEMPTS_MAX} times at ${address.origin}`;
  throw new FeedError('FEED_REST_UNREACHABLE', message, lastError);
}

async function getJson(address: URL): Promise<unknown> {
  const response = await fetch(address, { signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
  if (response.ok) return await response.json();
  const code = response.status >= 500 ? 'FEED_REST_UNREACHABLE' : 'FEED_REST_REFUSED';
  throw new FeedError(code, `${address.pathname}: HTTP ${response.status}`);
}

function envelope(body: unknown, path: string): { result: unknown; time: number } {
  const time = field(body, 'time');
  if (field(body, 'retCode') !== 0) {
    throw new FeedError('FEED_REST_REFUSED', `${path}: ${String(field(body, 'retMsg'))}`);
  }
  if (typeof time !== 'number') throw new FeedError('FEED_REST_REFUSED', `${path}: no time`);
  return { result: field(body, 'result'), time };
}

function toInstrument(row: unknown, log: Logger): Instrument | null {
  const symbol = field(row, 'symbol');
  if (field(row, 'status') !== 'Trading' || typeof symbol !== 'string') return null;
  const lot = field(row, 'lotSizeFilter');
  try {
    const result = instrumentWire.safeParse({
      id: instrumentId('bybit', 'linear', symbol),
      baseCurrency: field(row, 'baseCoin'),
      quoteCurrency: field(row, 'quoteCoin'),
      tickSize: field(field(row, 'priceFilter'), 'tickSize'),
      lotSize: field(lot, 'qtyStep'),
      minQuantity: field(lot, 'minOrderQty'),
      maxQuantity: smaller(field(lot, 'maxOrderQty'), field(lot, 'maxMktOrderQty')),
      minNotional: field(lot, 'minNotionalValue') ?? '0',
      multiplier: '1',
      sector: 'crypto',
      session: 'continuous',
    });
    if (result.success && result.data.tickSize > 0n && result.data.lotSize > 0n) return result.data;
    log.warn({ code: 'FEED_INSTRUMENT_INVALID', symbol }, 'instrument left out');
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    log.warn({ code: error.code, symbol }, 'instrument left out');
  }
  return null;
}

/**
 * Orders at market take less than limit orders, often a tenth: a larger position could have no stop
 * and could not be closed (https://bybit-exchange.github.io/docs/v5/market/instrument).
 */
function smaller(limit: unknown, market: unknown): unknown {
  if (!isDecimal(limit) || !isDecimal(market)) return undefined;
  return isBelow(limit, market) ? limit : market;
}

function toBar(row: unknown, { id }: Instrument, isPrint: (decimal: string) => boolean): Bar {
  const fields: unknown[] = Array.isArray(row) ? row : [];
  const [start, open, high, low, close, volume] = fields;
  const openTime = typeof start === 'string' && START.test(start) ? Number(start) : Number.NaN;
  const isPrice = (value: unknown): value is string => isPositiveDecimal(value) && isPrint(value);
  const isUsable = isPrice(open) && isPrice(high) && isPrice(low) && isPrice(close);
  if (openTime % TIMEFRAME_MS['1m'] !== 0 || !isUsable || isBelow(high, low)) {
    throw new FeedError('FEED_BAR_INVALID', `kline of ${id}: ${JSON.stringify(row)}`);
  }
  if (!isDecimal(volume)) throw new FeedError('FEED_BAR_INVALID', `kline of ${id}: volume`);
  return {
    instrument: id,
    timeframe: '1m',
    openTime,
    open,
    high,
    low,
    close,
    volume,
    tradeCount: 0,
    state: 'closed',
    source: 'bybit',
    builtFrom: 'venue',
    missing: 0,
  };
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function list(value: unknown, name: string): unknown[] {
  const found = field(value, name);
  if (Array.isArray(found)) return found;
  throw new FeedError('FEED_REST_REFUSED', `no ${name} in the answer`);
}
