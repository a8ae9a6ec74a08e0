import { LOGIN_TICKET_MS, mintLoginTicket } from '@ballast/bus';
import { openDatabase, passwordHashInForce } from '@ballast/db';
import { createLogger } from '@ballast/observability';
import { createTestDatabase, createTestRedis } from '../../../../tools/stores/test-stores.ts';
import { buildApp } from '../src/app.ts';
import { openPlatform } from '../src/platform.ts';
import { ACCOUNT, seedMarket } from './sample/rows.ts';

export const LOGIN_KEY = 'login-key-of-the-tests-9f3ac27be1d0457c';
export const COMMAND_KEY = 'command-key-of-the-tests-51c08de2f7a94b36';
export const CLIENT = { 'x-ballast-client': 'test' };

export type Fixture = Awaited<ReturnType<typeof startDashboard>>;

/** The dashboard as it runs, on its own database and Redis with the users of production. */
export async function startDashboard() {
  const database = await createTestDatabase();
  const redis = await createTestRedis();
  const owner = openDatabase(database.ownerUrl);
  await seedMarket(owner, Date.now());
  const log = createLogger('dashboard-test', 'silent');
  const closers: (() => Promise<void> | void)[] = [];
  const dashboard = await openPlatform(
    {
      databaseUrl: database.urls.dashboard,
      redisUrl: redis.urls.dashboard,
      commandKey: COMMAND_KEY,
      account: ACCOUNT,
      mode: 'paper',
      priceSource: 'simulated',
    },
    {
      log,
      onClose: (close) => closers.push(close),
      fail: (error) => {
        throw error;
      },
    },
  );
  const app = await buildApp({
    dashboard,
    login: {
      loginKey: LOGIN_KEY,
      cookie: { secure: false },
      storedPassword: () => passwordHashInForce(dashboard.db, Date.now()),
      countLogin: () => undefined,
    },
    log,
    hostName: 'ballast.test',
    site: null,
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });

  function post(path: string, body: object, headers: Record<string, string> = CLIENT) {
    return fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  }

  return {
    url,
    app,
    dashboard,
    owner,
    database,
    redis,
    log,
    post,
    ticket: (expiresAt = Date.now() + LOGIN_TICKET_MS) =>
      mintLoginTicket(LOGIN_KEY, { nonce: crypto.randomUUID(), expiresAt }),
    /** The headers of a new session. */
    async login(): Promise<Record<string, string>> {
      const answer = await post('/api/login', { ticket: this.ticket() });
      if (answer.status !== 200) throw new Error(`login gave ${answer.status}`);
      return { ...CLIENT, cookie: (answer.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? '' };
    },
    async query(name: string, input: unknown, headers: Record<string, string>): Promise<unknown> {
      const search =
        input === undefined ? '' : `?input=${encodeURIComponent(JSON.stringify(input))}`;
      const answer = await fetch(`${url}/trpc/${name}${search}`, { headers });
      return answer.json();
    },
    async stop(): Promise<void> {
      dashboard.sessions.close();
      await app.close();
      for (const close of closers.reverse()) await close();
      await owner.close();
      await redis.stop();
      await database.drop();
    },
  };
}
