import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRateBudget, type RateClock, type Urgency, WAITS_MAX_MS } from './rate-budget.ts';

type Asked = { readonly urgency: Urgency; readonly at: number };
type Left = Asked & { readonly leftAt: number | null };

const LIMIT = { requests: 10, windowMs: 1_000, reserved: 4 };

/** A clock that stands still until it is moved, and then does what is due in its order. */
function virtualClock(): RateClock & { moveTo(at: number): Promise<void> } {
  let at = 0;
  const due: { at: number; act: () => void }[] = [];
  return {
    now: () => at,
    after: (ms, act) => void due.push({ at: at + ms, act }),
    async moveTo(target) {
      for (;;) {
        const [first] = due.toSorted((a, b) => a.at - b.at);
        if (first === undefined || first.at > target) break;
        due.splice(due.indexOf(first), 1);
        at = Math.max(at, first.at);
        first.act();
        await settled();
      }
      at = target;
    },
  };
}

/** All that hangs on promises that are decided by now. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) await Promise.resolve();
}

async function run(asked: readonly Asked[], limit = LIMIT): Promise<Left[]> {
  const clock = virtualClock();
  const budget = createRateBudget(limit, clock);
  const left: Left[] = [];
  for (const one of asked.toSorted((a, b) => a.at - b.at)) {
    await clock.moveTo(one.at);
    budget.take(one.urgency).then(
      () => left.push({ ...one, leftAt: clock.now() }),
      () => left.push({ ...one, leftAt: null }),
    );
    await settled();
  }
  await clock.moveTo(60_000);
  await settled();
  return left;
}

const requests = fc.array(
  fc.record({
    urgency: fc.constantFrom<Urgency>('exit', 'other', 'other'),
    at: fc.oneof(fc.integer({ min: 0, max: 1_500 }), fc.integer({ min: 0, max: 20_000 })),
  }),
  { size: 'max', maxLength: 80 },
);

const timesOf = (left: readonly Left[]): number[] =>
  left.flatMap(({ leftAt }) => leftAt ?? []).toSorted((a, b) => a - b);

test('never above the limit in any window, and nobody is forgotten', async () => {
  await fc.assert(
    fc.asyncProperty(requests, async (asked) => {
      const left = await run(asked);
      expect(left).toHaveLength(asked.length);
      const times = timesOf(left);
      for (const from of times) {
        const within = times.filter((at) => at >= from && at < from + LIMIT.windowMs);
        expect(within.length).toBeLessThanOrEqual(LIMIT.requests);
      }
    }),
  );
});

test('exits leave no later than from a bucket of their own, and none waits past its bound', async () => {
  await fc.assert(
    fc.asyncProperty(requests, async (asked) => {
      const exits = asked.filter(({ urgency }) => urgency === 'exit');
      const own = { ...LIMIT, requests: LIMIT.reserved, reserved: 0 };
      const [mixed, alone] = await Promise.all([run(asked), run(exits, own)]);
      const mixedTimes = timesOf(mixed.filter(({ urgency }) => urgency === 'exit'));
      const aloneTimes = timesOf(alone);
      expect(mixedTimes.length).toBeGreaterThanOrEqual(aloneTimes.length);
      for (const { urgency, at, leftAt } of mixed) {
        if (leftAt !== null) expect(leftAt - at).toBeLessThanOrEqual(WAITS_MAX_MS[urgency]);
      }
      const few = exits.filter(
        (exit) =>
          exits.filter(({ at }) => Math.abs(at - exit.at) <= 3_000).length <= LIMIT.reserved,
      );
      for (const { at } of few) expect(mixedTimes).toContain(at);
    }),
  );
});

test('what is over the others’ share waits for its turn, and is refused past its bound', async () => {
  const others = Array.from({ length: 20 }, () => ({ urgency: 'other', at: 0 }) as const);
  const left = await run([...others, { urgency: 'exit', at: 1 }, { urgency: 'exit', at: 999 }]);
  expect(timesOf(left)).toEqual([...Array(6).fill(0), 1, 999, ...Array(4).fill(1_000), 1_001]);
  expect(left.filter(({ leftAt }) => leftAt === null)).toHaveLength(9);
});

test('an exit that comes while others wait goes before them', async () => {
  const others = Array.from({ length: 12 }, () => ({ urgency: 'other', at: 0 }) as const);
  const exits = Array.from({ length: 5 }, () => ({ urgency: 'exit', at: 1 }) as const);
  const left = await run([...others, ...exits]);
  const fifth = left.filter(({ urgency }) => urgency === 'exit').at(-1);
  expect(fifth?.leftAt).toBe(1_000);
  const firstWaiting = left.findIndex(({ urgency, leftAt }) => urgency === 'other' && leftAt !== 0);
  expect(left.findLastIndex(({ urgency }) => urgency === 'exit')).toBeLessThan(firstWaiting);
});
