import { createLogger } from '@ballast/observability';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aclLines } from './acl.ts';
import { type Bus, openBus } from './connection.ts';
import { byUser, startTestRedis, type TestRedis } from './redis.fixture.ts';

const log = createLogger('bus-test', 'fatal');
let server: TestRedis;
const open: Bus[] = [];

beforeAll(async () => {
  server = await startTestRedis();
  const admin = new Redis(server.url('admin'));
  await admin.set('state:portfolio', '{}');
  await admin.hset('state:quotes', 'x', 'y');
  await admin.xadd('md:bybit', '*', 'n', 'r:1', 'e', '');
  for (const producer of ['dashboard', 'cli', 'strategy-worker']) {
    await admin.xadd(`cmd:${producer}`, '*', 'payload', 'p', 'signature', 's');
    await admin.xgroup('CREATE', `cmd:${producer}`, 'order-gateway', '0');
  }
  await admin.quit();
});

afterAll(async () => {
  await Promise.all(open.map((bus) => bus.close()));
  await server.stop();
});

async function attempt(user: Parameters<TestRedis['url']>[0], command: string): Promise<string> {
  const bus = openBus(server.url(user), user, log);
  open.push(bus);
  const [name = '', ...args] = command.split(' ');
  return await bus
    .run(command, (redis) => redis.call(name, ...args))
    .then(
      () => 'allowed',
      (error: unknown) =>
        error instanceof Error && /NOPERM/.test(error.message) ? 'refused' : String(error),
    );
}

const SEND = 'payload p signature s';

describe('the dashboard', () => {
  test.each([
    'GET state:portfolio',
    'MGET state:heartbeat:order-gateway state:heartbeat:market-data',
    'HGETALL state:quotes',
    'XREAD COUNT 1 STREAMS md:bybit 0',
    'XREVRANGE md:bybit + - COUNT 1',
    `XADD cmd:dashboard * ${SEND}`,
  ])('may: %s', async (command) => {
    expect(await attempt('dashboard', command)).toBe('allowed');
  });

  test.each([
    'SET state:portfolio x',
    'SET cmd:dashboard x',
    'HSET state:quotes x y',
    'DEL state:portfolio',
    'DEL cmd:dashboard',
    'GET cmd:dashboard',
    'FLUSHALL',
    'FLUSHDB',
    'CONFIG GET *',
    'CONFIG SET appendonly no',
    'ACL LIST',
    'ACL SETUSER dashboard +@all',
    'SHUTDOWN NOSAVE',
    'SAVE',
    'CLIENT LIST',
    'CLIENT KILL TYPE normal',
    'MONITOR',
    'INFO',
    'KEYS *',
    'SCAN 0',
    'EVAL return(1) 0',
    'FUNCTION LIST',
    'PUBLISH channel message',
    'SUBSCRIBE channel',
    'XREAD COUNT 1 STREAMS cmd:dashboard 0',
    'XRANGE cmd:dashboard - +',
    'XREVRANGE cmd:dashboard + -',
    'XLEN cmd:dashboard',
    'XINFO STREAM cmd:dashboard',
    'XDEL cmd:dashboard 1-1',
    'XTRIM cmd:dashboard MAXLEN 0',
    'XREADGROUP GROUP order-gateway thief STREAMS cmd:dashboard >',
    'XACK cmd:dashboard order-gateway 1-1',
    'XGROUP CREATE cmd:dashboard mine 0',
    `XADD cmd:cli * ${SEND}`,
    `XADD cmd:strategy-worker * ${SEND}`,
    'XADD cmd:strategy-worker MAXLEN 0 * payload p',
    'XADD md:bybit * n r:2 e x',
    'RENAME cmd:dashboard cmd:cli',
    'COPY cmd:dashboard state:copy',
    'DUMP cmd:dashboard',
  ])('may not: %s', async (command) => {
    expect(await attempt('dashboard', command)).toBe('refused');
  });
});

