import { createHash } from 'node:crypto';
import { type Producer, PRODUCERS } from '@ballast/domain';
import {
  commandStream,
  JOBS_PREFIX,
  leaseKey,
  marketStream,
  QUOTES_KEY,
  stateKey,
  SWEEPS_PREFIX,
} from './keys.ts';

export const REDIS_USERS = [
  'market-data',
  'strategy-worker',
  'order-gateway',
  'supervisor',
  'backtester',
  'dashboard',
  'cli',
] as const;
export type RedisUser = (typeof REDIS_USERS)[number];

/** Commands on keys; each becomes a selector of its own, so that rights never combine. */
type Grant = { readonly commands: string; readonly keys: string };

const READ_MARKET: Grant = { commands: '+xread +xrevrange', keys: '%R~md:*' };
const READ_QUOTES: Grant = { commands: '+hgetall +get', keys: '%R~state:quotes %R~state:feed:*' };
const READ_STATE: Grant = { commands: '+hgetall +get +mget', keys: '%R~state:*' };
const COMMAND_STREAMS = PRODUCERS.map((producer) => `~${commandStream(producer)}`).join(' ');
const CONSUME = '+xreadgroup +xack +xgroup|create';

/** Write only: `~` instead of `%W~` would let a producer read its queue. */
function askOnly(producer: Producer): Grant {
  return { commands: '+xadd', keys: `%W~${commandStream(producer)}` };
}

function writeState(...names: string[]): Grant {
  return { commands: '+set', keys: names.map((name) => `%W~${stateKey(name)}`).join(' ') };
}

/**
 * What a function of Redis does is checked against the rights of who called it, key by key; the
 * right to call takes keys that may be read and written, and gives no other command on them.
 */
const HOLD_LEASE: readonly Grant[] = [
  { commands: '+function|load', keys: '' },
  { commands: '+fcall', keys: `~${leaseKey('*')} ~${marketStream('*')} ~${QUOTES_KEY}` },
  { commands: '+get +set +del +pttl', keys: `~${leaseKey('*')}` },
];

/**
 * A queue of jobs is scripts, and each of their commands is checked like one from outside: on its
 * own keys they may do this, and on others no more than who has it may anyway.
 */
const carryJobs = (prefix: string): Grant => ({
  commands: [
    ...['eval', 'evalsha', 'time', 'bzpopmin'],
    ...['get', 'set', 'incr', 'exists', 'del', 'unlink', 'rename', 'persist'],
    ...['pexpire', 'pexpireat', 'pttl'],
    ...['hget', 'hgetall', 'hmget', 'hset', 'hmset', 'hdel', 'hexists', 'hincrby'],
    ...['lpush', 'rpush', 'rpop', 'rpoplpush', 'lrem', 'lset', 'ltrim'],
    ...['llen', 'lrange', 'lindex', 'lpos', 'sadd', 'srem', 'scard', 'smembers'],
    ...['zadd', 'zrem', 'zpopmin', 'zcard', 'zcount', 'zscore', 'zrange', 'zrevrange'],
    ...['zrangebyscore', 'zrevrangebyscore', 'zrangebylex', 'zremrangebyrank', 'zremrangebyscore'],
    ...['xadd', 'xtrim'],
  ]
    .map((command) => `+${command}`)
    .join(' '),
  keys: `~${prefix}:*`,
});

const GRANTS: Record<RedisUser, readonly Grant[]> = {
  'market-data': [
    { commands: '+xadd', keys: '%W~md:*' },
    { commands: '+xrevrange', keys: '%R~md:*' },
    { commands: '+hset', keys: '%W~state:quotes' },
    { commands: CONSUME, keys: COMMAND_STREAMS },
    ...HOLD_LEASE,
    carryJobs(JOBS_PREFIX),
    writeState('feed:*', 'heartbeat:market-data', 'heartbeat:market-data-standby'),
  ],
  'strategy-worker': [
    READ_MARKET,
    READ_QUOTES,
    askOnly('strategy-worker'),
    writeState('heartbeat:strategy-worker'),
  ],
  'order-gateway': [
    READ_MARKET,
    READ_QUOTES,
    { commands: `${CONSUME} +xtrim +xpending +xinfo|groups +xrevrange`, keys: COMMAND_STREAMS },
    writeState('portfolio', 'heartbeat:order-gateway'),
  ],
  supervisor: [
    { commands: CONSUME, keys: COMMAND_STREAMS },
    { commands: '+get +mget', keys: '%R~state:heartbeat:*' },
    writeState('heartbeat:supervisor'),
  ],
  backtester: [
    { commands: CONSUME, keys: COMMAND_STREAMS },
    carryJobs(SWEEPS_PREFIX),
    writeState('heartbeat:backtester'),
  ],
  dashboard: [READ_MARKET, READ_STATE, askOnly('dashboard')],
  cli: [READ_STATE, askOnly('cli')],
};

/**
 * Lines of a Redis ACL file (7.0 or later). Passwords enter it as SHA-256 only. No user has publish
 * and subscribe, administration or a key scan; the default user is off. Only market-data has
 * functions, and only it and the backtester scripts: of keys they may be given those of their jobs
 * alone.
 */
export function aclLines(passwords: Record<RedisUser, string>): string[] {
  const users = REDIS_USERS.map((user) => {
    const hash = createHash('sha256').update(passwords[user]).digest('hex');
    const grants = GRANTS[user].map(
      ({ commands, keys }) => `(${`-@all ${commands} ${keys}`.trimEnd()})`,
    );
    const own = `#${hash} resetkeys resetchannels -@all +ping +quit +client|setname`;
    return `user ${user} on ${own} ${grants.join(' ')}`;
  });
  return ['user default off resetkeys resetchannels -@all', ...users];
}
