import { Redis } from 'ioredis';
import { createPace, stampedId } from './pace.ts';

/**
 * Child process of the hub bench, its limit: the same ticks as text, one XADD each, pipelined.
 * Driven over IPC like the venue: `{ rate }`, 0 = stop, null = as fast as it goes.
 */
const PIPELINE_TICKS = 200;
const MAX_ENTRIES = 100_000;

const [redisUrl = '', stream = ''] = process.argv.slice(2);
const redis = new Redis(redisUrl, { enableReadyCheck: false, disableClientInfo: true });
let sequence = 0;
let rate: number | null = 0;
let run = 0;

async function send(ticks: number): Promise<void> {
  const pipeline = redis.pipeline();
  for (let index = 0; index < ticks; index += 1) {
    sequence += 1;
    const price = `${60_000 + (sequence % 997)}.${sequence % 10}0`;
    const now = Date.now();
    const id = stampedId(sequence);
    const tick = `T\tbybit.linear:BTCUSDT\t${id}\t${price}\t0.010\tbuy\t${now}\t${now}`;
    pipeline.xadd(stream, 'MAXLEN', '~', MAX_ENTRIES, '*', 'd', tick);
  }
  await pipeline.exec();
}

async function loop(own: number): Promise<void> {
  const due = rate === null ? () => PIPELINE_TICKS : createPace(rate);
  while (own === run) {
    const ticks = due();
    if (ticks > 0) await send(ticks);
    else await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

process.on('message', (message: { rate: number | null }) => {
  rate = message.rate;
  run += 1;
  if (rate !== 0) void loop(run);
});
process.on('disconnect', () => process.exit(0));
await redis.ping();
process.send?.({ connected: true });
