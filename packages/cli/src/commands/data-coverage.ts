import { type GapRow, loadCoverage, loadFollowed, loadGaps } from '@ballast/db';
import {
  barCloseTime,
  type CoverageCell,
  coverageGrid,
  coverageShare,
  type GridCell,
  isTimeframe,
  TIMEFRAMES,
  type TradingSession,
} from '@ballast/domain';
import { readCount, readInstrumentId } from '../arguments.ts';
import { EXIT, Failure } from '../failure.ts';
import type { Platform } from '../platform.ts';
import { countText, type Report, timeText } from '../report.ts';

const DAY_MS = 86_400_000;
const DAYS_MAX = 3_650;
const GAPS_SHOWN = 20;
/** The last look may lag the clock by this much: bars are due half a minute late. */
const LOOK_LATE_MS = 120_000;

type Asked = { readonly instrument?: string; readonly timeframe?: string; readonly days: string };

/**
 * Ok when no bar that should be there is missing, and, of all that is to be streamed, every bar
 * that was due was looked for.
 * @throws Failure where an instrument has bars and is not listed any more, or nobody knows it
 */
export async function dataCoverage({ db }: Pick<Platform, 'db'>, asked: Asked): Promise<Report> {
  const days = readCount(asked.days, '--days', DAYS_MAX);
  if (asked.instrument !== undefined) readInstrumentId(asked.instrument);
  const now = Date.now();
  const window = { from: now - days * DAY_MS, to: now, dueBy: now - LOOK_LATE_MS };
  const [rows, gaps, universe] = await Promise.all([
    loadCoverage(db),
    loadGaps(db, window),
    loadFollowed(db),
  ]);
  const sessions = new Map(
    universe.map(({ instrument: { id, session } }) => [id as string, session] as const),
  );
  if (asked.instrument !== undefined && !sessions.has(asked.instrument)) {
    throw new Failure('INSTRUMENT_UNKNOWN', `${asked.instrument} is not known`, EXIT.usage);
  }
  // What is not streamed any more is looked at no longer; asked for by name it is shown.
  const followedIds = universe.flatMap(({ instrument: { id }, followed }) =>
    followed ? [id as string] : [],
  );
  const isFollowed = new Set(followedIds);
  const isAsked = ({ instrument, timeframe }: { instrument: string; timeframe: string }): boolean =>
    (asked.instrument === undefined
      ? isFollowed.has(instrument)
      : asked.instrument === instrument) && (asked.timeframe ?? timeframe) === timeframe;
  const { cells, unknown } = coverageGrid(rows.filter(isAsked), gaps, sessions, window);
  if (unknown.length > 0) {
    throw new Failure('INSTRUMENT_UNKNOWN', `${unknown.join(', ')}: not known any more`);
  }
  const open = gaps
    .filter((gap) => gap.endedAt === null && isAsked(gap))
    .map((gap) => shownGap(gap, sessions.get(gap.instrument)));
  const missing = cells.reduce((sum, cell) => sum + cell.missing, 0);
  const never = neverLookedAt(followedIds, rows, asked);
  const late = cells.filter(({ instrument, unseen }) => unseen > 0 && isFollowed.has(instrument));
  const unseen = late.reduce((sum, cell) => sum + cell.unseen, 0);
  const empty = cells.reduce((sum, cell) => sum + cell.empty, 0);
  const unheard = cells.reduce((sum, cell) => sum + cell.unheard, 0);
  return {
    ok: missing + unseen + never.length === 0,
    data: { window, cells, gaps: open, missing, empty, unheard, unseen, never },
    lines: [
      ...gridLines(cells),
      ...gapLines(open),
      ...emptyLines(cells, empty),
      ...unheardLines(gaps.filter(isAsked), unheard),
      ...lateLines(late, unseen),
      ...neverLines(never),
    ],
  };
}

type Named = { readonly instrument: string; readonly timeframe: string };

