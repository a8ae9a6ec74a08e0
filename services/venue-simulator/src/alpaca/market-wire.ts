import { formatScaled } from '@ballast/domain';
import type { MinuteBar } from '../klines.ts';
import type { Market, PublicPrint } from '../market.ts';

/** What this venue's market data is made of: JSON or msgpack with numbers and short names. */
export type Frame = Readonly<Record<string, unknown>>;

/** IEX, on tape C. */
const EXCHANGE = 'V';
const TAPE = 'C';
const CONDITIONS = ['@'];

export function tradeFrame(market: Market, trade: PublicPrint): Frame {
  return {
    T: 't',
    S: market.symbol,
    i: trade.sequence,
    x: EXCHANGE,
    p: priceOf(market, trade.priceTicks),
    s: sizeOf(market, trade.sizeLots),
    t: new Date(trade.at),
    c: CONDITIONS,
    z: TAPE,
  };
}

/** The trade as it was (o) and as it is now (c), under a new id. */
export function correctionFrame(market: Market, before: PublicPrint, after: PublicPrint): Frame {
  return {
    T: 'c',
    S: market.symbol,
    x: EXCHANGE,
    oi: before.sequence,
    op: priceOf(market, before.priceTicks),
    os: sizeOf(market, before.sizeLots),
    oc: CONDITIONS,
    ci: after.sequence,
    cp: priceOf(market, after.priceTicks),
    cs: sizeOf(market, after.sizeLots),
    cc: CONDITIONS,
    t: new Date(before.at),
    z: TAPE,
  };
}

/** `a`: C for a trade that is taken back. */
export function cancelFrame(market: Market, before: PublicPrint): Frame {
  return {
    T: 'x',
    S: market.symbol,
    i: before.sequence,
    x: EXCHANGE,
    p: priceOf(market, before.priceTicks),
    s: sizeOf(market, before.sizeLots),
    a: 'C',
    t: new Date(before.at),
    z: TAPE,
  };
}

export function quoteFrame({ symbol, print }: Market, at: number): Frame {
  const depth = Number(formatScaled(print.depth));
  return {
    T: 'q',
    S: symbol,
    bx: EXCHANGE,
    bp: Number(formatScaled(print.bid)),
    bs: depth,
    ax: EXCHANGE,
    ap: Number(formatScaled(print.ask)),
    as: depth,
    t: new Date(at),
    c: ['R'],
    z: TAPE,
  };
}

/** `type`: b for a minute that has ended, u for one that has changed since. */
export function barFrame(market: Market, bar: MinuteBar, type: 'b' | 'u'): Frame {
  return { T: type, S: market.symbol, ...barFields(market, bar), t: new Date(bar.openTime) };
}

/** A bar without its time: o, h, l, c, v, n trades, vw average price. */
export function barFields(market: Market, bar: MinuteBar): Readonly<Record<string, number>> {
  const averageTicks = bar.turnover / bar.lots;
  const average = averageTicks * Number(formatScaled(market.instrument.tickSize));
  return {
    o: priceOf(market, bar.open),
    h: priceOf(market, bar.high),
    l: priceOf(market, bar.low),
    c: priceOf(market, bar.close),
    v: sizeOf(market, bar.lots),
    n: bar.trades,
    vw: Number(average.toFixed(6)),
  };
}

export function priceOf(market: Market, ticks: number): number {
  return Number(formatScaled(BigInt(ticks) * market.instrument.tickSize));
}

export function sizeOf(market: Market, lots: number): number {
  return Number(formatScaled(BigInt(lots) * market.instrument.lotSize));
}
