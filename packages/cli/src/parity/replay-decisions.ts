import type { Database, DecidedSignal } from '@ballast/db';
import {
  type Bar,
  decisionTime,
  type Instrument,
  type StrategyName,
  STRATEGIES,
} from '@ballast/domain';
import { type GateConfiguration, isOfMarket, STRATEGY_BY_NAME } from '@ballast/strategies';
import { correctionOf } from './bars-then.ts';
import type { Cause } from './cause.ts';
import {
  type Replayed,
  type ReplayedWord,
  replayStretch,
  type SaidOfBar,
  type Segment,
  segmentsOf,
  type Stretch,
} from './replayed-day.ts';
import { isSame, numbers, type Said, saidBy } from './same-opinion.ts';
import { sizeDifference, type SizingTerms } from './size-then.ts';
import { verdictDifference } from './verdict-difference.ts';
import { verdictThen } from './verdict-then.ts';

/** A worker that starts reads its stored bars first: what closes meanwhile is history to it. */
const START_MS = 60_000;
/** A change of parameters is felt so long after its moment, at most. */
const CHANGE_FELT_MS = 10_000;

export type Difference = {
  readonly what: 'signal' | 'gate' | 'size' | 'fill';
  /** Null: live there was none. */
  readonly signalId: string | null;
  readonly strategy: string;
  readonly instrument: string;
  readonly barOpenTime: number;
  readonly live: string;
  readonly again: string;
  /** Null: nothing that is stored explains it. */
  readonly cause: Cause | null;
};

export type ReplayOptions = {
  readonly account: string;
  readonly stretch: Stretch;
  /** When a strategy-worker is known to have run; null: not at all. */
  readonly heard: Stretch | null;
  readonly instruments: readonly Instrument[];
  readonly decided: readonly DecidedSignal[];
  readonly gates: GateConfiguration;
  readonly terms: SizingTerms;
};

export type ReplayedDecisions = {
  /** Live, of those `asked` asked for a trade. */
  readonly signals: number;
  readonly asked: number;
  /** Live decisions, and entries of the replay that live has heard and not said. */
  readonly compared: number;
  /** In everything that is compared. */
  readonly equal: number;
  /** Entries that the replay speaks for. */
  readonly replayed: number;
  readonly differences: readonly Difference[];
};

/** Every live signal made once more, and every word of the replay looked for among them. */
export async function replayDecisions(
  db: Database,
  options: ReplayOptions,
): Promise<ReplayedDecisions> {
  const { stretch, instruments, decided } = options;
  const differences: Difference[] = [];
  const known = new Set<string>(instruments.map(({ id }) => id));
  const gone = decided.filter(({ signal }) => !known.has(signal.instrument));
  for (const { signal } of gone) differences.push(unknownInstrument(signal));
  let [equal, replayed, held, unsaid] = [0, 0, 0, 0];
  for (const strategy of STRATEGIES) {
    const mine = decided.filter(({ signal }) => signal.strategy === strategy);
    const segments = await segmentsOf(db, strategy, stretch);
    const { market } = STRATEGY_BY_NAME[strategy];
    for (const instrument of instruments) {
      if (!isOfMarket(market, instrument)) continue;
      const again = await replayStretch(db, strategy, instrument, segments);
      const here = mine.filter(({ signal }) => signal.instrument === instrument.id);
      replayed += again.spoken.length;
      held += here.length;
      for (const one of here) {
        const found = await compare(db, one, { ...options, instrument, again, segments });
        if (found === null) equal += 1;
        else differences.push(found);
      }
      const entries = here.filter(({ signal }) => signal.word === 'enter');
      const heard = new Set(entries.map(({ signal }) => signal.barOpenTime));
      const unheard = again.spoken.filter((openTime) => !heard.has(openTime));
      for (const openTime of unheard) {
        const about = { ...options, strategy, instrument, again, segments };
        const missed = await unspoken(db, about, openTime);
        differences.push(missed);
        // Live could not say what it did not hear.
        if (missed.cause?.code !== 'notRunning') unsaid += 1;
      }
    }
  }
  const asked = decided.filter(({ signal }) => signal.tradeId !== null).length;
  const counts = { signals: gone.length + held, asked, compared: held + unsaid, equal, replayed };
  return { ...counts, differences };
}

type Compared = ReplayOptions & {
  readonly instrument: Instrument;
  readonly again: Replayed;
  readonly segments: readonly Segment[];
};

