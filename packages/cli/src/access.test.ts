import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findAccess } from './access.ts';
import { loginLink } from './commands/login-link.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'ballast-cli-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const run = {
  dashboardUrl: 'http://127.0.0.1:4180',
  postgresPort: 5001,
  redisPort: 5002,
  services: [],
};
const secrets = {
  'database-cli': 'd'.repeat(64),
  'redis-cli': 'e'.repeat(64),
  'command-key-cli': 'f'.repeat(64),
  'login-key': 'a'.repeat(64),
  'simulator-api-key': 'b'.repeat(64),
};

test('finds the platform of a data folder by its run record and secrets', () => {
  write('run.json', run);
  write('secrets.json', secrets);
  expect(findAccess(dir, {})).toEqual({
    account: 'paper',
    mode: 'paper',
    dashboardUrl: 'http://127.0.0.1:4180',
    databaseUrl: `postgres://ballast_cli:${'d'.repeat(64)}@127.0.0.1:5001/ballast`,
    redisUrl: `redis://cli:${'e'.repeat(64)}@127.0.0.1:5002`,
    commandKey: 'f'.repeat(64),
    loginKey: 'a'.repeat(64),
  });
  write('run.json', { ...run, account: 'main', mode: 'live' });
  expect(findAccess(dir, {})).toMatchObject({ account: 'main', mode: 'live' });
});

test('a relative folder starts where the operator stands, not in the checkout', () => {
  write('run.json', run);
  write('secrets.json', secrets);
  expect(findAccess('.', { INIT_CWD: dir }).account).toBe('paper');
});

test.each([
  ['no run record', undefined, secrets, 'NOT_RUNNING'],
  ['a platform that is starting', { services: [] }, secrets, 'NOT_RUNNING'],
  ['a run record of somebody else', { ...run, redisPort: 'x' }, secrets, 'RUN_RECORD_DAMAGED'],
  ['no secrets', run, undefined, 'NOT_RUNNING'],
  ['secrets without ours', run, { 'login-key': 'x' }, 'SECRETS_DAMAGED'],
])('%s is a failure with a code', (_, record, known, code) => {
  if (record !== undefined) write('run.json', record);
  if (known !== undefined) write('secrets.json', known);
  expect(() => findAccess(dir, {})).toThrow(expect.objectContaining({ code }));
});

test('a login link is made from the login key and the dashboard in the run record', () => {
  write('run.json', run);
  write('secrets.json', secrets);
  const before = Date.now();
  const { ok, data } = loginLink(dir);
  expect(ok).toBe(true);
  const link = String(data['link']);
  const [payload = '', signature] = link.split('?ticket=')[1]?.split('.') ?? [];
  expect(link.startsWith('http://127.0.0.1:4180/login?ticket=')).toBe(true);
  expect(signature).toMatch(/^[0-9a-f]{64}$/);
  const ticket = JSON.parse(Buffer.from(payload, 'base64url').toString());
  expect(Object.keys(ticket)).toEqual(['nonce', 'expiresAt']);
  expect(ticket.expiresAt - before).toBeGreaterThanOrEqual(15 * 60_000);
  expect(ticket.nonce).toMatch(/^[0-9a-f]{32}$/);

  write('run.json', { postgresPort: 1, redisPort: 2 });
  expect(() => loginLink(dir)).toThrow(/not up yet/);
});

function write(name: string, content: object): void {
  writeFileSync(join(dir, name), JSON.stringify(content));
}
