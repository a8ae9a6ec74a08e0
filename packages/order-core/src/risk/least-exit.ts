import {
  divide,
  type Instrument,
  multiplyScaled,
  type Price,
  type Quantity,
  roundToLot,
  type VenueCapabilities,
} from '@ballast/domain';

const ONE = 10n ** 18n;

/**
 * Must an exit be worth as much as any order? One that can only reduce is taken at any value. So it
 * is where nobody knows what the venue does.
 */
export function exitNeedsValue(capabilities: VenueCapabilities | null): boolean {
  return capabilities?.exits !== 'reduceOnly';
}

/**
 * The least quantity, on the lot, that the venue takes as an exit.
 * @param lowest price that the exit may have
 */
export function leastExit(
  instrument: Instrument,
  capabilities: VenueCapabilities,
  lowest: Price,
): Quantity {
  const { minQuantity, minNotional, multiplier } = instrument;
  const perUnit = multiplyScaled(lowest, multiplier, 'floor');
  const byValue =
    exitNeedsValue(capabilities) && perUnit > 0n ? divide(minNotional * ONE, perUnit, 'ceil') : 0n;
  const least = byValue > minQuantity ? byValue : minQuantity;
  return roundToLot(least as Quantity, instrument, 'ceil');
}
