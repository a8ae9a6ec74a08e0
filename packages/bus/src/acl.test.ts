import { createLogger } from '@ballast/observability';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aclLines, REDIS_USERS } from './acl.ts';
import { type Bus, openBus } from './connection.ts';
import { callLease } from './lease-functions.ts';
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

describe('functions', () => {
  const library = (name: string, body: string): string =>
    `#!lua name=${name}\nredis.register_function('${name}', function(keys, args) ${body} end)`;

  test.each(REDIS_USERS.filter((user) => user !== 'market-data'))('not for %s', async (user) => {
    for (const command of [
      'FUNCTION LOAD REPLACE x',
      'FUNCTION LIST',
      'FUNCTION DELETE ballast_lease_2',
      'FCALL ballast_lease_1_release 1 lease:market-data other 1',
      'FCALL_RO ballast_lease_1_release 1 lease:market-data other 1',
      'SET lease:market-data other|1',
      'DEL lease:market-data',
      'EVAL return(1) 1 lease:market-data',
    ]) {
      expect(await attempt(user, command), command).toBe('refused');
    }
  });

  test.each([
    'SCRIPT LOAD return(1)',
    'FUNCTION LIST',
    'FUNCTION FLUSH',
    'FUNCTION DELETE ballast_lease_2',
    'FUNCTION RESTORE x',
    'FCALL_RO any 0',
    'GET md:bybit',
    'GET state:quotes',
    'DEL md:bybit',
    'DEL state:quotes',
    'XREAD COUNT 1 STREAMS md:bybit 0',
    'HGETALL state:quotes',
    'PTTL state:quotes',
  ])('market-data may not: %s', async (command) => {
    expect(await attempt('market-data', command)).toBe('refused');
  });

  test('market-data hands no key of another to one', async () => {
    const bus = openBus(server.url('market-data'), 'market-data', log);
    open.push(bus);
    const append = (...keys: string[]) =>
      callLease(bus, 'append', keys, [1, 10, 10, 1, 'r:1', 'e', 'e']);
    const lease = ['lease:x', 'lease:x:fence'];
    await callLease(bus, 'acquire', lease, ['own', 1_000]);
    await callLease(bus, 'confirm', lease, ['own', 1, 1_000]);
    expect(await append('lease:x:fence', 'md:other', 'state:quotes', 'md:other:bars')).toBe(1);
    for (const keys of [
      ['lease:x:fence', 'cmd:dashboard', 'state:quotes', 'md:other:bars'],
      ['lease:x:fence', 'md:other', 'state:portfolio', 'md:other:bars'],
      ['state:portfolio', 'md:other', 'state:quotes', 'md:other:bars'],
      ['lease:x:fence', 'state:quotes', 'state:feed:market', 'md:other:bars'],
      ['lease:x:fence', 'md:other', 'state:quotes', 'cmd:dashboard'],
    ]) {
      await expect(append(...keys)).rejects.toThrow('NOPERM');
    }
  });

  const KEY = /can't access at least one of the keys/;
  const COMMAND = /can't run this command/;
  test.each([
    ["redis.call('GET', 'state:portfolio')", KEY],
    ["redis.call('SET', 'state:portfolio', 'x')", KEY],
    ["redis.call('XADD', 'cmd:dashboard', '*', 'payload', 'p')", KEY],
    ["redis.call('XRANGE', 'cmd:cli', '-', '+')", COMMAND],
    ["redis.call('XRANGE', 'md:bybit', '-', '+')", COMMAND],
    ["redis.call('FLUSHALL')", COMMAND],
    ["redis.call('CONFIG', 'GET', '*')", /not allowed/],
    ["redis.call('ACL', 'LIST')", /not allowed/],
  ])('market-data gains nothing by one of its own: %s', async (body, refusal) => {
    const bus = openBus(server.url('market-data'), 'market-data', log);
    open.push(bus);
    const code = library('own', `return ${body}`);
    await bus.run('LOAD', (redis) => redis.function('LOAD', 'REPLACE', code));
    await expect(bus.run('FCALL', (redis) => redis.fcall('own', 0))).rejects.toThrow(refusal);
  });
});

