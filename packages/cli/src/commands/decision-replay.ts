import {
  type Database,
  knownColumns,
  loadInstruments,
  recentBars,
  sampleSignals,
  type StoredSignal,
  strategyParametersInForce,
} from '@ballast/db';
import { type Bar, decisionTime, type Instrument } from '@ballast/domain';
import {
  BITCOIN,
  forgottenWholly,
  Known,
  numericBar,
  startRun,
  strategyNamed,
  type StrategyRun,
  unbrokenEnd,
} from '@ballast/strategies';
import { z } from 'zod';
import type { Platform } from '../platform.ts';
import { type Report, timeText } from '../report.ts';

/** More of them where the averages are slow. */
const BARS_MIN = 1_000;
/** Rounding of sums that began elsewhere. */
const RELATIVE = 1e-9;

/** What was said of the bar: an entry or a leave, with every number it was made from. */
type Said = {
  readonly direction: string;
  readonly level: Readonly<Record<string, number>>;
  readonly inputs: Readonly<Record<string, number>>;
};

type Difference = {
  readonly signalId: string;
  readonly strategy: string;
  readonly instrument: string;
  readonly word: string;
  readonly timeframe: string;
  readonly barOpenTime: number;
  readonly stored: Pick<Said, 'direction' | 'level'>;
  /** Null: nothing is said of the bar now. */
  readonly again: Pick<Said, 'direction' | 'level'> | null;
  /** Why it may differ; null: nothing that is stored explains it. */
  readonly cause: string | null;
};

/**
 * Stored signals made once more from the stored bars, with the parameters that were in force then.
 * Equal is every level and every number they were made from. Its claim is that none differs without
 * a cause.
 */
export async function decisionReplay(
  { db }: Pick<Platform, 'db'>,
  { sample, seed }: { readonly sample: number; readonly seed: string },
): Promise<Report> {
  const signals = await sampleSignals(db, { count: sample, seed });
  const instruments = new Map((await loadInstruments(db)).map((one) => [one.id as string, one]));
  const differences: Difference[] = [];
  for (const signal of signals) {
    const difference = await replay(db, signal, instruments.get(signal.instrument));
    if (difference !== null) differences.push(difference);
  }
  const unexplained = differences.filter(({ cause }) => cause === null).length;
  const counts = { signals: signals.length, equal: signals.length - differences.length };
  return {
    ok: unexplained === 0,
    data: { ...counts, explained: differences.length - unexplained, unexplained, differences },
    lines: [
      `${counts.signals} signals: ${counts.equal} equal, ${unexplained} different without a cause`,
      ...differences.map(({ signalId, strategy, instrument, word, barOpenTime, cause }) => {
        const what = `${strategy} ${word} ${instrument} ${signalId}`;
        return `${timeText(barOpenTime)} ${what}: ${cause ?? 'NO CAUSE FOUND'}`;
      }),
    ],
  };
}

async function replay(
  db: Database,
  signal: StoredSignal,
  instrument: Instrument | undefined,
): Promise<Difference | null> {
  const { id: signalId, strategy: name, word, timeframe, barOpenTime, decidedAt } = signal;
  const was = { direction: signal.direction, level: numbers(signal.level) };
  const of = { signalId, strategy: name, instrument: signal.instrument, word, timeframe };
  const difference = { ...of, barOpenTime, stored: was };
  const strategy = strategyNamed(name);
  if (instrument === undefined || timeframe !== strategy.timeframe) {
    const gone = instrument === undefined;
    const cause = gone ? 'its instrument is not stored' : 'the strategy looks at other bars by now';
    return { ...difference, again: null, cause };
  }
  const parameters = await strategyParametersInForce(db, name, decidedAt);
  const run = startRun(strategy, parameters?.parameters);
  const wanted = Math.max(BARS_MIN, forgottenWholly(run.warmUp) + 1);
  const stored = await recentBars(db, instrument.id, strategy.timeframe, wanted, barOpenTime);
  const bars = unbrokenEnd(stored, instrument.session);
  const { id, session } = instrument;
  const decided = (openTime: number): number => decisionTime(strategy.timeframe, session, openTime);
  const about = { instrument: id, regimeOf: BITCOIN };
  const from = decided(bars[0]?.openTime ?? barOpenTime);
  const until = decided(barOpenTime);
  const known = new Known(await knownColumns(db, strategy.needs, { ...about, from, until }));
  let entry: Said | null = null;
  for (const bar of bars) {
    known.moveTo(decided(bar.openTime));
    entry = run.step(numericBar(bar), known.values);
  }
  const again = word === 'leave' ? leaveAgain(run, was.direction) : entry;
  if (again !== null && isSame(again, signal)) return null;
  return {
    ...difference,
    again: again === null ? null : { direction: again.direction, level: again.level },
    cause: causeOf(bars, barOpenTime, run.warmUp),
  };
}

const leaveAgain = (run: StrategyRun, direction: string): Said | null =>
  run.leaves(direction === 'short' ? 'short' : 'long');

/** What is stored of the bars may be other than what was known on the day. */
function causeOf(bars: readonly Bar[], barOpenTime: number, warmUp: number): string | null {
  if (bars.at(-1)?.openTime !== barOpenTime) return 'the bar is not stored any more';
  if (bars.length <= warmUp) return 'too few bars without a gap are stored before it';
  const changed = bars.filter(({ state }) => state === 'corrected' || state === 'backfilled');
  return changed.length === 0 ? null : `${changed.length} of its bars came or changed later`;
}

const numbersShape = z.record(z.string(), z.number());
/** As the worker has stored them. */
const numbers = (value: unknown): Record<string, number> => numbersShape.parse(value);

function isSame(again: Said, signal: StoredSignal): boolean {
  return (
    again.direction === signal.direction &&
    areSame(again.level, numbers(signal.level)) &&
    areSame(again.inputs, numbers(signal.inputs))
  );
}

function areSame(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>) {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every((name) => {
    const [one = NaN, other = NaN] = [a[name], b[name]];
    const size = Math.max(1e-6, Math.abs(one), Math.abs(other));
    return Math.abs(one - other) <= RELATIVE * size;
  });
}
