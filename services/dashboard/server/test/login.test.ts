import { hashPassword, operatorPasswords } from '@ballast/db';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FAILURES_MAX } from '../src/session/attempts.ts';
import { CLIENT, type Fixture, startDashboard } from './dashboard.fixture.ts';
import { sampleId } from './sample/rows.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startDashboard();
});
afterAll(() => fixture.stop());

const code = async (answer: Response): Promise<unknown> => {
  const body: unknown = await answer.json();
  return body;
};

test('a ticket logs in once', async () => {
  const ticket = fixture.ticket();
  const first = await fixture.post('/api/login', { ticket });
  expect(first.status).toBe(200);
  expect(await first.json()).toMatchObject({ method: 'link', mode: 'paper', passwordSet: false });
  const cookie = first.headers.get('set-cookie') ?? '';
  expect(cookie).toContain('HttpOnly');
  expect(cookie).toContain('SameSite=Strict');
  expect(cookie).toContain('Path=/');
  const second = await fixture.post('/api/login', { ticket });
  expect(second.status).toBe(401);
  expect(await code(second)).toMatchObject({ error: { code: 'TICKET_USED' } });
});

test('a login gives a new id, and ends the session that was there before', async () => {
  const before = await fixture.login();
  const answer = await fixture.post('/api/login', { ticket: fixture.ticket() }, before);
  const cookie = (answer.headers.get('set-cookie') ?? '').split(';', 1)[0];
  expect(cookie).not.toBe(before['cookie']);
  expect((await fetch(`${fixture.url}/api/session`, { headers: before })).status).toBe(401);
});

test('logout ends the session and its open stream', async () => {
  const headers = await fixture.login();
  const stream = await fetch(`${fixture.url}/trpc/live.all`, { headers });
  expect(stream.status).toBe(200);
  expect((await fixture.post('/api/logout', {}, headers)).status).toBe(200);
  // Reading to the end only returns when the server has ended the stream.
  await stream.text();
  expect((await fetch(`${fixture.url}/api/session`, { headers })).status).toBe(401);
});

test('the stored password logs in, another does not', async () => {
  await fixture.owner.insert(operatorPasswords).values({
    id: sampleId(Date.now(), 9),
    passwordHash: await hashPassword('correct horse battery'),
    effectiveFrom: Date.now() - 1,
    actor: 'operator',
  });
  const good = await fixture.post('/api/login', { password: 'correct horse battery' });
  expect(await good.json()).toMatchObject({ method: 'password', passwordSet: true });
  const wrong = await fixture.post('/api/login', { password: 'correct horse batterY' });
  expect(wrong.status).toBe(401);
  expect(await code(wrong)).toMatchObject({ error: { code: 'PASSWORD_WRONG' } });
});

test('after too many failures even the right password has to wait', async () => {
  const attempt = (password: string) => fixture.post('/api/login', { password });
  await fixture.login();
  const outcomes = await Promise.all(
    Array.from({ length: FAILURES_MAX + 3 }, () => attempt('wrong password')),
  );
  expect(outcomes.filter((answer) => answer.status === 401)).toHaveLength(FAILURES_MAX);
  expect(outcomes.filter((answer) => answer.status === 429)).toHaveLength(3);
  const right = await attempt('correct horse battery');
  expect(right.status).toBe(429);
  expect(Number(right.headers.get('retry-after'))).toBeGreaterThan(30);
  expect((await fetch(`${fixture.url}/healthz`, { headers: CLIENT })).status).toBe(200);
  const link = await fixture.post('/api/login', { ticket: fixture.ticket() });
  expect(link.status, 'a link is the way in for whoever is kept waiting').toBe(200);
});
