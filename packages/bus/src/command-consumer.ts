import { type Producer, PRODUCERS } from '@ballast/domain';
import type { Logger } from '@ballast/observability';
import type { Redis } from 'ioredis';
import { BLOCK_MS, callback, type Reader, startReader } from './blocking-reader.ts';
import { BusError } from './errors.ts';
import { commandStream } from './keys.ts';
import { type StreamEntry, streamEntries } from './stream-reply.ts';

const BATCH_MAX = 256;

/** A command as found on the stream, unverified. A missing field is '' and fails verification. */
export type CommandEntry = {
  readonly producer: Producer;
  readonly entryId: string;
  readonly payload: string;
  readonly signature: string;
};

type ConsumeOptions = {
  group: string;
  /** Fixed per process role: after a restart it finds what it had not acknowledged. */
  consumer: string;
  producers: readonly Producer[];
  /**
   * Entries are acknowledged once it has resolved. If it throws, they stay and the consumer ends.
   */
  onBatch(entries: CommandEntry[]): Promise<void>;
  /**
   * Called once when the consumer has ended by itself; without it the error reaches the process.
   */
  onFail?(error: Error): void;
  log: Logger;
};

/**
 * Delivers each command at least once: first what this consumer was given and did not acknowledge
 * (also after each reconnect, since the answer to a read can be lost), then new ones.
 */
export function consumeCommands(url: string, options: ConsumeOptions): Reader {
  const { group, consumer, producers, onBatch, log } = options;
  const streams = producers.map(commandStream);
  /** Set at each connect: what was delivered and not acknowledged comes before anything new. */
  let readPending: boolean;

  async function handle(redis: Redis, reply: unknown): Promise<void> {
    const entries = streamEntries(reply);
    if (entries.length === 0) {
      readPending = false;
      return;
    }
    reportLost(entries, log);
    const commands = entries.flatMap((entry) => toCommandEntry(entry));
    if (commands.length > 0) await callback(() => onBatch(commands));
    await acknowledge(redis, group, entries);
  }

  return startReader({
    url,
    name: `${group}:${consumer}`,
    log,
    onFail: options.onFail,
    async onConnect(redis) {
      for (const stream of streams) await createGroup(redis, stream, group);
      readPending = true;
    },
    read: (redis) =>
      readPending
        ? redis.xreadgroup(
            ...(['GROUP', group, consumer, 'COUNT', BATCH_MAX] as const),
            'STREAMS',
            ...streams,
            ...streams.map(() => '0'),
          )
        : redis.xreadgroup(
            ...(['GROUP', group, consumer, 'COUNT', BATCH_MAX, 'BLOCK', BLOCK_MS] as const),
            'STREAMS',
            ...streams,
            ...streams.map(() => '>'),
          ),
    handle,
  });
}

async function createGroup(redis: Redis, stream: string, group: string): Promise<void> {
  try {
    await redis.xgroup('CREATE', stream, group, '0', 'MKSTREAM');
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('BUSYGROUP')) return;
    throw error;
  }
}

async function acknowledge(redis: Redis, group: string, entries: StreamEntry[]): Promise<void> {
  for (const [stream, own] of Map.groupBy(entries, (entry) => entry.stream)) {
    await redis.xack(stream, group, ...own.map((entry) => entry.id));
  }
}

function toCommandEntry(entry: StreamEntry): CommandEntry[] {
  if (entry.fields === null) return [];
  const producer = PRODUCERS.find((name) => commandStream(name) === entry.stream);
  if (producer === undefined) {
    throw new BusError(
      'BUS_REPLY_MALFORMED',
      `entry of a stream that was not asked: ${entry.stream}`,
    );
  }
  const payload = entry.fields.get('payload') ?? '';
  const signature = entry.fields.get('signature') ?? '';
  return [{ producer, entryId: entry.id, payload, signature }];
}

/**
 * Delivered once, never acknowledged, and trimmed since:
 * what it asked for cannot be known any more.
 */
function reportLost(entries: StreamEntry[], log: Logger): void {
  const lost = entries.filter((entry) => entry.fields === null);
  if (lost.length === 0) return;
  const ids = lost.map((entry) => `${entry.stream}/${entry.id}`);
  log.error(
    { code: 'COMMAND_LOST', entries: ids },
    'commands were trimmed before they were handled',
  );
}
