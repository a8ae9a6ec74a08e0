import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { aclLines, readMarket, REDIS_USERS } from '@ballast/bus';
import { createLogger } from '@ballast/observability';
import { Redis } from 'ioredis';
import { byName } from '../stores/by-name.ts';
import { startRedis } from '../stores/redis.ts';
import { monotonicMicroseconds, stampOf } from './pace.ts';

const ROUNDS = 3;
const WARM_UP_MS = 500;
const MEASURED_MS = 2_000;
const LATENCY_RATE = 10_000;
const PLAIN_STREAM = 'md:plain';
const QUIET_MS = 150;

/** What the consumer of one path has seen since the last `begin`. */
type Meter = { ticks: number; latenciesMs: number[]; measuring: boolean };
type Path = { name: 'hub' | 'plain'; source: ChildProcess; meter: Meter };
type Round = { ticksPerSecond: number; p50Ms: number; p99Ms: number };

/**
 * Ticks per second and latency from venue socket to stream consumer, beside a plain loop of
 * pipelined XADD with an XREAD consumer: one process each for venue, feed, plain loop and Redis;
 * both consumers are here.
 */
export async function run(): Promise<{ ok: boolean }> {
  const dir = mkdtempSync(join(tmpdir(), 'ballast-bench-'));
  const closers: (() => Promise<void> | void)[] = [() => rmSync(dir, { recursive: true })];
  try {
    return await measureAll(dir, (close) => void closers.push(close));
  } finally {
    for (const close of closers.toReversed()) await close();
  }
}

async function measureAll(dir: string, onClose: (close: () => Promise<void> | void) => void) {
  const passwords = byName(REDIS_USERS, () => randomBytes(32).toString('hex'));
  const redis = await startRedis({ dir, aclLines: aclLines(passwords), logFile: join(dir, 'log') });
  onClose(() => redis.stop());
  const writer = redis.url('market-data', passwords['market-data']);
  const reader = redis.url('strategy-worker', passwords['strategy-worker']);

  const child = async (file: string, ...args: string[]) => {
    const started = fork(join(import.meta.dirname, file), args);
    onClose(() => end(started));
    return { process: started, said: await answerOf(started) };
  };
  const venue = await child('hub-venue.ts');
  const feed = await child('hub-feed.ts', String(venue.said['url']), writer);
  const plain = await child('hub-plain.ts', writer, PLAIN_STREAM);

  const hub: Path = { name: 'hub', source: venue.process, meter: createMeter() };
  const limit: Path = { name: 'plain', source: plain.process, meter: createMeter() };
  let gaps = 0;
  const consumer = readMarket(reader, {
    venue: 'bybit',
    from: '$',
    onBatch(events) {
      const now = monotonicMicroseconds();
      for (const event of events) {
        if (event.kind === 'trade') count(hub.meter, event.trade.venueTradeId, now);
      }
    },
    onGap: ({ entries }) => (gaps += entries),
    log: createLogger('bench', 'error'),
    name: 'bench',
  });
  onClose(() => consumer.stop());
  onClose(readPlain(reader, limit.meter));

  const rounds: Record<Path['name'], Round[]> = { hub: [], plain: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const path of round % 2 === 0 ? [hub, limit] : [limit, hub]) {
      const { ticksPerSecond } = await measure(path, null);
      const { p50Ms, p99Ms } = await measure(path, LATENCY_RATE);
      rounds[path.name].push({ ticksPerSecond, p50Ms, p99Ms });
    }
  }
  feed.process.send({});
  const { dropped, faults } = await answerOf(feed.process);
  return toResult(rounds, { dropped, faults, gaps });
}

