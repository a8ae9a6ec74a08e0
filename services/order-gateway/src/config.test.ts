import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { compileCache } from '../../../tools/launcher/compile-cache.ts';
import { CONFIG } from './config.ts';

const taken = (name: string): boolean => CONFIG.BALLAST_ACCOUNT_CURRENCY.safeParse(name).success;

test.each(['usdt', 'U', 'USDT ', 'US-DT', 'USDT,USDC', 'A'.repeat(11)])(
  '"%s" is no currency of an account',
  (name) => expect(taken(name)).toBe(false),
);

test.each(['USD', 'USDT', '1INCH'])('%s is', (name) => expect(taken(name)).toBe(true));

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
const COMMON = {
  BALLAST_DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
  BALLAST_REDIS_URL: 'redis://127.0.0.1:1',
  BALLAST_ACCOUNT: 'paper',
  BALLAST_MODE: 'paper',
  BALLAST_COMMAND_KEY_DASHBOARD: '5e1f0c7a9b3d46288f0e1c2d3a4b5968',
  BALLAST_COMMAND_KEY_STRATEGY_WORKER: '5e1f0c7a9b3d46288f0e1c2d3a4b5969',
  BALLAST_COMMAND_KEY_CLI: '5e1f0c7a9b3d46288f0e1c2d3a4b596a',
};

/** Exit status, and the names on standard error. */
async function start(env: Record<string, string>): Promise<{ code: unknown; names: string[] }> {
  const child = spawn(process.execPath, [MAIN], {
    env: { ...compileCache, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  return { code, names: [...said.matchAll(/configuration: (\w+):/g)].map(([, name = '']) => name) };
}

test.each([
  [
    'bybit',
    ['REST_URL', 'PRIVATE_WS_URL', 'API_KEY', 'API_SECRET'].map((end) => `BALLAST_BYBIT_${end}`),
  ],
  [
    'alpaca',
    ['REST_URL', 'STREAM_URL', 'API_KEY', 'API_SECRET'].map((end) => `BALLAST_ALPACA_${end}`),
  ],
  ['ibkr', ['HOST', 'PORT', 'CLIENT_ID'].map((end) => `BALLAST_IBKR_${end}`)],
  ['kraken', ['BALLAST_BROKER']],
])('%s: exit 78 with the names of its own variables and of no other', async (broker, names) => {
  expect(await start({ ...COMMON, BALLAST_BROKER: broker })).toEqual({ code: 78, names });
});

test('without a word it is ByBit, and one fault hides no other', async () => {
  const { code, names } = await start({ BALLAST_ACCOUNT: 'paper' });
  expect(code).toBe(78);
  expect(names).toContain('BALLAST_BYBIT_REST_URL');
  expect(names).toContain('BALLAST_DATABASE_URL');
});
