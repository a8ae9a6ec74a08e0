import { type Bar, InvalidInput, parsePrice, parseQuantity, toNumber } from '@ballast/domain';

/** A closed bar as float64, for indicators. `openTime` epoch ms. */
export type NumericBar = {
  readonly openTime: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
};

/** @throws InvalidInput BAR_MALFORMED when the bar's own levels contradict each other. */
export function numericBar(bar: Bar): NumericBar {
  const price = (text: string): number => toNumber(parsePrice(text));
  const [open, high, low, close] = [bar.open, bar.high, bar.low, bar.close].map(price);
  if (open === undefined || high === undefined || low === undefined || close === undefined) {
    throw new InvalidInput('BAR_MALFORMED', `bar ${bar.openTime} lacks a price`);
  }
  if (high < Math.max(open, close) || low > Math.min(open, close)) {
    throw new InvalidInput(
      'BAR_MALFORMED',
      `bar ${bar.openTime} of ${bar.instrument}: open or close outside low to high`,
    );
  }
  const volume = toNumber(parseQuantity(bar.volume));
  return { openTime: bar.openTime, open, high, low, close, volume };
}
