import {
  decisionTime,
  type Instrument,
  isSessionOpen,
  nextOpening,
  type Timeframe,
} from '@ballast/domain';
import type { Columns } from '@ballast/indicators';
import { Known, type KnownColumn, type Model } from '@ballast/strategies';
import type { Hole } from './bars-check.ts';
import { type Terms, termsOf } from './terms.ts';

/** One instrument's bars and the strategy that looks at them. */
export type Series = {
  readonly instrument: Instrument;
  readonly timeframe: Timeframe;
  readonly bars: Columns;
  /** Narrower bars of the same instrument, where there are any: they say what came first. */
  readonly finer?: Columns;
  readonly model: Model;
  /** What was known beside the bars, and when; nothing else is. */
  readonly known?: readonly KnownColumn[];
};

/** A series under way. */
export type Track = Omit<Series, 'known'> & {
  readonly known: Known;
  readonly terms: Terms;
  readonly state: Float64Array;
  readonly rows: number;
  /** Whether it has a bar at each moment of the run. */
  readonly isWhole: boolean;
  /** Whether anything is known beside the bars, and whether funding is. */
  readonly knowsMore: boolean;
  readonly isFunded: boolean;
  /** A perpetual contract, whose gate of funding asks for a rate. */
  readonly paysFunding: boolean;
  /** Bars that are missing among these, the oldest first. */
  readonly holes: readonly Hole[];
  /** Rows of the first bars after those, rising: the strategy begins anew with each. */
  readonly begins: readonly number[];
  /** With which row it began, how often anew, and with which it does next; `rows` for never. */
  begun: number;
  timesBegun: number;
  beginsAt: number;
  /** The row of the next bar. */
  row: number;
  /** The first row of which the strategy has not been asked. */
  heard: number;
  /** The next row on whose close it says something, `rows` where it says no more; and what. */
  speaksAt: number;
  said: number;
  /** The price that the market shows; NaN before the first. */
  shown: number;
  /** When a trade was last asked for; null for never. */
  askedAt: number | null;
  /** Whether anything is held or on its way. */
  isBusy: boolean;
  /** Prices at which an order of ours, or a trade, does something: at or below, at or above. */
  below: number;
  above: number;
  /** Between these, both excluded, a price of the market changes nothing of what is held. */
  calmFrom: number;
  calmTo: number;
  /** Whether a trailing stop follows the best price of each bar. */
  follows: boolean;
  /** What is held, signed, and its cost; 0 when flat. */
  quantity: number;
  cost: number;
};

/** Of an instrument of which nothing is held. */
export const IDLE = {
  ...{ isBusy: false, below: -Infinity, above: Infinity, calmFrom: Infinity, calmTo: -Infinity },
  ...{ follows: false, quantity: 0, cost: 0 },
} as const;

const UNHEARD = { begun: 0, timesBegun: 0, heard: 0, speaksAt: 0, said: 0 } as const;

/** Nothing is held any more. */
export function rest(track: Track): void {
  track.isBusy = false;
  track.below = -Infinity;
  track.above = Infinity;
  track.calmFrom = Infinity;
  track.calmTo = -Infinity;
  track.follows = false;
  track.quantity = 0;
  track.cost = 0;
}

/** @param moments at which any instrument of the run has a bar */
export function startTrack(series: Series, moments: number, holes: readonly Hole[]): Track {
  const state = new Float64Array(series.model.size);
  series.model.start(state, 0);
  const known = new Known(series.known ?? []);
  const terms = termsOf(series.instrument);
  const { columns, isFunded } = known;
  const rows = series.bars.openTime.length;
  const begins = rowsAfter(holes, series.bars);
  const fixed = {
    ...series,
    known,
    terms,
    state,
    holes,
    begins,
    rows,
    isFunded,
    isWhole: rows === moments,
  };
  const paysFunding = series.instrument.id.includes('.linear:');
  return {
    ...fixed,
    paysFunding,
    knowsMore: columns > 0,
    ...IDLE,
    row: 0,
    ...UNHEARD,
    beginsAt: begins[0] ?? rows,
    shown: NaN,
    askedAt: null,
  };
}

/**
 * To be called with the row of each bar before its strategy steps: after bars that are missing it
 * has seen nothing, as live, where it begins anew from what is stored without a hole.
 */
export function beginAnew(track: Track, row: number): void {
  if (row !== track.beginsAt) return;
  track.model.start(track.state, 0);
  track.begun = row;
  track.timesBegun += 1;
  track.beginsAt = track.begins[track.timesBegun] ?? track.rows;
}

function rowsAfter(holes: readonly Hole[], { openTime }: Columns): number[] {
  let row = 0;
  return holes.map(({ to }) => {
    while ((openTime[row] ?? Infinity) <= to) row += 1;
    return row;
  });
}

/** When a price of a bar is traded that opens before its session does, as those of a day. */
export function tradedAt(
  { instrument: { session } }: Pick<Series, 'instrument'>,
  at: number,
): number {
  return session === 'continuous' || isSessionOpen(session, at) ? at : nextOpening(session, at);
}

/** `decisionTime` of a bar of the track. */
export function decidedAt(
  { instrument: { session }, timeframe }: Pick<Series, 'instrument' | 'timeframe'>,
  openTime: number,
): number {
  return decisionTime(timeframe, session, openTime);
}
