import { cpus, loadavg } from 'node:os';
import type { BacktestResult } from '@ballast/backtest-core';
import type { PlainResult } from './backtest-plain.ts';

/** By turns. In the first ones the code is still being compiled, which a sweep pays once. */
const COMPILING = 4;
export const ROUNDS = COMPILING + 9;
const CENT = 0.01;

/** A run of both, in ms of this process' CPU time: that of its collector's threads is in it. */
export type Round = { readonly engineMs: number; readonly plainMs: number };

/**
 * Engine and plain loop over the same bars, by turns.
 * @throws when they do not make the same trades, to the cent
 */
export function besidePlain(
  engine: () => BacktestResult,
  plain: () => PlainResult,
  rounds: number,
): { readonly rounds: readonly Round[]; readonly trades: number; readonly equity: number } {
  const measured: Round[] = [];
  let [trades, equity] = [0, NaN];
  for (let round = 0; round < rounds; round += 1) {
    const [engineMs, ours] = timed(engine);
    const [plainMs, theirs] = timed(plain);
    requireSame(ours, theirs);
    measured.push({ engineMs, plainMs });
    [trades, equity] = [theirs.trades, ours.equity.value.at(-1) ?? NaN];
  }
  return { rounds: measured, trades, equity };
}

function requireSame(engine: BacktestResult, plain: PlainResult): void {
  const ends = [engine.equity.value.at(-1) ?? NaN, plain.equity.at(-1) ?? NaN] as const;
  const isSame = engine.trades.length === plain.trades && Math.abs(ends[0] - ends[1]) < CENT;
  const differs = engine.equity.value.findIndex(
    (value, row) => !(Math.abs(value - (plain.equity[row] ?? NaN)) < CENT),
  );
  if (isSame && differs === -1) return;
  const both = `${engine.trades.length} and ${plain.trades} trades, ${ends.join(' and ')}`;
  throw new Error(`the engine and the plain loop differ: ${both}, first at moment ${differs}`);
}

function timed<T>(run: () => T): readonly [number, T] {
  const before = process.cpuUsage();
  const result = run();
  const { user, system } = process.cpuUsage(before);
  return [(user + system) / 1_000, result];
}

const medianOf = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

/** The figures of a bench, `bars` of each run: medians of the rounds after the first. */
export function figuresOf(
  { rounds, trades, equity }: ReturnType<typeof besidePlain>,
  bars: number,
  ratioMin: number,
) {
  const counted = rounds.slice(COMPILING);
  const engineMs = medianOf(counted.map((round) => round.engineMs));
  const plainMs = medianOf(counted.map((round) => round.plainMs));
  const ratio = plainMs / engineMs;
  return {
    ok: ratio >= ratioMin,
    ...{ bars, trades, equity, ratio, ratioMin },
    engine: { ms: engineMs, barsPerSecond: (bars * 1_000) / engineMs },
    plain: { ms: plainMs, barsPerSecond: (bars * 1_000) / plainMs },
    microsecondsPerTrade: ((engineMs - plainMs) * 1_000) / trades,
    rounds,
    machine: { cores: cpus().length, cpu: cpus()[0]?.model, load: loadavg()[0] },
  };
}
