import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { DemoError, until } from './demo-error.ts';

const BALLAST = fileURLToPath(new URL('../../packages/cli/src/main.ts', import.meta.url));

const COMPARED_WITHIN_MS = 15_000;

const figures = z.object({
  ok: z.boolean(),
  verdict: z.enum(['same', 'explained', 'different', 'nothing to compare']),
  ...{ day: z.string(), signals: z.number(), asked: z.number(), compared: z.number() },
  ...{ equal: z.number(), replayed: z.number(), unexplained: z.number() },
  explained: z.record(z.string(), z.number()),
});
export type ReplayedDay = z.infer<typeof figures>;

/**
 * What the strategies have decided live on the days of the demo, made once more as the operator
 * would: `ballast parity`, a process of its own. It says so where they have decided nothing: then
 * it shows nothing. @param decided whether something is to be compared
 * @throws DemoError PARITY_UNEXPLAINED, PARITY_EMPTY
 */
export async function replayDays(
  dataDir: string,
  { from, to, decided }: { readonly from: number; readonly to: number; readonly decided: boolean },
): Promise<ReplayedDay[]> {
  const days = [...new Set([from, to].map((at) => new Date(at).toISOString().slice(0, 10)))];
  // What was decided is compared once its bar is stored and the worker has beaten after it.
  return until('PARITY_EMPTY', 'a comparison of what was decided', COMPARED_WITHIN_MS, async () => {
    const replayed: ReplayedDay[] = [];
    for (const day of days) replayed.push(await replayDay(dataDir, day));
    return !decided || replayed.some(({ compared }) => compared > 0) ? replayed : null;
  });
}

async function replayDay(dataDir: string, day: string): Promise<ReplayedDay> {
  const words = ['parity', '--day', day, '--data-dir', dataDir, '--json'];
  // Where the environment names a database, the folder would not be looked at.
  const env = { ...process.env, BALLAST_DATABASE_URL: '' };
  // Where a difference has no cause it says so, and ends with 1.
  const said = await promisify(execFile)(process.execPath, [BALLAST, ...words], { env }).catch(
    (error: unknown) => z.object({ stdout: z.string() }).parse(error),
  );
  const found = figures.safeParse(JSON.parse(said.stdout));
  if (!found.success || !found.data.ok) throw new DemoError('PARITY_UNEXPLAINED', said.stdout);
  return found.data;
}
