import { parseScaled } from '@ballast/domain';

/** One usable row of a file. `openTime` epoch ms; decimal text as the file has it. */
export type ImportedBar = {
  readonly openTime: number;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly volume: string;
};

/** What a file has in its columns ts, open, high, low, close, volume, as text. */
export type RowFields = readonly string[];
export const COLUMNS = ['ts', 'open', 'high', 'low', 'close', 'volume'] as const;

export type RowFault =
  | 'TIME_INVALID'
  | 'PRICE_INVALID'
  | 'VOLUME_INVALID'
  | 'HIGH_BELOW_LOW'
  | 'OUTSIDE_HIGH_LOW'
  | 'REPEATED'
  | 'NOT_RISING'
  | 'OUTSIDE_SESSION'
  | 'NOT_ENDED';

const PLAIN = /^\d{1,20}(?:\.\d{1,18})?$/;
const TIME = /^\d{1,15}$/;

/** The bar of a row, or what is wrong with it. */
export function readRow(fields: RowFields): ImportedBar | RowFault {
  const [ts = '', open = '', high = '', low = '', close = '', volume = ''] = fields;
  if (!TIME.test(ts)) return 'TIME_INVALID';
  const openTime = Number(ts);
  const prices: bigint[] = [];
  for (const text of [open, high, low, close]) {
    const price = PLAIN.test(text) ? parseScaled(text) : 0n;
    if (price <= 0n) return 'PRICE_INVALID';
    prices.push(price);
  }
  if (!PLAIN.test(volume)) return 'VOLUME_INVALID';
  const [o = 0n, h = 0n, l = 0n, c = 0n] = prices;
  if (h < l) return 'HIGH_BELOW_LOW';
  if (o > h || c > h || o < l || c < l) return 'OUTSIDE_HIGH_LOW';
  return { openTime, open, high, low, close, volume };
}
