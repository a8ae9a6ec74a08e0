import type { InstrumentId } from './instrument.ts';

/**
 * What there is to know of a market beside its prices. `open-interest`: open contracts, in units of
 * base; `funding-rate`: what longs pay shorts at a settlement, as a fraction of the position's
 * value; `long-account-share`: of the accounts with a position those that are long, from 0 to 1;
 * `taker-buy-volume` and `taker-sell-volume`: units of base that takers bought and sold in the
 * `TAKER_INTERVAL_MS` from the moment it speaks of.
 */
export const MICROSTRUCTURE_KINDS = [
  'open-interest',
  'funding-rate',
  'long-account-share',
  'taker-buy-volume',
  'taker-sell-volume',
] as const;
export type MicrostructureKind = (typeof MICROSTRUCTURE_KINDS)[number];

export const TAKER_INTERVAL_MS = 300_000;

/**
 * How a value came to us, which says what its `knownAt` rests on. `venue`: it was asked for while
 * we were looking, so `knownAt` is our receipt; `history`: it is older than our first look, so
 * `knownAt` is an assumption about when it was published; `trades`: we made it from public trades,
 * so `knownAt` is when we had it.
 */
export const MICROSTRUCTURE_SOURCES = ['venue', 'history', 'trades'] as const;
export type MicrostructureSource = (typeof MICROSTRUCTURE_SOURCES)[number];

/** One value; decimal text. */
export type MicrostructurePoint = {
  readonly instrument: InstrumentId;
  readonly kind: MicrostructureKind;
  /** The moment, or the beginning of the interval, that it speaks of; epoch ms. */
  readonly at: number;
  readonly value: string;
};
