import {
  type Instrument,
  type InstrumentId,
  InvalidInput,
  parseScaled,
  type Quantity,
  TIMEFRAME_MS,
  type Timeframe,
  TIMEFRAMES,
  venueOf,
  symbolOf,
  type VenueCapabilities,
} from '@ballast/domain';
import type { BarsFile } from './bars-file.ts';

/** Where Ballast trades; whatever else somebody names would be tried as a stock of the US. */
export const MARKETS = ['bybit.linear', 'bybit.spot', 'alpaca.stock', 'ibkr.stock'] as const;

const DECIMALS_MAX = 8;
const LARGEST = parseScaled('1000000000') as Quantity;

/** An instrument as the digits of its bars show it; what no bar can say is as lenient as can be. */
export function instrumentOf(id: InstrumentId, file: BarsFile): Instrument {
  const isStock = venueOf(id) !== 'bybit';
  const step = (decimals: number): bigint => 10n ** BigInt(18 - Math.min(decimals, DECIMALS_MAX));
  const lotSize = isStock ? parseScaled('1') : step(Math.max(3, file.volumeDecimals));
  const quoteCurrency = isStock ? 'USD' : 'USDT';
  const symbol = symbolOf(id);
  const baseCurrency = symbol.endsWith(quoteCurrency)
    ? symbol.slice(0, -quoteCurrency.length)
    : symbol;
  return {
    ...{ id, baseCurrency, quoteCurrency, lotSize, tickSize: step(file.priceDecimals) },
    ...{ minQuantity: lotSize as Quantity, maxQuantity: LARGEST, minNotional: 0n },
    ...{ multiplier: parseScaled('1'), sector: null },
    session: isStock ? 'us-equity' : 'continuous',
  };
}

/** What an account may do at the instrument's venue, as Ballast trades there. */
export function capabilitiesAt(id: InstrumentId): VenueCapabilities {
  const isBybit = venueOf(id) === 'bybit';
  const market = id.slice(0, id.indexOf(':'));
  const isSpot = market === 'bybit.spot';
  return {
    markets: [{ market, endings: null }],
    // The spot market knows no reduce-only order, so that one exit of both may rest.
    exits: isBybit && !isSpot ? 'reduceOnly' : 'reserved',
    shorting: !isSpot,
    postOnly: isBybit,
    timesInForce: ['gtc', 'day', 'ioc', 'fok'],
    requestSettlesMs: 5_000,
    executionsKeptMs: 86_400_000,
  };
}

/**
 * The timeframe of bars: that of the two that are nearest. Rows that do not rise are left for the
 * check of the bars, which says which.
 * @throws InvalidInput BARS_TIMEFRAME with the row (from 1) after which their distance is that of
 * no timeframe
 */
export function timeframeOf(
  { openTime }: { readonly openTime: Float64Array },
  path: string,
): Timeframe {
  let [least, nearest] = [Infinity, 0];
  for (let row = 1; row < openTime.length; row += 1) {
    const distance = (openTime[row] ?? NaN) - (openTime[row - 1] ?? NaN);
    if (!(distance > 0 && distance < least)) continue;
    [least, nearest] = [distance, row];
  }
  const found = TIMEFRAMES.find((timeframe) => TIMEFRAME_MS[timeframe] === least);
  if (found !== undefined) return found;
  const known = TIMEFRAMES.join(', ');
  const seen =
    least === Infinity
      ? `${path}: fewer than two bars`
      : `${path}, row ${nearest + 1}: ${least} ms after the row before it`;
  throw new InvalidInput('BARS_TIMEFRAME', `${seen}: the width of bars is one of ${known}`);
}
