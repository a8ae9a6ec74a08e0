import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Columns } from '@ballast/indicators';
import { z } from 'zod';
import { csvOf } from './bars-csv.ts';
import { startChild } from './child.ts';

const MAIN = fileURLToPath(new URL('../../services/backtester/bench/main.ts', import.meta.url));
/** Both are measured so often by turns; the best of each counts, since others use the machine. */
const ROUNDS = 2;

const answer = z.object({ ms: z.number(), rows: z.number(), digest: z.string() });

/**
 * The combinations of `vary` by the sweep's own workers, one and two of them, from their start to
 * the last row.
 * @throws when the rows are not the same whatever the number of workers
 */
export async function measurePool(
  bars: Columns,
  { vary, count }: { readonly vary: readonly string[]; readonly count: number },
) {
  const dir = mkdtempSync(join(tmpdir(), 'ballast-bench-'));
  const closing: (() => Promise<void>)[] = [];
  try {
    const file = join(dir, 'BTCUSDT_1h.csv');
    writeFileSync(file, csvOf(bars));
    const ask = async (workers: number) => {
      const words = [file, String(workers), ...vary];
      const { said } = await startChild(MAIN, words, (close) => closing.push(close));
      return answer.parse(said);
    };
    const rounds: { oneMs: number; twoMs: number }[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const [one, two] = [await ask(1), await ask(2)];
      if (one.digest !== two.digest) throw new Error('two workers made other rows than one');
      if (one.rows !== count) throw new Error(`${one.rows} rows of ${count} combinations`);
      rounds.push({ oneMs: one.ms, twoMs: two.ms });
    }
    const oneMs = Math.min(...rounds.map((round) => round.oneMs));
    const twoMs = Math.min(...rounds.map((round) => round.twoMs));
    return { combinations: count, oneMs, twoMs, scaling: oneMs / twoMs, rounds };
  } finally {
    for (const close of closing) await close();
    rmSync(dir, { recursive: true, force: true });
  }
}
