import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type ProcessIdentity, stopProcess } from '../stores/process-identity.ts';
import { ACCOUNT, MODE } from './services.ts';

/** A service that lost its launcher stops by itself within this time. */
const SERVICE_STOP_MS = 7_000;
const KILL_WAIT_MS = 2_000;

const schema = z.object({
  account: z.string(),
  mode: z.enum(['paper', 'live']),
  dashboardUrl: z.string().optional(),
  postgresPort: z.number().optional(),
  redisPort: z.number().optional(),
  services: z.array(z.object({ name: z.string(), pid: z.number(), startedAt: z.string() })),
});

/** What runs on a data folder now, or ran when its launcher died. */
export type RunRecord = z.infer<typeof schema>;

/** @param dashboardUrl empty until the dashboard runs */
export function recordOf(
  dashboardUrl: string,
  stores: { postgresPort: number; redisPort: number } | undefined,
  services: readonly { name: string; identity: ProcessIdentity | undefined }[],
): RunRecord {
  return {
    account: ACCOUNT,
    mode: MODE,
    ...(dashboardUrl === '' ? {} : { dashboardUrl }),
    ...(stores === undefined
      ? {}
      : { postgresPort: stores.postgresPort, redisPort: stores.redisPort }),
    services: services.flatMap(({ name, identity }) =>
      identity === undefined ? [] : [{ name, ...identity }],
    ),
  };
}

/** The record, or nothing when there is none or a crash cut it. */
export function readRunRecord(dataDir: string): RunRecord | undefined {
  const path = join(dataDir, 'run.json');
  if (!existsSync(path)) return undefined;
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}

/** A full disk must not end the launcher, and with it every service: it is said. */
export function writeRunRecord(
  dataDir: string,
  record: RunRecord,
  say: (line: string) => void,
): void {
  const path = join(dataDir, 'run.json');
  try {
    writeFileSync(`${path}.new`, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
    renameSync(`${path}.new`, path);
  } catch (error) {
    say(`cannot write ${path}: ${String(error)}`);
  }
}

export function removeRunRecord(dataDir: string): void {
  rmSync(join(dataDir, 'run.json'), { force: true });
}

/** Waits for services of a launcher that died, and ends those that do not stop by themselves. */
export async function stopLeftovers(dataDir: string, log: (line: string) => void): Promise<void> {
  for (const service of readRunRecord(dataDir)?.services.toReversed() ?? []) {
    await stopProcess(service, [
      { signal: 'SIGTERM', waitMs: SERVICE_STOP_MS },
      { signal: 'SIGKILL', waitMs: KILL_WAIT_MS },
    ]).catch((error: unknown) => log(`${service.name}, left over: ${String(error)}`));
  }
  removeRunRecord(dataDir);
}
