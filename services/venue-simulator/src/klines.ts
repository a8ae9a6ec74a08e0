import type { MarketTick } from '@ballast/sim-core';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;
/** Closed minutes that are kept at least: two days, so that an audit can ask for what it missed. */
export const MINUTES_KEPT = 2 * DAY_MINUTES;
/** Where room ends, the oldest eighth goes. */
const ROOM_MAX = 3_300;
const ROOM_FIRST = 256;
/** open, high, low, close, lots, turnover, trades. */
const COLUMNS = 7;

/** One minute in ticks and lots. `turnover` = Σ ticks × lots, exact up to 2^53. */
export type MinuteBar = {
  readonly openTime: number;
  open: number;
  high: number;
  low: number;
  close: number;
  lots: number;
  turnover: number;
  trades: number;
};

/** Sums and extremes of closed minutes. */
type Day = Pick<MinuteBar, 'open' | 'high' | 'low' | 'lots' | 'turnover'>;

/** The minutes of one market as it made them: closed ones in columns, and the running one. */
export type Klines = {
  cells: Float64Array;
  /** Closed minutes; they lie end to end from `firstTime` on. */
  count: number;
  firstTime: number;
  /** Undefined before the first trade. */
  running: MinuteBar | undefined;
  /** A minute opens at the close of the one before and not at its first trade, as at ByBit. */
  opensAtLastClose: boolean;
  /** Of the closed minutes of the last 24 hours, until the next one closes. */
  day: Day | null;
};

export function createKlines(): Klines {
  const cells = new Float64Array(ROOM_FIRST * COLUMNS);
  const none = { count: 0, firstTime: 0, running: undefined, day: null };
  return { ...none, cells, opensAtLastClose: false };
}

/** Adds a tick that traded; returns the bars that it closed, oldest first. */
export function addTick(klines: Klines, at: number, tick: MarketTick): readonly MinuteBar[] {
  const closed = closeUntil(klines, at);
  const price = tick.priceTicks;
  const openTime = at - (at % MINUTE_MS);
  klines.running ??= flatBar(openTime, price);
  addTrade(klines, klines.running, tick);
  return closed;
}

/** A minute without a trade so far only repeats the last price. */
export function addTrade(
  { opensAtLastClose }: Pick<Klines, 'opensAtLastClose'>,
  bar: MinuteBar,
  { priceTicks, sizeLots }: Pick<MarketTick, 'priceTicks' | 'sizeLots'>,
): void {
  if (bar.trades === 0 && !opensAtLastClose) bar.open = bar.high = bar.low = priceTicks;
  if (priceTicks > bar.high) bar.high = priceTicks;
  if (priceTicks < bar.low) bar.low = priceTicks;
  bar.close = priceTicks;
  bar.lots += sizeLots;
  bar.turnover += priceTicks * sizeLots;
  bar.trades += 1;
}

export function flatBar(openTime: number, price: number): MinuteBar {
  const prices = { open: price, high: price, low: price, close: price };
  return { openTime, ...prices, lots: 0, turnover: 0, trades: 0 };
}

/** Closes each minute that has passed by `at`; a minute without a trade repeats the last price. */
export function closeUntil(klines: Klines, at: number): readonly MinuteBar[] {
  const { running } = klines;
  const openTime = at - (at % MINUTE_MS);
  if (running === undefined || running.openTime >= openTime) return [];
  const closed: MinuteBar[] = [];
  for (let current = running; current.openTime < openTime;) {
    closed.push(current);
    const isLong = openTime - current.openTime > MINUTES_KEPT * MINUTE_MS;
    if (isLong) klines.count = 0;
    else keep(klines, current);
    const next = isLong ? openTime - MINUTE_MS : current.openTime + MINUTE_MS;
    current = klines.running = flatBar(next, current.close);
  }
  return closed;
}

/** Minutes that open in [from, to], oldest first; the running one last, when it is among them. */
export function barsBetween(
  klines: Klines,
  from = 0,
  to: number = Number.MAX_SAFE_INTEGER,
): MinuteBar[] {
  const { firstTime, count, running } = klines;
  const first = Math.max(0, Math.ceil((from - firstTime) / MINUTE_MS));
  const last = Math.min(count - 1, Math.floor((to - firstTime) / MINUTE_MS));
  const bars: MinuteBar[] = [];
  for (let index = first; index <= last; index += 1) bars.push(barAt(klines, index));
  if (running !== undefined && running.openTime >= from && running.openTime <= to) {
    bars.push({ ...running });
  }
  return bars;
}

