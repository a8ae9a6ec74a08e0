import { Redis } from 'ioredis';
import { WebSocket } from 'ws';

/**
 * Child process of the hub bench, its limit: the same client of the same socket, whose frames go
 * unread into the same Redis, gathered like the hub's (all that came while the last write was under
 * way, as entries of the hub's size).
 */
const [venueUrl = '', redisUrl = '', stream = ''] = process.argv.slice(2);
/** The hub's entries have 500 events of some hundred bytes. */
const ENTRY_BYTES = 55_000;
const WRITE_BYTES_MAX = 20 * ENTRY_BYTES;
const WAITING_BYTES_MAX = 10 * WRITE_BYTES_MAX;
/** As many bytes as the hub keeps. */
const STREAM_ENTRIES_MAX = Math.floor((128 * 1_048_576) / ENTRY_BYTES);

const redis = new Redis(redisUrl, { enableReadyCheck: false, disableClientInfo: true });
const socket = new WebSocket(venueUrl, { perMessageDeflate: false, skipUTF8Validation: true });
let waiting: Buffer[] = [];
let waitingBytes = 0;
let underWay: Promise<void> | undefined;

socket.on('message', (data: Buffer) => {
  waiting.push(data);
  waitingBytes += data.length;
  if (waitingBytes > WAITING_BYTES_MAX) socket.pause();
  underWay ??= drain();
});

async function drain(): Promise<void> {
  await new Promise(setImmediate);
  while (waiting.length > 0) {
    await write();
    if (socket.isPaused && waitingBytes < WRITE_BYTES_MAX) socket.resume();
  }
  underWay = undefined;
}

async function write(): Promise<void> {
  const pipeline = redis.pipeline();
  let taken = 0;
  let written = 0;
  while (taken < waiting.length && written < WRITE_BYTES_MAX) {
    const begin = taken;
    let bytes = 0;
    while (taken < waiting.length && bytes < ENTRY_BYTES) {
      bytes += waiting[taken]?.length ?? 0;
      taken += 1;
    }
    const entry = Buffer.concat(waiting.slice(begin, taken), bytes);
    pipeline.xadd(stream, 'MAXLEN', '~', STREAM_ENTRIES_MAX, '*', 'n', taken - begin, 'e', entry);
    written += bytes;
  }
  waiting = waiting.slice(taken);
  waitingBytes -= written;
  for (const [error] of (await pipeline.exec()) ?? []) if (error !== null) throw error;
}

process.on('disconnect', () => process.exit(0));
await redis.ping();
process.send?.({ connected: true });
