import { basename } from 'node:path';
import { DEFAULT_LISTINGS, type Listing } from '../instruments.ts';
import { ReplayFault } from './replay-fault.ts';
import type { ReplayFile } from './replay-file.ts';

const SYMBOL = /^[A-Z0-9._-]{1,32}$/;
const PRICE_DECIMALS_MAX = 12;
/** Volumes with more decimals are float noise: their lot stops here and they are cut to it. */
const LOT_DECIMALS_MAX = 8;
/** A file without any volume gets a lot worth at most this, in quote currency. */
const LOT_VALUE_MAX = 10;

/** Symbol from the setting (symbol or instrument id), else the file's name up to the first `_`. */
export function replaySymbol(file: string, setting: string | undefined): string {
  const named =
    setting ??
    basename(file)
      .replace(/\.(csv|gz)/gi, '')
      .split('_')[0] ??
    '';
  const symbol = named.slice(named.indexOf(':') + 1).toUpperCase();
  if (named.includes(':') && !named.startsWith('bybit.linear:')) {
    throw new ReplayFault('REPLAY_INSTRUMENT', `"${named}" is not of bybit.linear`);
  }
  if (SYMBOL.test(symbol)) return symbol;
  throw new ReplayFault('REPLAY_INSTRUMENT', `"${symbol.slice(0, 40)}" cannot be a symbol`);
}

/**
 * Tick and lot of a replayed instrument: those of the known table, or finer ones where the data
 * needs them; for others the decimals in the data decide.
 */
export function replayListing(symbol: string, file: ReplayFile): Listing {
  const { priceDecimals, volumeDecimals, highest, largest, last } = measure(file);
  if (priceDecimals > PRICE_DECIMALS_MAX) {
    throw new ReplayFault('REPLAY_PRECISION', `prices with ${priceDecimals} decimals`);
  }
  requireWhole('price', highest, priceDecimals);
  requireWhole('volume', largest, volumeDecimals ?? 0);
  const known = DEFAULT_LISTINGS.find((listing) => listing.symbol === symbol);
  const tickSize = step(Math.max(priceDecimals, decimalsOf(known?.tickSize ?? '1')));
  const lotDecimals = volumeDecimals ?? decimalsForValue(highest);
  const lotSize = step(Math.max(lotDecimals, decimalsOf(known?.lotSize ?? '1')));
  return { symbol, tickSize, lotSize, startPrice: last };
}

/** Ticks and lots are counted in float64: past 2^53 a count would not be the one in the file. */
function requireWhole(name: string, value: number, decimals: number): void {
  if (value * 10 ** decimals <= Number.MAX_SAFE_INTEGER) return;
  throw new ReplayFault('REPLAY_TOO_LARGE', `${name} ${value} with ${decimals} decimals`);
}

function measure(file: ReplayFile): {
  priceDecimals: number;
  /** Null when nothing in the file has a volume. */
  volumeDecimals: number | null;
  highest: number;
  largest: number;
  last: string;
} {
  let priceDecimals = 0;
  let volumeDecimals: number | null = null;
  let highest = 0;
  let largest = 0;
  let last = '1';
  const see = (prices: readonly string[], volume: string): void => {
    for (const price of prices) {
      priceDecimals = Math.max(priceDecimals, decimalsOf(price));
      highest = Math.max(highest, Number(price));
      last = price;
    }
    if (volume === '0') return;
    largest = Math.max(largest, Number(volume));
    const decimals = Math.min(LOT_DECIMALS_MAX, decimalsOf(volume));
    volumeDecimals = Math.max(volumeDecimals ?? 0, decimals);
  };
  if (file.kind === 'bars') {
    for (const { open, high, low, close, volume } of file.rows)
      see([open, high, low, close], volume);
  } else {
    for (const { price, size } of file.rows) see([price], size);
  }
  return { priceDecimals, volumeDecimals, highest, largest, last };
}

function decimalsForValue(price: number): number {
  let decimals = 0;
  for (let lot = 1; price * lot > LOT_VALUE_MAX && decimals < LOT_DECIMALS_MAX; lot /= 10) {
    decimals += 1;
  }
  return decimals;
}

/** Decimals of plain text without trailing zeros. */
function decimalsOf(text: string): number {
  return text.split('.')[1]?.length ?? 0;
}

function step(decimals: number): string {
  return decimals === 0 ? '1' : `0.${'1'.padStart(decimals, '0')}`;
}
