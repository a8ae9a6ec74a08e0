import { type Database, loadCoverage, loadFollowed, loadGaps } from '@ballast/db';
import { coverageGrid, type InstrumentId, TIMEFRAME_MS, TIMEFRAMES } from '@ballast/domain';
import { type CellView, cellView, LOOK_LATE_MS } from './cell-view.ts';

/** Longest window that is answered, days. */
export const DAYS_MAX = 365;
const DAY_MS = 86_400_000;
/** All pages that look share one reading; they ask every 15 s. */
const FRESH_MS = 5_000;

export type BoardRow = {
  readonly instrument: InstrumentId;
  /** One for each of `TIMEFRAMES`, in their order. */
  readonly cells: readonly CellView[];
};

export type Board = {
  /** When it was read, epoch ms. */
  readonly at: number;
  readonly rows: readonly BoardRow[];
  /** "instrument timeframe" that is looked at and not listed any more. */
  readonly unknown: readonly string[];
};

/** The window of the last `days` days, and what of it must have been looked at by now. */
export function windowOf(days: number, now: number) {
  return { from: now - days * DAY_MS, to: now, dueBy: now - LOOK_LATE_MS };
}

/** The coverage of all listed instruments, read again when it is older than five seconds. */
export function createCoverageBoard({ db, now }: { db: Database; now: () => number }) {
  const readings = new Map<number, { readonly at: number; readonly board: Promise<Board> }>();

  return {
    /** @param days 1 to `DAYS_MAX` */
    read(days: number): Promise<Board> {
      const at = now();
      for (const [key, reading] of readings) {
        if (Math.abs(at - reading.at) >= FRESH_MS) readings.delete(key);
      }
      const known = readings.get(days);
      if (known !== undefined) return known.board;
      const board = readBoard(db, days, at);
      readings.set(days, { at, board });
      // A reading that failed is nobody's answer but that of those who wait for it.
      board.catch(() => readings.delete(days));
      return board;
    },
  };
}

async function readBoard(db: Database, days: number, at: number): Promise<Board> {
  const window = windowOf(days, at);
  const [tracks, gaps, universe] = await Promise.all([
    loadCoverage(db),
    // A wide bar that opened before the window can have been due inside it.
    loadGaps(db, { from: window.from - TIMEFRAME_MS['1w'], to: at }),
    loadFollowed(db),
  ]);
  const sessions = new Map(
    universe.map(({ instrument: { id, session } }) => [id, session] as const),
  );
  const { cells, unknown } = coverageGrid(tracks, gaps, sessions, window);
  const byName = new Map(cells.map((cell) => [`${cell.instrument} ${cell.timeframe}`, cell]));
  // Bars of what is streamed no more are kept, and nobody looks for new ones.
  const followed = universe.filter((row) => row.followed).map(({ instrument }) => instrument.id);
  const rows = followed.map((id) => ({
    instrument: id,
    cells: TIMEFRAMES.map((timeframe) => cellView(byName.get(`${id} ${timeframe}`), at)),
  }));
  return { at, rows, unknown };
}
