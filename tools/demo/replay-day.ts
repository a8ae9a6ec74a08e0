import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { DemoError } from './demo-error.ts';

const BALLAST = fileURLToPath(new URL('../../packages/cli/src/main.ts', import.meta.url));

const figures = z.object({
  ok: z.boolean(),
  ...{ day: z.string(), signals: z.number(), asked: z.number(), compared: z.number() },
  ...{ equal: z.number(), replayed: z.number(), unexplained: z.number() },
  explained: z.record(z.string(), z.number()),
});
export type ReplayedDay = z.infer<typeof figures>;

/**
 * What the strategies have decided live on the days of the demo, made once more as the operator
 * would: `ballast parity`, a process of its own.
 * @throws DemoError PARITY_UNEXPLAINED
 */
export async function replayDays(
  dataDir: string,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<ReplayedDay[]> {
  const days = [...new Set([from, to].map((at) => new Date(at).toISOString().slice(0, 10)))];
  const replayed: ReplayedDay[] = [];
  for (const day of days) {
    const words = ['parity', '--day', day, '--data-dir', dataDir, '--json'];
    // Where a difference has no cause it says so, and ends with 1.
    const said = await promisify(execFile)(process.execPath, [BALLAST, ...words]).catch(
      (error: unknown) => z.object({ stdout: z.string() }).parse(error),
    );
    const found = figures.safeParse(JSON.parse(said.stdout));
    if (!found.success || !found.data.ok) throw new DemoError('PARITY_UNEXPLAINED', said.stdout);
    replayed.push(found.data);
  }
  return replayed;
}
