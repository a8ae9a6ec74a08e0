import type { Instrument, Price, Quantity, Side } from '@ballast/domain';

/**
 * One step of a price path, in whole ticks and lots of its instrument. `sizeLots` 0 moves the
 * quote without a trade. `offsetMs` counts from the origin of the path, never backwards.
 */
export type MarketTick = {
  readonly offsetMs: number;
  readonly priceTicks: number;
  readonly sizeLots: number;
  readonly taker: Side;
  readonly bidTicks: number;
  readonly askTicks: number;
  /** Displayed size of the best level; deeper levels follow from it (see book.ts). */
  readonly depthLots: number;
  /** Usual size of a deeper level, which then keeps its size while the best one changes. */
  readonly ladderLots?: number;
};

/** What the market shows after a tick. `size` 0: nothing traded. */
export type MarketPrint = {
  readonly price: Price;
  readonly size: Quantity;
  readonly taker: Side;
  readonly bid: Price;
  readonly ask: Price;
  readonly depth: Quantity;
  readonly ladder?: Quantity;
};

export function toPrint(tick: MarketTick, instrument: Instrument): MarketPrint {
  const price = (ticks: number): Price => (BigInt(ticks) * instrument.tickSize) as Price;
  const quantity = (lots: number): Quantity => (BigInt(lots) * instrument.lotSize) as Quantity;
  return {
    price: price(tick.priceTicks),
    size: quantity(tick.sizeLots),
    taker: tick.taker,
    bid: price(tick.bidTicks),
    ask: price(tick.askTicks),
    depth: quantity(tick.depthLots),
    ...(tick.ladderLots === undefined ? {} : { ladder: quantity(tick.ladderLots) }),
  };
}
