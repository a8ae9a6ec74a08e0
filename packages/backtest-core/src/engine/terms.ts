import { type Instrument, type Price, type Quantity, SCALE, toNumber } from '@ballast/domain';

/** A decimal fraction whose parts a float64 holds exactly. */
type Fraction = { readonly over: number; readonly under: number };

/**
 * An instrument in whole ticks and lots, which a float64 adds and multiplies exactly as long as all
 * stays below 2^53.
 */
export type Terms = {
  readonly tickSize: bigint;
  readonly lotSize: bigint;
  /** The same as floats, for what is rounded to them. */
  readonly tick: number;
  readonly lot: number;
  /** What one lot is worth at one tick, scale 18; 0 where that is no whole number. */
  readonly unit: bigint;
  readonly minLots: number;
  readonly maxLots: number;
  /** To some digits of a float64. */
  readonly minNotional: number;
  readonly ofTick: Fraction;
  readonly ofLot: Fraction;
  readonly ofUnit: Fraction;
};

export function termsOf(instrument: Instrument): Terms {
  const { tickSize, lotSize, minQuantity, maxQuantity } = instrument;
  const worth = tickSize * lotSize;
  const unit = worth % ONE === 0n ? worth / ONE : 0n;
  return {
    ...{ tickSize, lotSize, unit },
    ...{ tick: Number(tickSize) / 1e18, lot: Number(lotSize) / 1e18 },
    minLots: Number((minQuantity + lotSize - 1n) / lotSize),
    maxLots: Number(maxQuantity / lotSize),
    minNotional: toNumber(instrument.minNotional),
    ...{ ofTick: fractionOf(tickSize), ofLot: fractionOf(lotSize), ofUnit: fractionOf(unit) },
  };
}

/** So many ticks as a price. */
export const priceOf = (ticks: number, { tickSize }: Pick<Terms, 'tickSize'>): Price =>
  (BigInt(ticks) * tickSize) as Price;

/** So many lots as a quantity. */
export const quantityOf = (lots: number, { lotSize }: Pick<Terms, 'lotSize'>): Quantity =>
  (BigInt(lots) * lotSize) as Quantity;

/**
 * So many of them as the float64 that is nearest: one division of two exact numbers rounds once, as
 * reading the decimal text does.
 */
export const floatOf = (count: number, { over, under }: Fraction): number => (count * over) / under;

/** Whether such a count, and what `floatOf` makes of it, is exact. */
export const isExact = (count: number, { over }: Fraction): boolean =>
  Number.isSafeInteger(count * over);

const ONE = 10n ** BigInt(SCALE);

function fractionOf(scaled: bigint): Fraction {
  let [over, places] = [scaled, SCALE];
  while (places > 0 && over % 10n === 0n) {
    over /= 10n;
    places -= 1;
  }
  return { over: Number(over), under: 10 ** places };
}
