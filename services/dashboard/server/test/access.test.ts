import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRouter } from '../src/api/router.ts';
import { CLIENT, type Fixture, startDashboard } from './dashboard.fixture.ts';

/** Everything that answers without a session. A new entry here is a decision, not an accident. */
const PUBLIC = ['/api/login', '/healthz'];
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startDashboard();
});
afterAll(() => fixture.stop());

/** Procedures by their dotted path; the router keeps them so, the types keep them nested. */
function flat(listed: object): Record<string, { _def: { type: string } }> {
  return Object.fromEntries(Object.entries(listed));
}

function routes(): string[] {
  const printed = fixture.app.printRoutes({ commonPrefix: false });
  return [...printed.matchAll(/── (\/?\S*) \(([A-Z, ]+)\)/g)].map((match) => match[1] ?? '');
}

test('every route denies without a session, but for the few that are public', async () => {
  const known = routes();
  expect(known.length).toBeGreaterThanOrEqual(5);
  for (const route of known.filter((path) => !PUBLIC.includes(path))) {
    const path = route.replace('*', 'x').replace(':path', 'trades.list');
    for (const method of METHODS) {
      const answer = await fetch(`${fixture.url}${path}`, { method, headers: CLIENT });
      expect.soft(answer.status, `${method} ${path}`).toBe(401);
    }
  }
});

test('every procedure denies without a session, at the door and by itself', async () => {
  const { procedures: listed } = createRouter(fixture.dashboard)._def;
  const procedures = Object.entries<{ _def: { type: string } }>(flat(listed));
  expect(procedures.length).toBeGreaterThanOrEqual(19);
  const caller = createRouter(fixture.dashboard).createCaller({
    session: null,
    touch: () => undefined,
  });
  for (const [name, procedure] of procedures) {
    const method = procedure._def.type === 'mutation' ? 'POST' : 'GET';
    const answer = await fetch(`${fixture.url}/trpc/${name}`, { method, headers: CLIENT });
    expect.soft(answer.status, name).toBe(401);
    const call = name.split('.').reduce((object: object, key) => Reflect.get(object, key), caller);
    await expect
      .soft(Reflect.apply(Function.prototype.call, call, [null]), name)
      .rejects.toThrow('log in first');
  }
});

test('an unknown path is denied, and says 404 only to those who are logged in', async () => {
  const headers = await fixture.login();
  expect((await fetch(`${fixture.url}/api/nothing`)).status).toBe(401);
  expect((await fetch(`${fixture.url}/api/nothing`, { headers })).status).toBe(404);
});

test('answers forbid framing and inline script', async () => {
  const { headers } = await fetch(`${fixture.url}/healthz`);
  const policy = headers.get('content-security-policy') ?? '';
  expect(policy).toContain("script-src 'self';");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(headers.get('x-frame-options')).toBe('DENY');
});

test.each([
  ['same-origin page', { 'sec-fetch-site': 'same-origin' }, 400],
  ['another site', { 'sec-fetch-site': 'cross-site', ...CLIENT }, 403],
  ['a sibling site', { 'sec-fetch-site': 'same-site', ...CLIENT }, 403],
  ['an address typed in', { 'sec-fetch-site': 'none', ...CLIENT }, 403],
  ['a foreign origin without fetch metadata', { origin: 'https://evil.test', ...CLIENT }, 403],
  ['no origin at all', {}, 403],
  ['a program that names itself', CLIENT, 400],
])('a write from %s', async (_who, headers, status) => {
  const answer = await fixture.app.inject({
    method: 'POST',
    url: '/api/login',
    headers: { 'content-type': 'application/json', ...headers },
    payload: '{}',
  });
  expect(answer.statusCode).toBe(status);
});

test.each([
  ['evil.test:4180', 403],
  ['127.0.0.1.evil.test', 403],
  ['ballast.test', 200],
  ['localhost:4180', 200],
  ['127.0.0.1:4180', 200],
  ['[::1]:4180', 200],
])('a request for the host "%s" gets %i', async (host, status) => {
  const answer = await fixture.app.inject({ method: 'GET', url: '/healthz', headers: { host } });
  expect(answer.statusCode).toBe(status);
});

test('an older browser on our own page is let in by its origin', async () => {
  const host = new URL(fixture.url).host;
  const answer = await fixture.app.inject({
    method: 'POST',
    url: '/api/login',
    headers: { 'content-type': 'application/json', host, origin: `http://${host}` },
    payload: '{}',
  });
  expect(answer.statusCode).toBe(400);
});