/** Puts another bar in the place of a minute that is kept. False: the minute is not kept. */
export function reviseBar(klines: Klines, bar: MinuteBar): boolean {
  const { running, firstTime, count } = klines;
  if (running?.openTime === bar.openTime) {
    Object.assign(running, bar);
    return true;
  }
  const index = (bar.openTime - firstTime) / MINUTE_MS;
  if (!Number.isInteger(index) || index < 0 || index >= count) return false;
  write(klines, index, bar);
  klines.day = null;
  return true;
}

/** Takes back a minute that was kept: one that comes again is a correction, a gap a beginning. */
export function restoreBar(klines: Klines, bar: MinuteBar): void {
  const index = (bar.openTime - klines.firstTime) / MINUTE_MS;
  if (klines.count > 0 && index < klines.count) {
    reviseBar(klines, bar);
    return;
  }
  if (index !== klines.count) klines.count = 0;
  keep(klines, bar);
}

/**
 * Goes on after the minutes that were taken back, with `running` if it is the one after them.
 * Minutes that begin after `at` are left out: the clock was set back. False: there is nothing to go
 * on from, or it is too long ago.
 */
export function resumeKlines(klines: Klines, running: MinuteBar | undefined, at: number): boolean {
  const past = Math.floor((at - klines.firstTime) / MINUTE_MS);
  klines.count = Math.max(0, Math.min(klines.count, past));
  const { count, firstTime } = klines;
  const openTime = firstTime + count * MINUTE_MS;
  if (count === 0 || at - openTime > MINUTES_KEPT * MINUTE_MS) return false;
  klines.running =
    running?.openTime === openTime
      ? { ...running }
      : flatBar(openTime, barAt(klines, count - 1).close);
  return true;
}

/** Minutes that have ended, oldest first. */
export function closedBars(klines: Klines): MinuteBar[] {
  return Array.from({ length: klines.count }, (_none, index) => barAt(klines, index));
}

/** Opening price, extremes and volume of the last 24 hours, with the running minute. */
export function dayOf(klines: Klines): Day | null {
  const { running } = klines;
  if (running === undefined) return null;
  const day = (klines.day ??= closedDay(klines));
  if (day === null) return running;
  return {
    open: day.open,
    high: Math.max(day.high, running.high),
    low: Math.min(day.low, running.low),
    lots: day.lots + running.lots,
    turnover: day.turnover + running.turnover,
  };
}

/** The price at which the minute opened that lies `minutes` before the running one. */
export function openBefore({ cells, count }: Klines, minutes: number): number | undefined {
  return count === 0 ? undefined : cells[Math.max(0, count - minutes) * COLUMNS];
}

/** Longer bars from minutes, oldest first; `openTimeOf` names the bar that a minute belongs to. */
export function aggregate(
  bars: readonly MinuteBar[],
  openTimeOf: (minute: number) => number,
): MinuteBar[] {
  const merged: MinuteBar[] = [];
  for (const bar of bars) {
    const openTime = openTimeOf(bar.openTime);
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
    current.trades += bar.trades;
  }
  return merged;
}

function closedDay(klines: Klines): Day | null {
  const { count } = klines;
  let day: Day | null = null;
  for (let index = Math.max(0, count - (DAY_MINUTES - 1)); index < count; index += 1) {
    const bar = barAt(klines, index);
    day ??= { ...bar, lots: 0, turnover: 0 };
    day.high = Math.max(day.high, bar.high);
    day.low = Math.min(day.low, bar.low);
    day.lots += bar.lots;
    day.turnover += bar.turnover;
  }
  return day;
}

function keep(klines: Klines, bar: MinuteBar): void {
  if (klines.count === 0) klines.firstTime = bar.openTime;
  const room = klines.cells.length / COLUMNS;
  if (klines.count === room && room < ROOM_MAX) {
    const wider = new Float64Array(Math.min(ROOM_MAX, room * 2) * COLUMNS);
    wider.set(klines.cells);
    klines.cells = wider;
  }
  if (klines.count === ROOM_MAX) {
    const gone = Math.floor(ROOM_MAX / 8);
    klines.cells.copyWithin(0, gone * COLUMNS);
    klines.count -= gone;
    klines.firstTime += gone * MINUTE_MS;
  }
  write(klines, klines.count, bar);
  klines.count += 1;
  klines.day = null;
}

function write({ cells }: Klines, index: number, bar: MinuteBar): void {
  const { open, high, low, close, lots, turnover, trades } = bar;
  cells.set([open, high, low, close, lots, turnover, trades], index * COLUMNS);
}

function barAt({ cells, firstTime }: Klines, index: number): MinuteBar {
  const cell = (column: number): number => cells[index * COLUMNS + column] ?? 0;
  return {
    openTime: firstTime + index * MINUTE_MS,
    open: cell(0),
    high: cell(1),
    low: cell(2),
    close: cell(3),
    lots: cell(4),
    turnover: cell(5),
    trades: cell(6),
  };
}
