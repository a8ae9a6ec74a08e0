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
import { correctionOf } from '../parity/bars-then.ts';
import { isSame, numbers, type Said } from '../parity/same-opinion.ts';
import type { Platform } from '../platform.ts';
import { type Report, timeText } from '../report.ts';

/** More of them where the averages are slow. */
const BARS_MIN = 1_000;

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
  const { warmUp } = startRun(strategy, parameters?.parameters);
  const wanted = Math.max(BARS_MIN, forgottenWholly(warmUp) + 1);
  const stored = await recentBars(db, instrument.id, strategy.timeframe, wanted, barOpenTime);
  const bars = unbrokenEnd(stored, instrument.session);
  const { id, session } = instrument;
  const decided = (openTime: number): number => decisionTime(strategy.timeframe, session, openTime);
  const about = { instrument: id, regimeOf: BITCOIN };
  const from = decided(bars[0]?.openTime ?? barOpenTime);
  const until = decided(barOpenTime);
  const columns = await knownColumns(db, strategy.needs, { ...about, from, until });
  const saidBy = (then: readonly Bar[]): Said | null => {
    const run = startRun(strategy, parameters?.parameters);
    const known = new Known(columns);
    let entry: Said | null = null;
    for (const bar of unbrokenEnd(then, session)) {
      known.moveTo(decided(bar.openTime));
      entry = run.step(numericBar(bar), known.values);
    }
    if (then.at(-1)?.openTime !== barOpenTime) return null;
    return word === 'leave' ? leaveAgain(run, was.direction) : entry;
  };
  const isRecorded = (then: readonly Bar[]): boolean => {
    const said = saidBy(then);
    return said !== null && isSame(said, signal);
  };
  if (isRecorded(bars)) return null;
  const again = saidBy(bars);
  const madeFrom = { bars, session, barOpenTime, warmUp };
  const live = { startedAt: -Infinity, decidedAt };
  const cause = await correctionOf(db, madeFrom, live, isRecorded);
  return {
    ...difference,
    again: again === null ? null : { direction: again.direction, level: again.level },
    cause: cause === null ? null : cause.detail,
  };
}

const leaveAgain = (run: StrategyRun, direction: string): Said | null =>
  run.leaves(direction === 'short' ? 'short' : 'long');
