import { setTimeout as delay } from 'node:timers/promises';
import { workerData } from 'node:worker_threads';
import { createLogger } from '@ballast/observability';
import { openBus } from './connection.ts';
import { fenceKey, leaseKey } from './keys.ts';
import { callLease } from './lease-functions.ts';
import { SHARED, type ThreadData } from './lease-thread.ts';

function threadData(data: unknown): ThreadData {
  const field = (name: string): unknown =>
    typeof data === 'object' && data !== null ? Reflect.get(data, name) : undefined;
  const shared = field('shared');
  if (!(shared instanceof BigInt64Array)) throw new Error('not the thread of a lease');
  return {
    ...{ url: String(field('url')), name: String(field('name')), owner: String(field('owner')) },
    ...{ ttlMs: Number(field('ttlMs')), renewEveryMs: Number(field('renewEveryMs')), shared },
  };
}

async function main(): Promise<never> {
  const { url, name, owner, ttlMs, renewEveryMs, shared } = threadData(workerData);
  // What goes wrong here goes wrong for the holder too, and is said there.
  const bus = openBus(url, `${owner.split('/')[0]}-lease-thread`, createLogger('lease', 'silent'));
  const keys = [leaseKey(name), fenceKey(name)];
  let beats = -1n;
  let beatAt = performance.now();
  for (;;) {
    const now = Atomics.load(shared, SHARED.beats);
    if (now !== beats) beatAt = performance.now();
    beats = now;
    const fence = Atomics.load(shared, SHARED.fence);
    if (fence !== 0n && performance.now() - beatAt < ttlMs) {
      await callLease(bus, 'renew', keys, [owner, String(fence), ttlMs]).catch(() => undefined);
    }
    await delay(renewEveryMs);
  }
}

await main();