async function compare(
  db: Database,
  one: DecidedSignal,
  about: Compared,
): Promise<Difference | null> {
  const { signal } = one;
  const { id: signalId, strategy, instrument, barOpenTime } = signal;
  const of = { signalId, strategy, instrument, barOpenTime };
  const word = about.again.wordOn(barOpenTime);
  const isLeave = signal.word === 'leave';
  const ofWord = ({ opinion, leaves }: SaidOfBar) =>
    isLeave ? leaves(saidBy(signal).direction) : opinion;
  const isRecorded = (said: SaidOfBar): boolean => {
    const one = ofWord(said);
    return one !== null && isSame(one, signal);
  };
  if (!isRecorded(word)) {
    const now = ofWord(word);
    const again = now === null ? 'nothing' : saidText(now);
    const { segments, heard } = about;
    const then = { at: signal.decidedAt, isRecorded, segments, heard };
    const cause = await wordCause(db, word, then);
    return { what: 'signal', ...of, live: saidText(storedWord(signal)), again, cause };
  }
  // Whether it may be left is no matter of the gates.
  if (isLeave) return null;
  const verdict = await verdictThen(db, signal, about);
  const judged = verdictDifference(one, verdict, about);
  if (judged !== null) return { what: 'gate', ...of, ...judged };
  if (verdict.kind === 'blocked') return null;
  const sized = sizeDifference(one, { ...about, equity: verdict.equity });
  return sized === null ? null : { what: 'size', ...of, ...sized };
}

/** The replay speaks for an entry, and live there was none. */
async function unspoken(
  db: Database,
  about: Compared & { strategy: StrategyName },
  barOpenTime: number,
): Promise<Difference> {
  const { strategy, instrument, again, segments, heard } = about;
  const word = again.wordOn(barOpenTime);
  const { opinion } = word;
  const { timeframe } = STRATEGY_BY_NAME[strategy];
  const closed = decisionTime(timeframe, instrument.session, barOpenTime);
  const unheard = notRunning(closed, heard);
  const isRecorded = (said: SaidOfBar): boolean => said.opinion === null;
  const then = { at: closed, isRecorded, segments, heard };
  const cause = unheard ?? (await wordCause(db, word, then));
  const of = { what: 'signal', signalId: null, strategy, instrument: instrument.id } as const;
  const said = opinion === null ? 'nothing' : saidText(opinion);
  return { ...of, barOpenTime, live: 'nothing', again: said, cause };
}

function notRunning(closed: number, heard: Stretch | null): Cause | null {
  if (heard === null) {
    return { code: 'notRunning', detail: 'no strategy-worker is known to have run' };
  }
  const since = new Date(heard.from).toISOString();
  const until = new Date(heard.to).toISOString();
  if (closed >= heard.from + START_MS && closed <= heard.to) return null;
  return { code: 'notRunning', detail: `the strategy-worker is known to run ${since} to ${until}` };
}

/** Each by deciding again: by the bars of then, or by the parameters of before or after. */
async function wordCause(
  db: Database,
  { madeFrom, again }: ReplayedWord,
  of: {
    readonly at: number;
    readonly isRecorded: (said: SaidOfBar) => boolean;
    readonly segments: readonly Segment[];
    readonly heard: Stretch | null;
  },
): Promise<Cause | null> {
  const { at, isRecorded, segments, heard } = of;
  // Of the worker that runs now the start is known, of those before it is not.
  const startedAt = heard !== null && at >= heard.from ? heard.from : -Infinity;
  const bars = (then: readonly Bar[]): boolean => isRecorded(again(then));
  for (const [index, next] of segments.entries()) {
    const before = segments[index - 1];
    if (before === undefined || Math.abs(at - next.from) > CHANGE_FELT_MS) continue;
    if (![before, next].some((by) => isRecorded(again(madeFrom.bars, by)))) continue;
    const detail = `parameters changed at ${new Date(next.from).toISOString()}`;
    return { code: 'latency', detail };
  }
  return correctionOf(db, madeFrom, { startedAt, decidedAt: at }, bars);
}

function unknownInstrument(signal: DecidedSignal['signal']): Difference {
  const { id: signalId, strategy, instrument, barOpenTime } = signal;
  const of = { what: 'signal', signalId, strategy, instrument, barOpenTime } as const;
  const cause = { code: 'notKept', detail: 'the instrument is not stored' } as const;
  return { ...of, live: saidText(storedWord(signal)), again: 'nothing', cause };
}

type Spoken = Pick<Said, 'direction' | 'level'>;

function storedWord({ direction, level }: DecidedSignal['signal']): Spoken {
  return { direction, level: numbers(level) };
}

function saidText({ direction, level }: Spoken): string {
  const levels = Object.entries(level).map(([name, price]) => `${name} ${price}`);
  return `${direction}, ${levels.join(', ')}`;
}