/** What is to be streamed and nobody has ever looked at: of it nothing is known to be missing. */
function neverLookedAt(
  followed: readonly string[],
  rows: readonly Named[],
  asked: Pick<Asked, 'instrument' | 'timeframe'>,
): Named[] {
  const known = new Set(rows.map(({ instrument, timeframe }) => `${instrument} ${timeframe}`));
  const timeframes = TIMEFRAMES.filter((one) => (asked.timeframe ?? one) === one);
  return followed
    .filter((instrument) => (asked.instrument ?? instrument) === instrument)
    .flatMap((instrument) => timeframes.map((timeframe) => ({ instrument, timeframe })))
    .filter(({ instrument, timeframe }) => !known.has(`${instrument} ${timeframe}`));
}

function neverLines(never: readonly Named[]): string[] {
  const shown = never.slice(0, GAPS_SHOWN);
  const more = never.length - shown.length;
  return [
    ...shown.map(({ instrument, timeframe }) => `NEVER LOOKED AT: ${instrument} ${timeframe}`),
    ...(more > 0 ? [`and ${countText(more)} more that were never looked at`] : []),
  ];
}

/** The share of a cell is of what the venue has: without this a hundred of nothing looks whole. */
function emptyLines(cells: readonly CoverageCell[], empty: number): string[] {
  if (empty === 0) return [];
  const of = cells.filter((cell) => cell.empty > 0).length;
  const bars = `${countText(empty)} bars of ${countText(of)} ${of === 1 ? 'cell' : 'cells'}`;
  return [`EMPTY at the venue too, so not missing: ${bars}`];
}

/** Who hears a part of the market only cannot say that nothing was traded. */
function unheardLines(gaps: readonly GapRow[], unheard: number): string[] {
  if (unheard === 0) return [];
  const asked = gaps.flatMap(({ outcome, source }) => (outcome === 'unheard' ? [source] : []));
  const whom = [...new Set(asked)].join(', ');
  return [
    `NOT KNOWN whether traded: ${countText(unheard)} bars that ${whom} has not, and it hears a part only`,
  ];
}

/** Of what has ended since then nobody knows whether it is there. */
function lateLines(late: readonly GridCell[], unseen: number): string[] {
  if (late.length === 0) return [];
  const oldest = Math.min(...late.map(({ checkedUntil }) => checkedUntil));
  return [`NOT LOOKED AT since ${timeText(oldest)}: ${countText(unseen)} bars are due, see status`];
}

type ShownGap = Named & Pick<GapRow, 'bars' | 'foundAt'> & { from: number; to: number };

/** `to`: the end of its last bar, as the page tells it: a backfill from and to these asks for all. */
function shownGap(gap: GapRow, session: TradingSession | undefined): ShownGap {
  const { instrument, timeframe, fromTime, toTime, bars, foundAt } = gap;
  const isKnown = session !== undefined && isTimeframe(timeframe);
  const end = isKnown ? barCloseTime(timeframe, session, toTime) : null;
  return { instrument, timeframe, from: fromTime, to: end ?? toTime, bars, foundAt };
}

/** A row for each instrument, a column for each timeframe that is looked at. */
function gridLines(cells: readonly GridCell[]): string[] {
  if (cells.length === 0) return ['no bars are looked for'];
  const columns = TIMEFRAMES.filter((name) => cells.some(({ timeframe }) => timeframe === name));
  const ids = [...new Set(cells.map(({ instrument }) => instrument))];
  const width = Math.max(...ids.map((id) => id.length));
  const line = (first: string, rest: readonly string[]): string =>
    [first.padEnd(width), ...rest.map((text) => text.padStart(8))].join('  ');
  return [
    line('', columns),
    ...ids.map((id) =>
      line(
        id,
        columns.map((name) =>
          shareText(cells.find((cell) => cell.instrument === id && cell.timeframe === name)),
        ),
      ),
    ),
  ];
}

function shareText(cell: CoverageCell | undefined): string {
  const share = cell === undefined ? null : coverageShare(cell);
  return share === null ? '-' : `${share} %`;
}

function gapLines(gaps: readonly ShownGap[]): string[] {
  const shown = gaps.slice(-GAPS_SHOWN).map(({ instrument, timeframe, from, to, bars }) => {
    return `${instrument} ${timeframe} ${timeText(from)} to ${timeText(to)}: ${countText(bars)} missing`;
  });
  const more = gaps.length - shown.length;
  return more > 0 ? [`${countText(more)} earlier gaps`, ...shown] : shown;
}
