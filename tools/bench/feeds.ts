import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

const ROUNDS = 5;
const FEED_TO_BARE_MIN = 0.85;
/** A quiet market sends one trade a frame, a busy one many. */
const TRADES_PER_FRAME = [1, 10];

const ready = z.object({ url: z.string() });
const measured = z.object({ tradesPerSecond: z.number() });

/**
 * ByBit trade frames from socket to checked trades, beside the same client with one JSON.parse and
 * nothing else: a process each for sender and reader, by turns.
 */
export async function run() {
  const sizes = [];
  for (const size of TRADES_PER_FRAME) sizes.push(await compared(size));
  return {
    ok: sizes.every(({ ok }) => ok),
    bench: 'feeds',
    figures: sizes,
    machine: { cores: cpus().length, cpu: cpus()[0]?.model, load: loadavg()[0] },
  };
}

async function compared(tradesPerFrame: number) {
  const source = fork(join(import.meta.dirname, 'feeds-source.ts'), [String(tradesPerFrame)]);
  try {
    const { url } = ready.parse(await said(source));
    const rounds: { feed: number; bare: number }[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const order = round % 2 === 0 ? ['feed', 'bare'] : ['bare', 'feed'];
      const found = new Map<string, number>();
      for (const how of order) found.set(how, await read(url, how));
      rounds.push({ feed: found.get('feed') ?? 0, bare: found.get('bare') ?? 0 });
    }
    const ratios = rounds.map(({ feed, bare }) => feed / bare).toSorted((a, b) => a - b);
    const value = Number((ratios[Math.floor(ROUNDS / 2)] ?? 0).toFixed(3));
    const ok = value >= FEED_TO_BARE_MIN;
    return { tradesPerFrame, feedToBare: value, min: FEED_TO_BARE_MIN, ok, rounds };
  } finally {
    source.disconnect();
    if (source.exitCode === null) await once(source, 'exit');
  }
}

async function read(url: string, how: string): Promise<number> {
  const reader = fork(join(import.meta.dirname, 'feeds-reader.ts'), [url, how]);
  const { tradesPerSecond } = measured.parse(await said(reader));
  if (reader.exitCode === null) await once(reader, 'exit');
  return tradesPerSecond;
}

/** What a child says first; a child that ends before it is a fault. */
async function said(child: ChildProcess): Promise<unknown> {
  const ended = once(child, 'exit').then(() => {
    throw new Error('a process of the bench ended early');
  });
  const message = once(child, 'message').then(([first]: unknown[]) => first);
  ended.catch(() => undefined);
  return Promise.race([message, ended]);
}
