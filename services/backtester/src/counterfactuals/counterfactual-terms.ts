import type { FollowOptions } from '@ballast/backtest-core';
import { type InstrumentId, parseScaled, type VenueCapabilities, venueOf } from '@ballast/domain';
import { capabilitiesAt } from '../tried-instrument.ts';

/** A trade that is still open after so many bars of its strategy is closed. */
const HORIZON_BARS = 5_000;
const PRICES = { spread: 0.0001, slippage: 0.0001 } as const;

/**
 * The costs by which every backtest counts unless others are asked for: ByBit's fees of contracts
 * and of its spot market; stocks are free.
 */
function feesAt(id: InstrumentId): { readonly makerFee: bigint; readonly takerFee: bigint } {
  const fees = (maker: string, taker: string) => ({
    ...{ makerFee: parseScaled(maker), takerFee: parseScaled(taker) },
  });
  if (venueOf(id) !== 'bybit') return fees('0', '0');
  return id.startsWith('bybit.spot:') ? fees('0.001', '0.001') : fees('0.0002', '0.00055');
}

/**
 * How a blocked signal's trade would have been made.
 * @param riskFraction of the worker, scale 18
 */
export function termsOf(
  id: InstrumentId,
  { account, riskFraction }: { readonly account: string; readonly riskFraction: bigint },
): FollowOptions {
  const capabilities: VenueCapabilities = capabilitiesAt(id);
  return {
    ...{ account, capabilities, costs: { ...feesAt(id), ...PRICES } },
    // As the worker sizes: settings.ts there.
    sizing: { risk: riskFraction, notional: parseScaled('0.1') },
    horizonBars: HORIZON_BARS,
  };
}
