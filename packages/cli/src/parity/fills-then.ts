import { takenPrice } from '@ballast/backtest-core';
import { barsBetween, type Database, type FilledOrder, filledOrders } from '@ballast/db';
import {
  BACKTEST_DEFAULTS,
  type Bar,
  decisionTime,
  formatScaled,
  type Instrument,
  TIMEFRAME_MS,
  toNumber,
} from '@ballast/domain';
import { strategyNamed } from '@ballast/strategies';
import type { Cause } from './cause.ts';
import type { Stretch } from './replayed-day.ts';

const MINUTE_MS = TIMEFRAME_MS['1m'];
/** After so long without a bar nobody would call it the next open. */
const NEXT_OPEN_MS = 3_600_000;
/** As far as a fill may lie from what the bars of its minutes went through. */
const AWAY_MAX = 0.005;

export type FillDifference = {
  readonly of: FilledOrder;
  readonly live: string;
  readonly again: string;
  /** Null: no price that the market is known to have had explains it. */
  readonly cause: Cause | null;
};

export type ReplayedFills = {
  /** Orders of strategies. */
  readonly compared: number;
  readonly equal: number;
  /** Beside them, of which no bar says what a backtest would have filled. */
  readonly unknown: number;
  readonly differences: readonly FillDifference[];
};

/**
 * What strategies' orders filled in a stretch, each held against what the backtester fills: whole,
 * an entry at the next minute's open, a close at that of the minute in which it was ordered, a
 * stop at its level, or at the open beyond it, all three with the spread and the slippage that a
 * backtest has by default; a target at its price.
 */
export async function replayFills(
  db: Database,
  {
    account,
    stretch,
    instruments,
  }: {
    readonly account: string;
    readonly stretch: Stretch;
    readonly instruments: readonly Instrument[];
  },
): Promise<ReplayedFills> {
  const filled = await filledOrders(db, { account, ...stretch });
  const known = new Map<string, Instrument>(instruments.map((one) => [one.id, one]));
  const differences: FillDifference[] = [];
  let [equal, unknown] = [0, 0];
  for (const one of filled) {
    const instrument = known.get(one.signal.instrument);
    const found = instrument === undefined ? null : await compare(db, one, instrument);
    if (found === null) unknown += 1;
    else if (found === 'same') equal += 1;
    else differences.push(found);
  }
  return { compared: equal + differences.length, equal, unknown, differences };
}

/** Null where no bar says what a backtest would have filled. */
async function compare(
  db: Database,
  of: FilledOrder,
  instrument: Instrument,
): Promise<FillDifference | 'same' | null> {
  const { order, firstAt, lastAt, averagePrice, quantityCum } = of;
  const from = minuteOf(firstAt) - MINUTE_MS;
  const around = await minutes(db, instrument, { from, to: minuteOf(lastAt) + MINUTE_MS });
  const model = await modelPrice(db, of, { instrument, around });
  if (model === null || around.length === 0) return null;
  const live = `${order.role} ${formatScaled(quantityCum)} at ${formatScaled(averagePrice)}`;
  const again = `${order.role} ${formatScaled(order.quantity)} at ${formatScaled(model)}`;
  if (live === again) return 'same';
  const low = Math.min(...around.map((bar) => Number(bar.low)));
  const high = Math.max(...around.map((bar) => Number(bar.high)));
  const price = toNumber(averagePrice);
  const isNear = price >= low * (1 - AWAY_MAX) && price <= high * (1 + AWAY_MAX);
  const points = ((price / toNumber(model) - 1) * 10_000).toFixed(2);
  const detail = `filled ${points} bp from the model, ${Math.max(0, firstAt - order.createdAt)} ms \
after the order; its minutes went from ${low} to ${high}`;
  return { of, live, again, cause: isNear ? { code: 'fill', detail } : null };
}

const minuteOf = (at: number): number => at - (at % MINUTE_MS);

const minutes = (db: Database, { id }: Instrument, range: Stretch): Promise<Bar[]> =>
  barsBetween(db, id, '1m', range);

async function modelPrice(
  db: Database,
  { signal, order, firstAt }: FilledOrder,
  { instrument, around }: { readonly instrument: Instrument; readonly around: readonly Bar[] },
): Promise<bigint | null> {
  const level = order.price;
  if (order.role === 'target') return level;
  const side = order.side === 'sell' ? 'sell' : 'buy';
  const { spread, slippage } = BACKTEST_DEFAULTS;
  const taken = (price: number) => takenPrice(price, side, { instrument, spread, slippage });
  if (order.role === 'stop') {
    if (level === null) return null;
    const stop = toNumber(level);
    // A minute that opens beyond the stop has never been at it.
    const isBeyond = (price: number) => (side === 'sell' ? price <= stop : price >= stop);
    const open = Number(around.find(({ openTime }) => openTime === minuteOf(firstAt))?.open);
    return taken(isBeyond(open) ? open : stop);
  }
  const { timeframe } = strategyNamed(signal.strategy);
  const decided = decisionTime(timeframe, instrument.session, signal.barOpenTime);
  const from = order.role === 'entry' ? decided : minuteOf(order.createdAt);
  const [next] = await minutes(db, instrument, { from, to: from + NEXT_OPEN_MS });
  return next === undefined ? null : taken(Number(next.open));
}
