import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { replayDays } from './replay-day.ts';

test('it asks the platform of the demo, also where the environment names another', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'ballast-demo-'));
  vi.stubEnv('BALLAST_DATABASE_URL', 'postgres://cli@127.0.0.1:1/another');
  try {
    const asked = replayDays(dataDir, { from: 0, to: 0, decided: false });
    await expect(asked).rejects.toThrow('NOT_RUNNING');
  } finally {
    vi.unstubAllEnvs();
    rmSync(dataDir, { recursive: true });
  }
});
