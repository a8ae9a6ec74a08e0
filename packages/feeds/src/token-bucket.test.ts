import { expect, test } from 'vitest';
import { createTokenBucket } from './token-bucket.ts';

function clock() {
  let now = 0;
  const timers: { at: number; act(): void }[] = [];
  return {
    now: () => now,
    after: (ms: number, act: () => void) => void timers.push({ at: now + ms, act }),
    async advance(ms: number) {
      now += ms;
      for (const timer of timers.splice(0)) {
        if (timer.at <= now) timer.act();
        else timers.push(timer);
      }
      await Promise.resolve();
    },
  };
}

test('never gives out more than its tokens in any window, in the order of asking', async () => {
  const time = clock();
  const bucket = createTokenBucket({ tokens: 3, windowMs: 100 }, time);
  const left: string[] = [];
  const take = async (name: string, cost: number): Promise<void> => {
    await bucket.take(cost);
    left.push(name);
  };
  const all = [take('a', 1), take('b', 2), take('c', 2), take('d', 1)];
  await time.advance(60);
  expect(left).toEqual(['a', 'b']);
  await time.advance(30);
  expect(left).toEqual(['a', 'b']);
  await time.advance(12);
  await Promise.all(all);
  expect(left).toEqual(['a', 'b', 'c', 'd']);
});

test('refuses at once what can never leave', async () => {
  const bucket = createTokenBucket({ tokens: 3, windowMs: 100 }, clock());
  await expect(bucket.take(4)).rejects.toMatchObject({ code: 'RATE_COST_TOO_HIGH' });
});

test('refuses when too many wait already', async () => {
  const bucket = createTokenBucket({ tokens: 1, windowMs: 100 }, clock());
  for (let count = 0; count <= 10_000; count += 1) void bucket.take(1);
  await expect(bucket.take(1)).rejects.toMatchObject({ code: 'RATE_BUDGET_FULL' });
});
