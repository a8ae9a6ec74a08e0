import { coverageOf, type Database, type GapRow, loadGaps, loadInstruments } from '@ballast/db';
import {
  barCloseTime,
  coverageGrid,
  type Instrument,
  type InstrumentId,
  type Timeframe,
  TIMEFRAME_MS,
} from '@ballast/domain';
import { TRPCError } from '@trpc/server';
import { cellView } from './cell-view.ts';
import { windowOf } from './coverage-board.ts';

/** Gaps of one answer, the newest; how many more there are is told. */
const GAPS_MAX = 200;

type Asked = {
  readonly instrument: InstrumentId;
  readonly timeframe: Timeframe;
  readonly days: number;
};

/**
 * One cell of the grid and the gaps that it has in the window, the newest first.
 * @throws TRPCError NOT_FOUND where the instrument is not listed
 */
export async function cellGaps(db: Database, asked: Asked, at: number) {
  const { instrument, timeframe, days } = asked;
  const window = windowOf(days, at);
  const range = { instrument, timeframe, from: window.from - TIMEFRAME_MS[timeframe], to: at };
  const [track, found, instruments] = await Promise.all([
    coverageOf(db, instrument, timeframe),
    loadGaps(db, range),
    loadInstruments(db),
  ]);
  const listed = instruments.find(({ id }) => id === instrument);
  if (listed === undefined) {
    throw new TRPCError({ code: 'NOT_FOUND', message: `${instrument} is not listed` });
  }
  const sessions = new Map([[instrument, listed.session] as const]);
  const { cells } = coverageGrid(track === null ? [] : [track], found, sessions, window);
  // What nobody has asked for is missing to nobody.
  const gaps = found.filter(({ outcome }) => outcome !== 'unwanted');
  return {
    at,
    cell: cellView(cells[0], at),
    /** Bars are wanted from here on; null when they never were. */
    fromTime: track?.fromTime ?? null,
    gaps: gaps
      .slice(-GAPS_MAX)
      .reverse()
      .map((gap) => gapView(gap, timeframe, listed.session)),
    more: Math.max(0, gaps.length - GAPS_MAX),
  };
}

const STATES = ['empty', 'unheard', 'missing'] as const;

/** `to`: the end of its last bar, where the next one begins. */
function gapView(gap: GapRow, timeframe: Timeframe, session: Instrument['session']) {
  const { id, fromTime, toTime, bars, foundAt, outcome } = gap;
  return {
    id,
    from: fromTime,
    to: barCloseTime(timeframe, session, toTime) ?? toTime,
    bars,
    foundAt,
    state: STATES.find((state) => state === outcome) ?? 'missing',
  };
}
