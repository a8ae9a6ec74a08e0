import { readHeartbeats } from '@ballast/bus';
import { type Database, type DecidedSignal, decidedSignals, loadInstruments } from '@ballast/db';
import { decisionTime, type Instrument, parseScaled, type TradingSession } from '@ballast/domain';
import { gateConfiguration, strategyNamed } from '@ballast/strategies';
import { readDay } from '../arguments.ts';
import { type FillDifference, replayFills } from '../parity/fills-then.ts';
import { type Difference, replayDecisions } from '../parity/replay-decisions.ts';
import type { Stretch } from '../parity/replayed-day.ts';
import type { Platform } from '../platform.ts';
import { type Report, timeText } from '../report.ts';

const WORKER = 'strategy-worker';

export type ParityTerms = {
  /** Parts of the equity by which the worker sizes, decimal text. */
  readonly riskFraction: string;
  readonly notionalFraction: string;
  /** Limits of the gates that the worker was given by its environment. */
  readonly gates: Readonly<Record<string, unknown>>;
};

/**
 * A day's live decisions made once more: what strategies say of the stored bars, the gates over
 * what was known then, and the sizes; and its fills held against the backtester's. Its claim is
 * that nothing differs without a cause.
 * @param day YYYY-MM-DD, UTC @throws Failure DAY_MALFORMED
 */
export async function parity(
  { db, bus, access }: Pick<Platform, 'db' | 'bus' | 'access'>,
  day: string,
  terms: ParityTerms,
): Promise<Report> {
  const stretch = readDay(day);
  const beats = await readHeartbeats(bus);
  const beat = beats.find(({ service }) => service === WORKER);
  const instruments = await loadInstruments(db);
  const replayed = await replayDecisions(db, {
    ...{ account: access.account, stretch },
    heard: beat === undefined ? null : { from: beat.startedAt, to: beat.at },
    instruments,
    decided: await signalsOf(db, stretch, instruments),
    gates: gateConfiguration(terms.gates),
    terms: {
      riskFraction: parseScaled(terms.riskFraction),
      notionalFraction: parseScaled(terms.notionalFraction),
    },
  });
  const { differences: decisions, ...counts } = replayed;
  const filled = await replayFills(db, { account: access.account, stretch, instruments });
  const { differences: unlike, ...fills } = filled;
  const differences = [...decisions, ...unlike.map(ofFill)];
  const unexplained = differences.filter(({ cause }) => cause === null).length;
  const explained: Record<string, number> = {};
  for (const { cause } of differences) {
    if (cause !== null) explained[cause.code] = (explained[cause.code] ?? 0) + 1;
  }
  const { signals, asked, compared, equal } = counts;
  const both = { compared: compared + fills.compared, equal: equal + fills.equal };
  const verdict = verdictOf({ ...both, unexplained });
  return {
    ok: unexplained === 0,
    data: { day, verdict, ...counts, fills, unexplained, explained, differences },
    lines: [
      both.compared === 0
        ? `${day}: nothing to compare, and nothing shown: there is no decision that both could make`
        : `${day}: ${compared} decisions compared`,
      `${signals} signals, ${signals - asked} blocked, ${asked} asked: ${equal} equal`,
      `${fills.compared} filled orders compared: ${fills.equal} equal; ` +
        `of ${fills.unknown} more no bar says what a backtest fills`,
      `${differences.length - unexplained} differences with a cause, ${unexplained} without one`,
      ...differences.map(lineOf),
    ],
  };
}

type ParityVerdict = 'same' | 'explained' | 'different' | 'nothing to compare';

type Counts = Readonly<Record<'compared' | 'equal' | 'unexplained', number>>;

/**
 * Where nothing was compared nothing differs, and that is no proof of anything; what differs for a
 * cause is not the same.
 */
function verdictOf({ compared, equal, unexplained }: Counts): ParityVerdict {
  if (unexplained > 0) return 'different';
  if (compared === 0) return 'nothing to compare';
  return equal < compared ? 'explained' : 'same';
}

/** Of a Friday's bar of a day stocks are decided on at the next opening. */
const LONGEST_MS = 5 * 86_400_000;

/** Those that are decided on that day. */
async function signalsOf(
  db: Database,
  { from, to }: Stretch,
  instruments: readonly Instrument[],
): Promise<DecidedSignal[]> {
  const sessions = new Map<string, TradingSession>(
    instruments.map(({ id, session }) => [id, session]),
  );
  const all = await decidedSignals(db, { from: from - LONGEST_MS, to });
  return all.filter(({ signal }) => {
    const { timeframe } = strategyNamed(signal.strategy);
    const session = sessions.get(signal.instrument) ?? 'continuous';
    const decided = decisionTime(timeframe, session, signal.barOpenTime);
    return decided >= from && decided < to;
  });
}

function ofFill({ of, live, again, cause }: FillDifference): Difference {
  const { id: signalId, strategy, instrument, barOpenTime } = of.signal;
  return { what: 'fill', signalId, strategy, instrument, barOpenTime, live, again, cause };
}

function lineOf({ what, strategy, instrument, barOpenTime, live, again, cause }: Difference) {
  const why = cause === null ? 'NO CAUSE FOUND' : `${cause.code}: ${cause.detail}`;
  const both = `live ${live}; again ${again}`;
  return `${timeText(barOpenTime)} ${strategy} ${instrument} ${what}: ${both}: ${why}`;
}
