import type { MarketTick } from '@ballast/sim-core';

const MINUTE_MS = 60_000;
/** Minutes kept; older ones are dropped. */
export const MINUTES_MAX = 1_500;

/** One minute in ticks and lots. `turnover` = Σ ticks × lots. */
export type MinuteBar = {
  readonly openTime: number;
  open: number;
  high: number;
  low: number;
  close: number;
  lots: number;
  turnover: bigint;
};

export type Klines = { readonly bars: MinuteBar[] };

export function createKlines(): Klines {
  return { bars: [] };
}

/** Adds a tick that traded; returns the bars that it closed, oldest first. */
export function addTick(klines: Klines, at: number, tick: MarketTick): readonly MinuteBar[] {
  const closed = closeUntil(klines, at);
  const openTime = at - (at % MINUTE_MS);
  const current = klines.bars.at(-1);
  const price = tick.priceTicks;
  const turnover = BigInt(price) * BigInt(tick.sizeLots);
  if (current === undefined || current.openTime !== openTime) {
    const bar = { openTime, open: price, high: price, low: price, close: price };
    klines.bars.push({ ...bar, lots: tick.sizeLots, turnover });
    return closed;
  }
  // A minute without a trade so far only repeats the last price: its first trade opens it.
  if (current.lots === 0) Object.assign(current, { open: price, high: price, low: price });
  current.high = Math.max(current.high, price);
  current.low = Math.min(current.low, price);
  current.close = price;
  current.lots += tick.sizeLots;
  current.turnover += turnover;
  return closed;
}

/** Closes each minute that has passed by `at`; a minute without a trade repeats the last price. */
export function closeUntil(klines: Klines, at: number): readonly MinuteBar[] {
  const closed: MinuteBar[] = [];
  const openTime = at - (at % MINUTE_MS);
  for (let current = klines.bars.at(-1); current !== undefined; current = klines.bars.at(-1)) {
    if (current.openTime >= openTime) break;
    closed.push(current);
    const gap = openTime - current.openTime > MINUTES_MAX * MINUTE_MS;
    const next = gap ? openTime - MINUTE_MS : current.openTime + MINUTE_MS;
    const price = current.close;
    const flat = { openTime: next, open: price, high: price, low: price, close: price };
    klines.bars.push({ ...flat, lots: 0, turnover: 0n });
  }
  const excess = klines.bars.length - MINUTES_MAX;
  if (excess > 0) klines.bars.splice(0, excess);
  return closed;
}

/** Bars of `minutes` made of minutes, oldest first. */
export function aggregate(klines: Klines, minutes: number): MinuteBar[] {
  if (minutes === 1) return klines.bars;
  const width = minutes * MINUTE_MS;
  const merged: MinuteBar[] = [];
  for (const bar of klines.bars) {
    const openTime = bar.openTime - (bar.openTime % width);
    const current = merged.at(-1);
    if (current === undefined || current.openTime !== openTime) {
      merged.push({ ...bar, openTime });
      continue;
    }
    current.high = Math.max(current.high, bar.high);
    current.low = Math.min(current.low, bar.low);
    current.close = bar.close;
    current.lots += bar.lots;
    current.turnover += bar.turnover;
  }
  return merged;
}
