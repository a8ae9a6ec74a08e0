import type { Logger } from '@ballast/observability';
import { Redis, type RedisOptions } from 'ioredis';
import { BusError, toBusError } from './errors.ts';

const COMMAND_TIMEOUT_MS = 3_000;
/** Longer than a blocking read, so that only a dead link is silent for that long. */
const SOCKET_TIMEOUT_MS = 5_000;
const FIRST_CONNECTION_TIMEOUT_MS = 10_000;
const RECONNECT_DELAY_MAX_MS = 2_000;
const RECONNECT_DELAY_STEP_MS = 50;

/** One connection to Redis for short commands. Blocking readers open their own. */
export type Bus = {
  /** Runs `command` once connected; it is sent at most once. @throws BusError */
  run<T>(operation: string, command: (redis: Redis) => Promise<T>): Promise<T>;
  close(): Promise<void>;
  readonly log: Logger;
};

/**
 * A command whose answer is lost is never sent again: that would run a write twice. Nothing waits
 * in a queue while the connection is down, so a command cannot leave long after its caller gave up.
 */
const AT_MOST_ONCE = {
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  enableOfflineQueue: false,
  // INFO and CLIENT SETINFO are rights that no service is given.
  enableReadyCheck: false,
  disableClientInfo: true,
  retryStrategy: (times: number) =>
    Math.min(times * RECONNECT_DELAY_STEP_MS, RECONNECT_DELAY_MAX_MS),
  // A link that says nothing while an answer is due is dead: it is replaced.
  socketTimeout: SOCKET_TIMEOUT_MS,
} satisfies RedisOptions;

/** Opens at once and connects in the background; each operation waits for the first connection. */
export function openBus(url: string, name: string, log: Logger): Bus {
  const connection = connect(url, name, log, COMMAND_TIMEOUT_MS);
  return {
    async run(operation, command) {
      await connection.connectedOnce();
      try {
        return await command(connection.redis);
      } catch (error) {
        throw toBusError(operation, error);
      }
    },
    close: () => connection.close(),
    log,
  };
}

export type Connection = {
  readonly redis: Redis;
  /** Resolves when the connection has been up once. @throws BusError BUS_UNAVAILABLE after 10 s */
  connectedOnce(): Promise<void>;
  /** Resolves as soon as the connection is up. @throws BusError BUS_UNAVAILABLE after 10 s */
  connected(): Promise<void>;
  close(): Promise<void>;
};

export function connect(
  url: string,
  name: string,
  log: Logger,
  commandTimeout?: number,
): Connection {
  const redis = new Redis(url, { ...AT_MOST_ONCE, connectionName: name, commandTimeout });
  let lastError = 'no answer';
  let upOnce = false;
  redis.on('error', (error: Error) => {
    // ioredis repeats the same error with every attempt; one line per change is enough.
    if (error.message === lastError) return;
    lastError = error.message;
    log.warn({ connection: name, reason: error.message }, 'Redis connection failed');
  });
  redis.on('ready', () => {
    if (upOnce) log.info({ connection: name }, 'Redis connection is back');
    upOnce = true;
    lastError = 'connection lost';
  });

  async function connected(): Promise<void> {
    if (redis.status === 'ready') return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(
      () => reject(new BusError('BUS_UNAVAILABLE', `no connection to Redis: ${lastError}`)),
      FIRST_CONNECTION_TIMEOUT_MS,
    );
    const onEnd = (): void => reject(new BusError('BUS_UNAVAILABLE', 'the bus is closed'));
    redis.once('ready', resolve);
    redis.once('end', onEnd);
    try {
      if (redis.status === 'end') onEnd();
      await promise;
    } finally {
      clearTimeout(timer);
      redis.off('ready', resolve);
      redis.off('end', onEnd);
    }
  }

  return {
    redis,
    connected,
    connectedOnce: () => (upOnce ? Promise.resolve() : connected()),
    close: () => close(redis),
  };
}

async function close(redis: Redis): Promise<void> {
  if (redis.status === 'end') return;
  const { promise, resolve } = Promise.withResolvers<void>();
  redis.once('end', resolve);
  redis.disconnect();
  // Between two attempts there is no socket, and ioredis says no word about the end.
  if (redis.status === 'reconnecting') redis.emit('end');
  await promise;
}
