import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';

const MAIN = join(import.meta.dirname, 'main.ts');
const result = z.object({
  ok: z.literal(true),
  seed: z.literal(11),
  frames: z.number().min(1_000),
  finding: z.null(),
  targets: z.array(z.object({ target: z.string(), frames: z.number().min(1) })).min(3),
});

function run(...args: string[]): Promise<{ code: number; out: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [MAIN, ...args], (_, out) =>
      resolve({ code: child.exitCode ?? -1, out }),
    );
  });
}

test('prints one JSON object with what each parser has read', async () => {
  const { code, out } = await run('feeds', '--seconds', '0.1', '--seed', '11', '--json');
  const names = result.parse(JSON.parse(out)).targets.map(({ target }) => target.split(' ')[0]);
  expect([...new Set(names)]).toEqual(['bybit', 'finnhub', 'alpaca', 'ibkr', 'replay']);
  expect(code).toBe(0);
});

test.each([[[]], [['feeds', '--seconds', '0']], [['feeds', '--seed', 'x']], [['feeds', '--no']]])(
  'refuses %j as usage',
  async (args) => {
    expect(await run(...args)).toEqual({ code: 64, out: '' });
  },
);