async function measure(path: Path, rate: number | null): Promise<Round> {
  const { meter, source } = path;
  source.send({ rate });
  await delay(WARM_UP_MS);
  const startedAt = performance.now();
  Object.assign(meter, { ticks: 0, latenciesMs: [], measuring: rate !== null });
  await delay(MEASURED_MS);
  const seconds = (performance.now() - startedAt) / 1_000;
  const { ticks, latenciesMs } = meter;
  meter.measuring = false;
  source.send({ rate: 0 });
  await quiet(meter);
  latenciesMs.sort((a, b) => a - b);
  return {
    ticksPerSecond: Math.round(ticks / seconds),
    p50Ms: quantile(latenciesMs, 0.5),
    p99Ms: quantile(latenciesMs, 0.99),
  };
}

/** Until nothing more comes out of the pipe, so that one measurement does not run into the next. */
async function quiet(meter: Meter): Promise<void> {
  for (let seen = -1; seen !== meter.ticks;) {
    seen = meter.ticks;
    await delay(QUIET_MS);
  }
}

function createMeter(): Meter {
  return { ticks: 0, latenciesMs: [], measuring: false };
}

function count(meter: Meter, id: string, nowMicroseconds: number): void {
  meter.ticks += 1;
  if (meter.measuring) meter.latenciesMs.push((nowMicroseconds - stampOf(id)) / 1_000);
}

/** The plainest consumer there is: XREAD in a loop, and the id taken out of the text. */
function readPlain(url: string, meter: Meter): () => Promise<void> {
  const redis = new Redis(url, { enableReadyCheck: false, disableClientInfo: true });
  let stopped = false;
  async function loop(): Promise<void> {
    let lastId = '0-0';
    while (!stopped) {
      const options = ['COUNT', 1_000, 'BLOCK', 200, 'STREAMS', PLAIN_STREAM, lastId] as const;
      const entries = (await redis.xread(...options))?.[0]?.[1] ?? [];
      const now = monotonicMicroseconds();
      for (const [, fields] of entries) count(meter, fields[1]?.split('\t')[2] ?? '', now);
      lastId = entries.at(-1)?.[0] ?? lastId;
    }
  }
  const ended = loop();
  return async () => {
    stopped = true;
    await ended;
    redis.disconnect();
  };
}

function toResult(
  rounds: Record<Path['name'], Round[]>,
  losses: { dropped: unknown; faults: unknown; gaps: number },
) {
  const middle = (path: Path['name'], field: keyof Round): number =>
    quantile(
      rounds[path].map((round) => round[field]).toSorted((a, b) => a - b),
      0.5,
    );
  const ticksPerSecond = middle('hub', 'ticksPerSecond');
  const limitTicksPerSecond = middle('plain', 'ticksPerSecond');
  const latency = (path: Path['name']) => ({
    rate: LATENCY_RATE,
    p50Ms: middle(path, 'p50Ms'),
    p99Ms: middle(path, 'p99Ms'),
  });
  return {
    ok: ticksPerSecond > 0 && limitTicksPerSecond > 0 && losses.dropped === 0 && losses.gaps === 0,
    bench: 'hub',
    ticksPerSecond,
    limitTicksPerSecond,
    ratio: Number((ticksPerSecond / limitTicksPerSecond).toFixed(2)),
    latency: latency('hub'),
    limitLatency: latency('plain'),
    losses,
    rounds,
    machine: { cores: cpus().length, cpu: cpus()[0]?.model ?? '', load: loadavg()[0] },
  };
}

/** Of sorted values; 0 when nothing was measured. */
function quantile(sorted: readonly number[], q: number): number {
  if (sorted.length === 0) return 0;
  return Number(
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0).toFixed(3),
  );
}

async function answerOf(child: ChildProcess): Promise<Record<string, unknown>> {
  const failed = once(child, 'exit').then(() => {
    throw new Error('a process of the bench ended early');
  });
  const answered: unknown[] = await Promise.race([once(child, 'message'), failed]);
  const message = answered[0];
  if (typeof message !== 'object' || message === null) throw new Error('answer not understood');
  return { ...message };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill();
  await exited;
}
