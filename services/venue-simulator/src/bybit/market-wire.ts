import { formatScaled, multiplyScaled } from '@ballast/domain';
import { type Book, levelsAgainst, LIMIT_TO_MARKET } from '@ballast/sim-core';
import { dayOf, type MinuteBar, openBefore } from '../klines.ts';
import type { Market, PublicPrint } from '../market.ts';
import { fundingOf, openInterestOf } from './microstructure.ts';

export const priceText = (market: Market, ticks: number): string =>
  formatScaled(BigInt(ticks) * market.instrument.tickSize);

export const lotsText = (market: Market, lots: number): string =>
  formatScaled(BigInt(lots) * market.instrument.lotSize);

/** Σ ticks × lots as money. */
function turnoverText(market: Market, turnover: number): string {
  const { tickSize, lotSize } = market.instrument;
  return formatScaled(BigInt(turnover) * multiplyScaled(tickSize, lotSize, 'halfEven'));
}

/** publicTrade item: T time, s symbol, S taker side, v size, p price, L tick direction, i id. */
export function tradeJson(market: Market, trade: PublicPrint): Record<string, unknown> {
  return {
    T: trade.at,
    s: market.symbol,
    S: trade.taker === 'buy' ? 'Buy' : 'Sell',
    v: lotsText(market, trade.sizeLots),
    p: priceText(market, trade.priceTicks),
    L: trade.rising ? 'PlusTick' : 'MinusTick',
    i: trade.id,
    BT: false,
    RPI: false,
    seq: trade.sequence,
  };
}

export function recentTradeJson(market: Market, trade: PublicPrint): Record<string, unknown> {
  return {
    execId: trade.id,
    symbol: market.symbol,
    price: priceText(market, trade.priceTicks),
    size: lotsText(market, trade.sizeLots),
    side: trade.taker === 'buy' ? 'Buy' : 'Sell',
    time: String(trade.at),
    isBlockTrade: false,
    seq: String(trade.sequence),
  };
}

/** All fields of a ticker; the stream sends the changed ones after its snapshot. */
export function tickerJson(market: Market, seed: string, now: number): Record<string, string> {
  const { lastTick, instrument, klines } = market;
  const last = priceText(market, lastTick.priceTicks);
  const { priceTicks } = lastTick;
  const quiet = { open: priceTicks, high: priceTicks, low: priceTicks, lots: 0, turnover: 0 };
  const day = dayOf(klines) ?? quiet;
  const interestLots = openInterestOf(market, seed, now);
  const funding = fundingOf(market, seed, now);
  const interest = BigInt(interestLots) * instrument.lotSize;
  const price = BigInt(priceTicks) * instrument.tickSize;
  return {
    symbol: market.symbol,
    tickDirection: market.recent.at(-1)?.rising === false ? 'MinusTick' : 'PlusTick',
    price24hPcnt: (priceTicks / day.open - 1).toFixed(6),
    lastPrice: last,
    prevPrice24h: priceText(market, day.open),
    highPrice24h: priceText(market, Math.max(day.high, priceTicks)),
    lowPrice24h: priceText(market, Math.min(day.low, priceTicks)),
    prevPrice1h: priceText(market, openBefore(klines, 59) ?? day.open),
    markPrice: last,
    indexPrice: last,
    openInterest: formatScaled(interest),
    openInterestValue: formatScaled(multiplyScaled(interest, price, 'halfEven')),
    turnover24h: turnoverText(market, day.turnover),
    volume24h: lotsText(market, day.lots),
    nextFundingTime: String(funding.nextAt),
    fundingRate: funding.expectedRate,
    fundingIntervalHour: '8',
    bid1Price: priceText(market, lastTick.bidTicks),
    bid1Size: lotsText(market, lastTick.depthLots),
    ask1Price: priceText(market, lastTick.askTicks),
    ask1Size: lotsText(market, lastTick.depthLots),
  };
}

/** Row of a kline listing: start, open, high, low, close, volume, turnover. */
export function klineRow(market: Market, bar: MinuteBar): string[] {
  return [
    String(bar.openTime),
    ...[bar.open, bar.high, bar.low, bar.close].map((ticks) => priceText(market, ticks)),
    lotsText(market, bar.lots),
    turnoverText(market, bar.turnover),
  ];
}

export function klineJson(
  market: Market,
  bar: MinuteBar,
  interval: number,
  confirm: boolean,
  now: number,
): Record<string, unknown> {
  const [start, open, high, low, close, volume, turnover] = klineRow(market, bar);
  return {
    start: Number(start),
    end: bar.openTime + interval * 60_000 - 1,
    interval: String(interval),
    open,
    close,
    high,
    low,
    volume,
    turnover,
    confirm,
    timestamp: now,
  };
}

/** Snapshot of the book: s symbol, b bids and a asks as [price, size], u update id. */
export function orderbookJson(market: Market, book: Book, depth: number): Record<string, unknown> {
  const rows = (side: 'buy' | 'sell'): string[][] =>
    levelsAgainst(book, side, depth).map(({ price, quantity }) => [
      formatScaled(price),
      formatScaled(quantity),
    ]);
  return {
    s: market.symbol,
    b: rows('sell'),
    a: rows('buy'),
    u: market.sequence,
    seq: market.sequence,
  };
}

export function instrumentJson(market: Market): Record<string, unknown> {
  const { instrument } = market;
  const tick = formatScaled(instrument.tickSize);
  const maxOrderQty = formatScaled(instrument.maxQuantity * LIMIT_TO_MARKET);
  return {
    symbol: market.symbol,
    contractType: 'LinearPerpetual',
    status: 'Trading',
    baseCoin: instrument.baseCurrency,
    quoteCoin: instrument.quoteCurrency,
    settleCoin: instrument.quoteCurrency,
    symbolType: '',
    launchTime: '0',
    deliveryTime: '0',
    deliveryFeeRate: '',
    priceScale: String(tick.split('.')[1]?.length ?? 0),
    leverageFilter: { minLeverage: '1', maxLeverage: '10', leverageStep: '0.01' },
    priceFilter: { minPrice: tick, maxPrice: '1999999.8', tickSize: tick },
    lotSizeFilter: {
      maxOrderQty,
      maxMktOrderQty: formatScaled(instrument.maxQuantity),
      minOrderQty: formatScaled(instrument.minQuantity),
      qtyStep: formatScaled(instrument.lotSize),
      postOnlyMaxOrderQty: maxOrderQty,
      minNotionalValue: formatScaled(instrument.minNotional),
    },
    unifiedMarginTrade: true,
    fundingInterval: 480,
    copyTrading: 'none',
    upperFundingRate: '0',
    lowerFundingRate: '0',
    isPreListing: false,
    preListingInfo: null,
    displayName: '',
  };
}
