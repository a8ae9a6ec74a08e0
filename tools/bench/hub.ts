import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { aclLines, REDIS_USERS } from '@ballast/bus';
import { byName } from '../stores/by-name.ts';
import { startRedis } from '../stores/redis.ts';
import { answerOf, type Child, startChild } from './child.ts';
import { createMeter, type Meter, readBytes, readHub } from './hub-consumers.ts';
import { hubFigures, type Latency, type Round } from './hub-figures.ts';

const ROUNDS = 5;
const WARM_UP_MS = 400;
const MEASURED_MS = 1_200;
const QUIET_MS = 100;
const BARE_STREAM = 'md:bare';
const SINGLE_STREAM = 'md:single';
/** A quiet market sends one trade a frame, a busy one many. */
const TRADES_PER_FRAME = [1, 10];

type OnClose = (close: () => Promise<void> | void) => void;
/** What drives a path, and what has come out of it. */
type Path = { readonly source: ChildProcess; readonly meter: Meter };
type Paths = { readonly hub: Path; readonly bare: Path; readonly single: Path };

/**
 * Ticks per second and latency from venue socket to stream consumer, beside a bare loop that moves
 * the same frames unread through the same Redis, and beside one awaited XADD a tick. A process each
 * for venues, feed, loops and Redis; the consumers are here.
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

async function measureAll(dir: string, onClose: OnClose) {
  const passwords = byName(REDIS_USERS, () => randomBytes(32).toString('hex'));
  const redis = await startRedis({ dir, aclLines: aclLines(passwords), logFile: join(dir, 'log') });
  onClose(() => redis.stop());
  const writer = redis.url('market-data', passwords['market-data']);
  const reader = redis.url('strategy-worker', passwords['strategy-worker']);

  const child = (file: string, ...args: string[]): Promise<Child> =>
    startChild(join(import.meta.dirname, file), args, onClose);
  const venue = await child('hub-venue.ts');
  const bareVenue = await child('hub-venue.ts');
  const feed = await child('hub-feed.ts', String(venue.said['url']), writer);
  await child('hub-bare.ts', String(bareVenue.said['url']), writer, BARE_STREAM);
  const single = await child('hub-single.ts', writer, SINGLE_STREAM);

  const paths: Paths = {
    hub: { source: venue.process, meter: createMeter() },
    bare: { source: bareVenue.process, meter: createMeter() },
    single: { source: single.process, meter: createMeter() },
  };
  let gaps = 0;
  let trades = 1;
  onClose(readHub(reader, paths.hub.meter, (entries) => (gaps += entries)));
  onClose(readBytes(reader, BARE_STREAM, paths.bare.meter, () => trades));
  onClose(readBytes(reader, SINGLE_STREAM, paths.single.meter, () => 1));

  const sizes = [];
  for (trades of TRADES_PER_FRAME) {
    const rounds: Round[] = [];
    for (let index = 0; index < ROUNDS; index += 1) {
      rounds.push(await measureRound(paths, trades, index % 2 === 0));
    }
    sizes.push(hubFigures(trades, rounds));
  }
  feed.process.send({});
  const { dropped, faults } = await answerOf(feed.process);
  const isWhole = dropped === 0 && gaps === 0;
  return {
    ok: isWhole && sizes.every(({ ok }) => ok),
    bench: 'hub',
    figures: sizes,
    losses: { dropped, faults, gaps },
    machine: { cores: cpus().length, cpu: cpus()[0]?.model ?? '', load: loadavg()[0] },
  };
}

/** Capacities, then latencies of hub and bare loop at half of what the hub has just shown. */
async function measureRound(paths: Paths, trades: number, hubFirst: boolean): Promise<Round> {
  const order = hubFirst ? (['hub', 'bare'] as const) : (['bare', 'hub'] as const);
  const ticksPerSecond = { hub: 0, bare: 0, single: 0 };
  for (const path of [...order, 'single'] as const) {
    ticksPerSecond[path] = (await measure(paths[path], null, trades)).ticksPerSecond;
  }
  const rate = Math.round(ticksPerSecond.hub / 2);
  const latency: Record<'hub' | 'bare', Latency> = {
    hub: { p50Ms: 0, p99Ms: 0 },
    bare: { p50Ms: 0, p99Ms: 0 },
  };
  for (const path of order) latency[path] = await measure(paths[path], rate, trades);
  return { ticksPerSecond, rate, latency };
}

async function measure({ meter, source }: Path, rate: number | null, trades: number) {
  source.send({ rate, trades });
  await delay(WARM_UP_MS);
  const startedAt = performance.now();
  Object.assign(meter, { ticks: 0, latenciesMs: [], isTiming: rate !== null });
  await delay(MEASURED_MS);
  const seconds = (performance.now() - startedAt) / 1_000;
  const { ticks, latenciesMs } = meter;
  meter.isTiming = false;
  source.send({ rate: 0, trades });
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

/** Of sorted values; 0 when nothing was measured. */
function quantile(sorted: readonly number[], q: number): number {
  const at = Math.min(sorted.length - 1, Math.floor(sorted.length * q));
  return Number((sorted[at] ?? 0).toFixed(3));
}
