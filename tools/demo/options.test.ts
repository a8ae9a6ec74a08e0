import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

test('a wrong option: exit 64, its name, and with --json one object', async () => {
  const { promise, resolve } = Promise.withResolvers<{ code: unknown; lines: string[] }>();
  execFile(process.execPath, [MAIN, '--json', '--sede', '7'], (error, stdout, stderr) =>
    resolve({ code: error?.code, lines: [stdout, stderr.split('\n')[0] ?? ''] }),
  );
  const { code, lines } = await promise;
  const [said = '', told] = lines;
  expect(code).toBe(64);
  expect(told).toMatch(/^Unknown option '--sede'/);
  const reason = expect.stringMatching(/^Unknown option '--sede'/);
  expect(JSON.parse(said)).toEqual({ ok: false, code: 'USAGE', reason });
});
