import {
  barsBetween,
  type Database,
  sampleSignals,
  type StoredSignal,
  strategyParametersInForce,
} from '@ballast/db';
import { type Bar, parseInstrumentId, TIMEFRAME_MS } from '@ballast/domain';
import {
  forgottenWholly,
  numericBar,
  type Opinion,
  startRun,
  strategyNamed,
  unbrokenEnd,
} from '@ballast/strategies';
import { z } from 'zod';
import type { Platform } from '../platform.ts';
import { type Report, timeText } from '../report.ts';

const STEP_MS = TIMEFRAME_MS['1m'];
/** More of them where the averages are slow. */
const BARS_MIN = 1_000;
/** Rounding of sums that began elsewhere. */
const RELATIVE = 1e-9;

type Difference = {
  readonly signalId: string;
  readonly strategy: string;
  readonly instrument: string;
  readonly barOpenTime: number;
  readonly stored: Pick<Opinion, 'direction' | 'level'>;
  /** Null: nothing is said of the bar now. */
  readonly again: Pick<Opinion, 'direction' | 'level'> | null;
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
  const differences: Difference[] = [];
  for (const signal of signals) {
    const difference = await replay(db, signal);
    if (difference !== null) differences.push(difference);
  }
  const unexplained = differences.filter(({ cause }) => cause === null).length;
  const counts = { signals: signals.length, equal: signals.length - differences.length };
  return {
    ok: unexplained === 0,
    data: { ...counts, explained: differences.length - unexplained, unexplained, differences },
    lines: [
      `${counts.signals} signals: ${counts.equal} equal, ${unexplained} different without a cause`,
      ...differences.map(({ signalId, strategy, instrument, barOpenTime, cause }) => {
        const why = cause ?? 'NO CAUSE FOUND';
        return `${timeText(barOpenTime)} ${strategy} ${instrument} ${signalId}: ${why}`;
      }),
    ],
  };
}

async function replay(db: Database, signal: StoredSignal): Promise<Difference | null> {
  const { strategy, barOpenTime, decidedAt } = signal;
  const instrument = parseInstrumentId(signal.instrument);
  const parameters = await strategyParametersInForce(db, strategy, decidedAt);
  const run = startRun(strategyNamed(strategy), parameters?.parameters);
  const needed = Math.max(BARS_MIN, forgottenWholly(run.warmUp) + 1);
  const from = barOpenTime - (needed - 1) * STEP_MS;
  const stored = await barsBetween(db, instrument, '1m', { from, to: barOpenTime });
  const bars = unbrokenEnd(stored);
  let again: Opinion | null = null;
  for (const bar of bars) again = run.step(numericBar(bar));
  if (again !== null && isSame(again, signal)) return null;
  const { id: signalId } = signal;
  const was = opinionOf(signal);
  return {
    ...{ signalId, strategy, instrument, barOpenTime, stored: was },
    again: again === null ? null : { direction: again.direction, level: again.level },
    cause: causeOf(bars, barOpenTime, run.warmUp),
  };
}

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
const opinionOf = ({ direction, level }: StoredSignal): Difference['stored'] => {
  const { entry = NaN, stop = NaN, target = NaN } = numbers(level);
  return { direction: direction === 'short' ? 'short' : 'long', level: { entry, stop, target } };
};

function isSame(again: Opinion, signal: StoredSignal): boolean {
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
