import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { z } from 'zod';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
const TIMEOUT_MS = 240_000;
const OUTPUT_MAX = 16 * 1024 * 1024;

const report = z.object({
  ok: z.boolean(),
  cases: z.number(),
  passed: z.number(),
  skipped: z.array(z.object({ because: z.string().min(1) })),
  failures: z.array(z.unknown()),
});

test(
  'every adapter holds every case at its simulated venue, or says which fact excuses it',
  async () => {
    const args = [MAIN, '--venue', 'all'];
    const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: OUTPUT_MAX });
    const found = report.parse(JSON.parse(stdout));
    console.log(`conformance: ${found.passed} of ${found.cases}, ${found.skipped.length} skipped`);
    expect(found.failures).toEqual([]);
    expect(found.passed).toBeGreaterThan(150);
    expect(found.passed + found.skipped.length).toBe(found.cases);
  },
  TIMEOUT_MS,
);
