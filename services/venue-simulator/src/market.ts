import { type Instrument, type Side, symbolOf, venueOf } from '@ballast/domain';
import { type MarketPrint, type MarketTick, toPrint } from '@ballast/sim-core';
import type { KeptMinutes } from './kept-minutes.ts';
import {
  addTick,
  addTrade,
  barsBetween,
  closedBars,
  closeUntil,
  createKlines,
  flatBar,
  type Klines,
  type MinuteBar,
  reviseBar,
} from './klines.ts';
import { minuteOf, type TickSource } from './prices/source.ts';

const RECENT_TRADES_MAX = 1_000;

export type PublicPrint = {
  readonly id: string;
  readonly sequence: number;
  readonly at: number;
  readonly priceTicks: number;
  readonly sizeLots: number;
  readonly taker: Side;
  readonly rising: boolean;
};

/** What one turn of the loop changed in a market. */
export type MarketChange = {
  readonly market: Market;
  readonly trades: readonly PublicPrint[];
  readonly closedBars: readonly MinuteBar[];
};

export type Market = {
  readonly symbol: string;
  readonly instrument: Instrument;
  readonly source: TickSource;
  readonly klines: Klines;
  readonly recent: PublicPrint[];
  readonly recentMax: number;
  /** Where its minutes outlive the process; null where another has them, or nobody. */
  readonly kept: KeptMinutes | null;
  /** Marks the ids of this run: an id is never used again after a restart. */
  readonly run: string;
  sequence: number;
  lastTick: MarketTick;
  print: MarketPrint;
};

/** What a market may have from before. */
export type Earlier = {
  /** Trades that it can list and correct. */
  readonly recentMax?: number | undefined;
  /** Bars of before, which the history of the source does not add to. */
  readonly past?: Klines | null;
  readonly kept?: KeptMinutes | null;
};

/** A market at its opening: its history is in the bars and its last price stands. */
export function openMarket(
  instrument: Instrument,
  source: TickSource,
  startedAt: number,
  { recentMax = RECENT_TRADES_MAX, past = null, kept = null }: Earlier = {},
): Market {
  const klines = past ?? createKlines();
  klines.opensAtLastClose = venueOf(instrument.id) === 'bybit';
  let lastTick: MarketTick | undefined;
  for (const { at, tick } of source.history()) {
    if (tick.sizeLots > 0 && past === null) addTick(klines, at, tick);
    lastTick = tick;
  }
  // Nothing was traded while it did not run: each such minute repeats the last price.
  if (past !== null) kept?.append(closeUntil(klines, startedAt));
  else kept?.replace(closedBars(klines));
  lastTick ??= source.due(startedAt, 1)[0]?.tick;
  if (lastTick === undefined) throw new Error(`no first price for ${instrument.id}`);
  return {
    symbol: symbolOf(instrument.id),
    instrument,
    source,
    klines,
    recent: [],
    recentMax,
    kept,
    run: startedAt.toString(36),
    sequence: 0,
    lastTick,
    print: toPrint(lastTick, instrument),
  };
}

/** The same market at another venue, which has a name of its own for it. */
export function twinOf(market: Market, instrument: Instrument): Market {
  const { klines, recent } = market;
  return {
    ...market,
    instrument,
    klines: { ...structuredClone(klines) },
    recent: [...recent],
    kept: null,
    print: toPrint(market.lastTick, instrument),
  };
}

/** Takes one tick into the market. Returns its public trade, or null when nothing traded. */
export function acceptTick(
  market: Market,
  at: number,
  tick: MarketTick,
): { trade: PublicPrint | null; closedBars: readonly MinuteBar[] } {
  const rising = tick.priceTicks >= market.lastTick.priceTicks;
  market.lastTick = tick;
  market.print = toPrint(tick, market.instrument);
  market.sequence += 1;
  if (tick.sizeLots === 0) return { trade: null, closedBars: closeUntil(market.klines, at) };
  const { priceTicks, sizeLots, taker } = tick;
  const { sequence } = market;
  const id = `${market.run}-${market.symbol.toLowerCase()}-${sequence}`;
  const trade = { id, sequence, at, priceTicks, sizeLots, taker, rising };
  market.recent.push(trade);
  if (market.recent.length > market.recentMax) market.recent.shift();
  return { trade, closedBars: addTick(market.klines, at, tick) };
}

/**
 * Makes a trade another one, or takes it back (null), and its minute's bar with it. Returns the bar
 * as it is now; null when the trades of that minute are no longer all kept.
 */
export function correctTrade(
  market: Market,
  sequence: number,
  to: { readonly priceTicks: number; readonly sizeLots: number } | null,
): MinuteBar | null {
  const { recent, recentMax, klines } = market;
  const index = recent.findIndex((trade) => trade.sequence === sequence);
  const found = recent[index];
  if (found === undefined) return null;
  const openTime = minuteOf(found.at);
  const isWhole = recent.length < recentMax || (recent[0]?.at ?? openTime) < openTime;
  if (!isWhole) return null;
  recent.splice(index, 1, ...(to === null ? [] : [{ ...found, ...to }]));
  const [before] = barsBetween(klines, openTime - 60_000, openTime - 60_000);
  const bar = flatBar(openTime, before?.close ?? found.priceTicks);
  for (const trade of recent) if (minuteOf(trade.at) === openTime) addTrade(klines, bar, trade);
  if (!reviseBar(klines, bar)) return null;
  if (klines.running?.openTime !== openTime) market.kept?.append([bar]);
  return bar;
}
