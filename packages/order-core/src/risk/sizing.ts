import {
  divideScaled,
  type Instrument,
  InvalidInput,
  type Money,
  multiplyScaled,
  type Price,
  priceDistance,
  type Quantity,
  roundToLot,
} from '@ballast/domain';

/**
 * The quantity that loses `risk` between entry and stop, rounded down to the lot; 0 when the budget
 * is below one lot.
 * @throws InvalidInput STOP_AT_ENTRY when there is no distance to lose over
 */
export function sizeByRisk(
  instrument: Instrument,
  entryPrice: Price,
  stop: Price,
  risk: Money,
): Quantity {
  const distance = priceDistance(entryPrice, stop);
  if (distance === 0n) throw new InvalidInput('STOP_AT_ENTRY', 'stop equals the entry price');
  const perUnit = multiplyScaled(distance, instrument.multiplier, 'ceil');
  const quantity = divideScaled(risk.amount, perUnit, 'floor') as Quantity;
  return roundToLot(quantity > 0n ? quantity : (0n as Quantity), instrument, 'floor');
}
