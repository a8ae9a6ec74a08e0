import type { MarketTick } from '@ballast/sim-core';

/** A tick with the wall-clock time at which it belongs to the market. */
export type TimedTick = { readonly at: number; readonly tick: MarketTick };

const MINUTE_MS = 60_000;

/** The start of the minute that `at` is in. */
export function minuteOf(at: number): number {
  return at - (at % MINUTE_MS);
}

/** Where one instrument's prices come from. Times never go backwards. */
export type TickSource = {
  /**
   * Ticks of the whole minutes before the market opened, for its bars; read once and to its end,
   * before `due`.
   */
  history(): Iterable<TimedTick>;
  /** Ticks that belong to the market by `now` and were not given before; at most `limit`. */
  due(now: number, limit: number): readonly TimedTick[];
  /** Puts all that is still to come later by `ms`: after a freeze, or a clock that jumped. */
  delay(ms: number): void;
  /** The market was moved by hand; a model goes on from there. */
  moveTo(priceTicks: number): void;
  /** A mark from which a later run goes on; null where there is nothing to keep. */
  mark(): SourceMark | null;
  readonly ended: boolean;
};

export type SourceMark =
  | { readonly kind: 'model'; readonly priceTicks: number }
  | { readonly kind: 'replay'; readonly file: string; readonly row: number };
