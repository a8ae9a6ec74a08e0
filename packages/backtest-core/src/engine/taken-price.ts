import type { Instrument, Price } from '@ballast/domain';
import { printAt, type Costs } from './costs.ts';
import { termsOf } from './terms.ts';

/** What who takes at market gets or pays in a backtest where the market is at a price of a bar. */
export function takenPrice(
  price: number,
  side: 'buy' | 'sell',
  { instrument, ...costs }: Pick<Costs, 'spread' | 'slippage'> & { instrument: Instrument },
): Price {
  const free = { makerFee: 0n, takerFee: 0n };
  const { ask, bid } = printAt(price, instrument, termsOf(instrument), { ...costs, ...free });
  return side === 'buy' ? ask : bid;
}