describe('jobs', () => {
  const OF_JOBS = ['GET jobs:x', 'HGETALL jobs:x', 'SET jobs:x y', 'EVAL return(1) 1 jobs:x'];
  test.each(REDIS_USERS.filter((user) => user !== 'market-data'))('not for %s', async (user) => {
    const scripts = user === 'backtester' ? [] : ['EVAL return(1) 0', 'EVALSHA 0 0'];
    for (const command of [...OF_JOBS, ...scripts]) {
      expect(await attempt(user, command), command).toBe('refused');
    }
  });

  test('those of sweeps are for the backtester alone, and it has no others', async () => {
    for (const user of REDIS_USERS) {
      const expected = user === 'backtester' ? 'allowed' : 'refused';
      for (const command of [
        'SET sweeps:x y',
        'EVAL return(redis.call("GET",KEYS[1])) 1 sweeps:x',
      ]) {
        expect(await attempt(user, command), `${user} ${command}`).toBe(expected);
      }
    }
    for (const command of [
      'EVAL return(1) 2 sweeps:x jobs:x',
      'RENAME sweeps:x cmd:cli',
      'XADD cmd:cli * payload p signature s',
      'GET state:portfolio',
      'SET state:heartbeat:order-gateway {}',
      'KEYS sweeps:*',
    ]) {
      expect(await attempt('backtester', command), command).toBe('refused');
    }
    expect(await attempt('backtester', 'SET state:heartbeat:backtester {}')).toBe('allowed');
  });

  test.each([
    'SET jobs:x y',
    'EVAL return(redis.call("GET",KEYS[1])) 1 jobs:x',
    'XADD jobs:events * a b',
  ])('market-data may: %s', async (command) => {
    expect(await attempt('market-data', command)).toBe('allowed');
  });

  test.each([
    'EVAL return(1) 1 cmd:dashboard',
    'EVAL return(1) 1 state:portfolio',
    'EVAL return(1) 2 jobs:x state:quotes',
    'EVALSHA 0 1 md:bybit',
    'EVAL return(1) 1 jobsx',
    'SCRIPT LOAD return(1)',
    'SCRIPT FLUSH',
    'RENAME jobs:x state:portfolio',
    'RENAME md:bybit jobs:x',
    'RPOPLPUSH jobs:x cmd:dashboard',
    'COPY jobs:x jobs:y',
    'SCAN 0',
    'KEYS jobs:*',
    'RANDOMKEY',
    'DBSIZE',
    'INFO',
    'FLUSHDB',
    'FLUSHALL',
    'SUBSCRIBE jobs:x',
  ])('market-data may not: %s', async (command) => {
    expect(await attempt('market-data', command)).toBe('refused');
  });

  const REFUSED = /can't (access at least one of the keys|run this command)|not allowed/;
  test.each([
    ["redis.call('GET', 'state:portfolio')"],
    ["redis.call('SET', 'state:portfolio', 'x')"],
    ["redis.call('XADD', 'cmd:dashboard', '*', 'payload', 'p')"],
    ["redis.call('XTRIM', 'cmd:dashboard', 'MAXLEN', '0')"],
    ["redis.call('DEL', 'cmd:dashboard')"],
    ["redis.call('RENAME', 'state:quotes', 'jobs:taken')"],
    ["redis.call('XRANGE', 'md:bybit', '-', '+')"],
    ["redis.call('KEYS', '*')"],
    ["redis.call('FLUSHALL')"],
    ["redis.call('CONFIG', 'GET', '*')"],
    ["redis.call('FUNCTION', 'FLUSH')"],
  ])('a script of market-data gains nothing: %s', async (body) => {
    const bus = openBus(server.url('market-data'), 'market-data', log);
    open.push(bus);
    for (const keys of [[], ['jobs:x']]) {
      const ran = bus.run('EVAL', (redis) => redis.eval(`return ${body}`, keys.length, ...keys));
      await expect(ran).rejects.toThrow(REFUSED);
    }
  });
});

describe('the other users', () => {
  test.each([
    ['market-data', 'XADD md:bybit MAXLEN ~ 1000 * n r:3 e x'],
    ['market-data', 'HSET state:quotes x y'],
    ['market-data', 'SET state:feed:market {}'],
    ['market-data', 'SET state:heartbeat:market-data {}'],
    ['strategy-worker', `XADD cmd:strategy-worker * ${SEND}`],
    ['strategy-worker', 'XREAD COUNT 1 STREAMS md:bybit 0'],
    ['strategy-worker', 'GET state:feed:market'],
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
