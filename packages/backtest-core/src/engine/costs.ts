import type { Instrument, Price } from '@ballast/domain';
import type { MarketPrint } from '@ballast/sim-core';
import { priceOf, type Terms } from './terms.ts';

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
export function printAt(
  price: number,
  instrument: Pick<Instrument, 'maxQuantity'>,
  terms: Terms,
  costs: Costs,
): MarketPrint {
  return {
    price: snapped(price, terms),
    bid: priceOf(bidTicks(price, terms, costs), terms),
    ask: priceOf(askTicks(price, terms, costs), terms),
    ...{ taker: 'buy', size: instrument.maxQuantity, depth: instrument.maxQuantity },
  };
}

/** The last price, in ticks; how a float writes one that is on its tick does not move it off it. */
export const lastTicks = (price: number, { tick }: Terms): number => Math.round(price / tick);

/** What who sells at market gets, in ticks. */
export function bidTicks(price: number, { tick }: Terms, costs: Costs): number {
  return Math.max(1, Math.floor((price - awayFrom(price, costs)) / tick + TOLERANCE));
}

/** What who buys at market pays, in ticks. */
export function askTicks(price: number, { tick }: Terms, costs: Costs): number {
  return Math.ceil((price + awayFrom(price, costs)) / tick - TOLERANCE);
}

/** The price on its tick. */
export function snapped(price: number, terms: Terms): Price {
  return priceOf(lastTicks(price, terms), terms);
}

function awayFrom(price: number, { spread, slippage }: Costs): number {
  return price * (spread / 2 + slippage);
}

/** In ticks: far more than the rounding of a float, far less than one. */
const TOLERANCE = 1e-6;