describe('the rights of a producer', () => {
  test('let it write its own stream and read no command stream', () => {
    const lines = aclLines(byUser((user) => `password-of-${user}`));
    for (const user of ['dashboard', 'strategy-worker', 'cli']) {
      const own = lines.find((line) => line.startsWith(`user ${user} `)) ?? '';
      expect(own.match(/\S*~cmd:\S*/g)).toEqual([`%W~cmd:${user})`]);
      expect(own).not.toContain(`password-of-${user}`);
    }
  });
});

describe('the other users', () => {
  test.each([
    ['market-data', 'XADD md:bybit MAXLEN ~ 1000 * n r:3 e x'],
    ['market-data', 'HSET state:quotes x y'],
    ['market-data', 'SET state:feed:bybit {}'],
    ['market-data', 'SET state:heartbeat:market-data {}'],
    ['strategy-worker', `XADD cmd:strategy-worker * ${SEND}`],
    ['strategy-worker', 'XREAD COUNT 1 STREAMS md:bybit 0'],
    ['strategy-worker', 'GET state:feed:bybit'],
    ['strategy-worker', 'SET state:heartbeat:strategy-worker {}'],
    ['order-gateway', 'XREADGROUP GROUP order-gateway a COUNT 1 STREAMS cmd:cli >'],
    ['order-gateway', 'XACK cmd:cli order-gateway 1-1'],
    ['order-gateway', 'XTRIM cmd:cli MAXLEN 1000'],
    ['order-gateway', 'SET state:portfolio {}'],
    ['order-gateway', 'XREAD COUNT 1 STREAMS md:bybit 0'],
    ['supervisor', 'XGROUP CREATE cmd:cli supervisor 0'],
    ['supervisor', 'SET state:heartbeat:supervisor {}'],
    ['supervisor', 'MGET state:heartbeat:order-gateway'],
    ['cli', `XADD cmd:cli * ${SEND}`],
    ['cli', 'GET state:portfolio'],
  ] as const)('%s may: %s', async (user, command) => {
    expect(await attempt(user, command)).toBe('allowed');
  });

  test.each([
    ['market-data', `XADD cmd:dashboard * ${SEND}`],
    ['market-data', 'SET state:portfolio {}'],
    ['market-data', 'SET state:heartbeat:order-gateway {}'],
    ['market-data', 'SET md:bybit x'],
    ['strategy-worker', 'XADD md:bybit * n r:1 e x'],
    ['strategy-worker', 'XREAD COUNT 1 STREAMS cmd:strategy-worker 0'],
    ['strategy-worker', 'SET cmd:strategy-worker x'],
    ['strategy-worker', 'SET state:portfolio {}'],
    ['order-gateway', 'XADD md:bybit * n r:1 e x'],
    ['order-gateway', `XADD cmd:cli * ${SEND}`],
    ['order-gateway', 'SET cmd:cli x'],
    ['order-gateway', 'SET state:heartbeat:supervisor {}'],
    ['supervisor', 'XTRIM cmd:cli MAXLEN 0'],
    ['supervisor', 'SET state:portfolio {}'],
    ['cli', `XADD cmd:dashboard * ${SEND}`],
    ['cli', 'XRANGE cmd:cli - +'],
    ['cli', 'SET state:portfolio {}'],
  ] as const)('%s may not: %s', async (user, command) => {
    expect(await attempt(user, command)).toBe('refused');
  });

  test('lets nobody in without a name or with a wrong password', async () => {
    const { host } = new URL(server.url('cli'));
    for (const login of ['', 'cli:wrong@', 'default:@']) {
      const redis = new Redis(`redis://${login}${host}`, {
        maxRetriesPerRequest: 0,
        enableReadyCheck: false,
        retryStrategy: () => null,
      });
      redis.on('error', () => {});
      await expect(redis.get('state:portfolio')).rejects.toThrow(/NOAUTH|WRONGPASS|closed/);
      redis.disconnect();
    }
  });
});
