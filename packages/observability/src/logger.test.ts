import { expect, test } from 'vitest';
import { runChild } from './child-process.fixture.ts';

/** Every place where a secret could slip into a line carries this text. */
const CANARY = 'canary-7f3a';

async function logged(code: string): Promise<string> {
  const child = runChild(`const log = ballast.createLogger('test'); ${code} process.disconnect();`);
  expect(await child.closed).toBe(0);
  return child.stderr();
}

test.each([
  ['a field', `log.info({ apiKey: '${CANARY}', password: '${CANARY}' }, 'x');`],
  ['another case', `log.info({ API_SECRET: '${CANARY}', Authorization: '${CANARY}' }, 'x');`],
  ['deep inside', `log.info({ a: [{ b: { cookie: '${CANARY}' } }] }, 'x');`],
  ['a whole object', `log.info({ secrets: { one: '${CANARY}' } }, 'x');`],
  ['a child logger', `log.child({ loginKey: '${CANARY}' }).info('x');`],
  ['the URL of a store', `log.info({ url: 'redis://user:${CANARY}@127.0.0.1:1' }, 'x');`],
  ['a message', `log.info('cannot reach postgres://user:${CANARY}@127.0.0.1:1/db');`],
  [
    'what hangs on an error',
    `log.error(Object.assign(new Error('x'), { headers: { 'x-api-key': '${CANARY}' } }));`,
  ],
  [
    'the cause of an error',
    `log.error({ err: new Error('x', { cause: Object.assign(new Error('y'),
      { password: '${CANARY}' }) }) }, 'x');`,
  ],
])('nothing secret is logged in %s', async (_place, code) => {
  const output = await logged(code);
  expect(output).toContain('[redacted]');
  expect(output).not.toContain(CANARY);
});

test('a line is JSON with level, time, service and message; bigint is a decimal string', async () => {
  const line: unknown = JSON.parse(await logged(`log.warn({ quantity: 12n }, 'low');`));
  expect(line).toMatchObject({ level: 'warn', service: 'test', msg: 'low', quantity: '12' });
});

test('an error keeps its message and stack', async () => {
  const line: unknown = JSON.parse(await logged(`log.error(new TypeError('broken'));`));
  expect(line).toMatchObject({ err: { type: 'TypeError', message: 'broken' } });
  expect(line).toHaveProperty('err.stack', expect.stringContaining('TypeError: broken'));
});
