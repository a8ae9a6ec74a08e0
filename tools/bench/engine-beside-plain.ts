import { cpus, loadavg } from 'node:os';
import type { BacktestResult } from '@ballast/backtest-core';
import type { PlainResult } from './backtest-plain.ts';

/** Both are measured so often by turns; the best of each counts, since others use the machine. */
export const ROUNDS = 5;
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

/** The figures of a bench, `bars` of each run. */
export function figuresOf(
  { rounds, trades, equity }: ReturnType<typeof besidePlain>,
  bars: number,
  ratioMin: number,
) {
  const engineMs = Math.min(...rounds.map((round) => round.engineMs));
  const plainMs = Math.min(...rounds.map((round) => round.plainMs));
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
