import { expect, test } from 'vitest';
import { runChild } from './child-process.fixture.ts';

const GOOD_SECRET = 'c1d4f7a09be2583611f0aa97d2c4e85b';

async function load(env: NodeJS.ProcessEnv): Promise<{ code: number | null; stderr: string }> {
  const child = runChild(
    `ballast.loadConfig({
       BALLAST_API_KEY: ballast.secret(),
       BALLAST_STORE_URL: ballast.url('redis', 'rediss'),
       BALLAST_PART: ballast.fraction(0.05).default('0.05'),
     });
     process.disconnect();`,
    { BALLAST_API_KEY: GOOD_SECRET, BALLAST_STORE_URL: 'redis://127.0.0.1:6379', ...env },
  );
  const code = await child.closed;
  return { code, stderr: child.stderr() };
}

test('a complete configuration loads in silence', async () => {
  expect(await load({})).toEqual({ code: 0, stderr: '' });
});

test.each([
  ['missing', { BALLAST_API_KEY: undefined }, 'BALLAST_API_KEY: is missing'],
  ['empty', { BALLAST_API_KEY: '' }, 'BALLAST_API_KEY: is missing'],
  ['short secret', { BALLAST_API_KEY: 'c1d4f7a0' }, 'BALLAST_API_KEY: must have at least 32'],
  [
    'default secret',
    { BALLAST_API_KEY: 'please-changeme-please-changeme-please' },
    'BALLAST_API_KEY: is a known default',
  ],
  ['one letter', { BALLAST_API_KEY: 'a'.repeat(64) }, 'BALLAST_API_KEY: is a known default'],
  ['not a URL', { BALLAST_STORE_URL: 'localhost' }, 'BALLAST_STORE_URL: must be a URL'],
  ['wrong protocol', { BALLAST_STORE_URL: 'http://a/' }, 'redis:// or rediss://'],
  ['part of nothing', { BALLAST_PART: '0.0' }, 'BALLAST_PART: must be above 0 and at most 0.05'],
  ['part too large', { BALLAST_PART: '0.051' }, 'BALLAST_PART: must be above 0 and at most 0.05'],
  ['part in percent', { BALLAST_PART: '5%' }, 'BALLAST_PART: must be a plain decimal'],
])('%s: exit 78 and the variable is named', async (_case, env, message) => {
  const { code, stderr } = await load(env);
  expect(code).toBe(78);
  expect(stderr).toContain(message);
});

test('every faulty variable is named, and no value is printed', async () => {
  const { stderr } = await load({
    BALLAST_API_KEY: 'hunter2hunter2',
    BALLAST_STORE_URL: 'ftp://x',
  });
  expect(stderr).toContain('BALLAST_API_KEY');
  expect(stderr).toContain('BALLAST_STORE_URL');
  expect(stderr).not.toContain('hunter2');
});
