import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@ballast/observability';
import type { Redis } from 'ioredis';
import { connect } from './connection.ts';
import { toBusError } from './errors.ts';

/** How long one blocking read waits at the server: less than the socket's time-out. */
export const BLOCK_MS = 1_000;
const RETRY_DELAY_MS = 100;

export type Reader = { stop(): Promise<void> };

/** The callback of a reader threw: its entries are not acknowledged and the reader has ended. */
class CallbackFailed extends Error {}

export async function callback<T>(run: () => Promise<T> | T): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw new CallbackFailed('the batch was not handled', { cause: error });
  }
}

type ReaderOptions = {
  url: string;
  name: string;
  log: Logger;
  /** Runs after each connect, before the first read. */
  onConnect(redis: Redis): Promise<void>;
  /** One blocking read; `handle` gets what it brought. */
  read(redis: Redis): Promise<unknown>;
  handle(redis: Redis, reply: unknown): Promise<void>;
  /**
   * The reader has ended: its callback threw, or Redis refuses it.
   * Without one the process gets the error.
   */
  onFail?: ((error: Error) => void) | undefined;
};

/**
 * Reads for ever on a connection of its own; a lost connection is awaited, everything else ends it.
 */
export function startReader(options: ReaderOptions): Reader {
  const { url, name, log, onConnect, read, handle, onFail = raise } = options;
  const connection = connect(url, name, log);
  const { redis } = connection;
  let stopping = false;
  let reading = false;

  async function readOn(): Promise<void> {
    await connection.connected();
    await onConnect(redis);
    while (!stopping) {
      reading = true;
      const reply = await read(redis).finally(() => {
        reading = false;
      });
      if (reply !== null && reply !== undefined) await handle(redis, reply);
    }
  }

  async function loop(): Promise<void> {
    while (!stopping) {
      try {
        await readOn();
      } catch (error) {
        if (error instanceof CallbackFailed) {
          return fail(error.cause instanceof Error ? error.cause : error);
        }
        if (stopping) return;
        const busError = toBusError(name, error);
        if (isFinal(busError.message, busError.code)) return fail(busError);
        log.warn({ reader: name, code: busError.code, reason: busError.message }, 'read failed');
        await delay(RETRY_DELAY_MS);
      }
    }
  }

  function fail(error: Error): void {
    log.error({ reader: name, err: error }, 'reader ended');
    stopping = true;
    onFail(error);
  }

  async function runToEnd(): Promise<void> {
    try {
      await loop();
    } finally {
      await connection.close();
    }
  }

  const ended = runToEnd();
  return {
    async stop() {
      stopping = true;
      // A batch that is being handled is finished and acknowledged; a read that only waits is cut.
      if (reading || redis.status !== 'ready') await connection.close();
      await ended;
    },
  };
}

/**
 * A group that is gone (an emptied Redis) is made again after the next connect; a busy start
 * passes, and so does a Redis without room, in which no group can be made.
 */
function isFinal(message: string, code: string): boolean {
  if (code === 'BUS_REPLY_MALFORMED') return true;
  return code === 'BUS_REFUSED' && !/NOGROUP|LOADING|UNBLOCKED|OOM/.test(message);
}

function raise(error: Error): void {
  setImmediate(() => {
    throw error;
  });
}
