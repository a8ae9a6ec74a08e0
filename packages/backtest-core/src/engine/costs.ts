import type { Instrument, Price } from '@ballast/domain';
import type { MarketPrint } from '@ballast/sim-core';

/** What trading costs beside the price itself. */
export type Costs = {
  /** Shares of an execution's value, at scale 18. */
  readonly makerFee: bigint;
  readonly takerFee: bigint;
  /** Between bid and ask, as a part of the price. */
  readonly spread: number;
  /** What a market order pays beyond the other side, as a part of the price. */
  readonly slippage: number;
};

/**
 * What the market shows at a price of a bar: bid and ask around it, each as far away as half of the
 * spread and the slippage, on the tick that is the worse one for who takes it. As deep as the
 * largest order: how much of a bar may be traded is a matter of the size of a trade.
 */
export function printAt(price: number, instrument: Instrument, costs: Costs): MarketPrint {
  const tick = Number(instrument.tickSize) / 1e18;
  const away = price * (costs.spread / 2 + costs.slippage);
  const inTicks = (ticks: number): Price => (BigInt(ticks) * instrument.tickSize) as Price;
  // A price that is on its tick is not to be moved off it by how a float writes it.
  const last = Math.round(price / tick);
  const bid = Math.max(1, Math.floor((price - away) / tick + TOLERANCE));
  const ask = Math.ceil((price + away) / tick - TOLERANCE);
  return {
    ...{ price: inTicks(last), bid: inTicks(bid), ask: inTicks(ask), taker: 'buy' },
    ...{ size: instrument.maxQuantity, depth: instrument.maxQuantity },
  };
}

/** The price on its tick. */
export function snapped(price: number, { tickSize }: Pick<Instrument, 'tickSize'>): Price {
  return (BigInt(Math.round(price / (Number(tickSize) / 1e18))) * tickSize) as Price;
}

/** In ticks: far more than the rounding of a float, far less than one. */
const TOLERANCE = 1e-6;
