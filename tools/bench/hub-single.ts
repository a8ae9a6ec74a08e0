import { Redis } from 'ioredis';
import { stampedId } from './pace.ts';

/**
 * Child process of the hub bench, the way that packing replaces: one XADD a tick, each awaited.
 * Driven over IPC like the venue: `{ rate: null }` = as fast as it goes, `{ rate: 0 }` = stop.
 */
const MAX_ENTRIES = 100_000;

const [redisUrl = '', stream = ''] = process.argv.slice(2);
const redis = new Redis(redisUrl, { enableReadyCheck: false, disableClientInfo: true });
let sequence = 0;
let run = 0;

async function loop(own: number): Promise<void> {
  while (own === run) {
    sequence += 1;
    const price = `${60_000 + (sequence % 997)}.${sequence % 10}0`;
    const now = Date.now();
    const id = stampedId(sequence);
    const tick = `T\tbybit.linear:BTCUSDT\t${id}\t${price}\t0.010\tbuy\t${now}\t${now}\tbybit`;
    await redis.xadd(stream, 'MAXLEN', '~', MAX_ENTRIES, '*', 'n', 1, 'e', tick);
  }
}

process.on('message', (message: { rate: number | null }) => {
  run += 1;
  if (message.rate === null) void loop(run);
});
process.on('disconnect', () => process.exit(0));
await redis.ping();
process.send?.({ connected: true });
