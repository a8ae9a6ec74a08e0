import { readMarket } from '@ballast/bus';
import { createLogger } from '@ballast/observability';
import { Redis } from 'ioredis';
import { monotonicMicroseconds, stampOf } from './pace.ts';

const BLOCK_MS = 200;
const ENTRIES_PER_READ = 100;
const STAMPS = /"i":"\d+-(\d+)"/g;

/** What the consumer of one path has seen since it was last set to zero. */
export type Meter = { ticks: number; latenciesMs: number[]; isTiming: boolean };

export const createMeter = (): Meter => ({ ticks: 0, latenciesMs: [], isTiming: false });

/** As every service reads: events, in order, gaps told. */
export function readHub(url: string, meter: Meter, onGap: (entries: number) => void) {
  const reader = readMarket(url, {
    venues: ['bybit'],
    from: '$',
    onBatch(events) {
      const now = monotonicMicroseconds();
      for (const event of events) {
        if (event.kind !== 'trade') continue;
        meter.ticks += 1;
        if (meter.isTiming) time(meter, stampOf(event.trade.venueTradeId), now);
      }
    },
    onGap: ({ entries }) => onGap(entries),
    log: createLogger('bench', 'error'),
    name: 'bench',
  });
  return () => reader.stop();
}

/**
 * The plainest consumer there is: XREAD in a loop, the bytes left as they are; only where latency
 * is asked for are the stamps looked up in them.
 * @param ticksPerUnit how many ticks each of what an entry counts (`n`) has
 */
export function readBytes(
  url: string,
  stream: string,
  meter: Meter,
  ticksPerUnit: () => number,
): () => Promise<void> {
  const redis = new Redis(url, { enableReadyCheck: false, disableClientInfo: true });
  let stopped = false;
  async function loop(): Promise<void> {
    let lastId: Buffer | string = '0-0';
    const options = ['COUNT', ENTRIES_PER_READ, 'BLOCK', BLOCK_MS, 'STREAMS', stream] as const;
    while (!stopped) {
      const entries: [Buffer, Buffer[]][] =
        (await redis.xreadBuffer(...options, lastId))?.[0]?.[1] ?? [];
      const now = monotonicMicroseconds();
      for (const [id, [, count, , bytes]] of entries) {
        meter.ticks += Number(count?.toString('latin1')) * ticksPerUnit();
        if (meter.isTiming) timeAll(meter, bytes?.toString('latin1') ?? '', now);
        lastId = id;
      }
    }
  }
  const ended = loop();
  return async () => {
    stopped = true;
    await ended;
    redis.disconnect();
  };
}

function timeAll(meter: Meter, text: string, now: number): void {
  for (const [, stamp] of text.matchAll(STAMPS)) time(meter, Number(stamp), now);
}

function time(meter: Meter, stamp: number, now: number): void {
  meter.latenciesMs.push((now - stamp) / 1_000);
}
