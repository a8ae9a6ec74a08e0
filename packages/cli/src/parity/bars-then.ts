import {
  type Database,
  type FilledStretch,
  filledAfter,
  type ReplacedBar,
  replacedBars,
} from '@ballast/db';
import { type Bar, decisionTime, TIMEFRAME_MS, type TradingSession } from '@ballast/domain';
import { forgottenWholly } from '@ballast/strategies';
import type { Cause } from './cause.ts';

/** What a word was made from: bars without a hole, up to the one that it is said of. */
export type MadeFrom = {
  readonly bars: readonly Bar[];
  readonly session: TradingSession;
  readonly barOpenTime: number;
  readonly warmUp: number;
};

/** Epoch ms; a start that nobody knows is -Infinity. */
export type LiveTimes = { readonly startedAt: number; readonly decidedAt: number };

/**
 * Whether what the store says of the bars by now is why a word differs: it is where deciding again
 * by the bars as they were known then says what is recorded. A worker takes its bars from the store
 * when it starts or finds a hole, and each one after that as it is told first; when that was nobody
 * keeps, so every moment before the decision at which it makes a difference is tried.
 * @param saysRecorded decides again by these bars, which may have a hole
 * @returns null where no such bars say it
 */
export async function correctionOf(
  db: Database,
  madeFrom: MadeFrom,
  live: LiveTimes,
  saysRecorded: (bars: readonly Bar[]) => boolean,
): Promise<Cause | null> {
  const { bars, barOpenTime, warmUp } = madeFrom;
  const [first] = bars;
  if (first === undefined || bars.at(-1)?.openTime !== barOpenTime) {
    return notKept('the bar is not stored any more');
  }
  if (bars.length <= warmUp) return notKept('too few bars without a gap are stored before it');
  const history = await historyOf(db, first, barOpenTime);
  // As they are now has been tried.
  const tried = new Set(['']);
  for (const moment of momentsOf(history, live)) {
    for (const fills of [history.fills, history.fills.filter(({ by }) => by === 'gap')]) {
      const then = barsAt(moment, { ...history, fills }, madeFrom);
      if (tried.has(then.name)) continue;
      tried.add(then.name);
      if (!saysRecorded(then.bars)) continue;
      const detail = `decided again with ${then.corrected} bars as they were before their \
correction and without ${then.missing} that came later it says what is recorded`;
      return { code: 'dataCorrection', detail };
    }
  }
  return numbersLost(madeFrom, history);
}

const notKept = (detail: string): Cause => ({ code: 'notKept', detail });

type History = {
  /** By open time, in the order in which they were replaced. */
  readonly replaced: ReadonlyMap<number, readonly ReplacedBar[]>;
  readonly fills: readonly FilledStretch[];
};

async function historyOf(db: Database, first: Bar, to: number): Promise<History> {
  const { instrument, timeframe, openTime: from } = first;
  const rows = await replacedBars(db, { instrument, timeframe, from, to });
  const fills = await filledAfter(db, { instrument, timeframe, from, to, after: from });
  return { replaced: Map.groupBy(rows, ({ bar }) => bar.openTime), fills };
}

/** The likeliest first: a worker that has run for long, and one that has just started. */
function momentsOf({ replaced, fills }: History, { startedAt, decidedAt }: LiveTimes): number[] {
  const changes = [...replaced.values()].flat().map(({ replacedAt }) => replacedAt);
  const all = [...changes, ...fills.map(({ filledAt }) => filledAt)];
  const between = new Set(all.filter((at) => at > startedAt && at < decidedAt));
  return [startedAt, decidedAt, ...[...between].toSorted((a, b) => b - a)];
}

/** As one knew them who has read the store at a moment, and was told each bar that closed later. */
function barsAt(moment: number, { replaced, fills }: History, { bars, session }: MadeFrom) {
  const known: Bar[] = [];
  const changed: string[] = [];
  let [corrected, missing] = [0, 0];
  for (const now of bars) {
    const { openTime, timeframe } = now;
    const lengthMs = TIMEFRAME_MS[timeframe];
    const closed = decisionTime(timeframe, session, openTime);
    const heardAt = Math.max(moment, closed);
    const version = replaced.get(openTime)?.find(({ replacedAt }) => replacedAt > heardAt);
    const bar = version?.bar ?? now;
    // That a bar is missing is noticed by the next one, and then the store is read.
    const noticedAt = Math.max(moment, closed + lengthMs);
    const isMissing =
      bar.state === 'backfilled' &&
      fills.some(({ from, to, filledAt }) => {
        return from < openTime + lengthMs && to > openTime && filledAt > noticedAt;
      });
    if (isMissing) {
      missing += 1;
      changed.push(`${openTime}`);
      continue;
    }
    known.push(bar);
    if (version === undefined) continue;
    corrected += 1;
    changed.push(`${openTime} until ${version.replacedAt}`);
  }
  return { bars: known, corrected, missing, name: changed.join() };
}

/** Of a bar that was corrected before the store kept such numbers nobody can say what it was. */
function numbersLost({ bars, warmUp }: MadeFrom, { replaced }: History): Cause | null {
  const seen = bars.slice(-(forgottenWholly(warmUp) + 1));
  const lost = seen.filter((bar) => {
    const first = replaced.get(bar.openTime)?.[0]?.bar ?? bar;
    return first.state === 'corrected';
  });
  if (lost.length === 0) return null;
  const at = new Date(lost[0]?.openTime ?? 0).toISOString();
  return notKept(`of ${lost.length} corrected bars, from ${at} on, what they said is not kept`);
}
