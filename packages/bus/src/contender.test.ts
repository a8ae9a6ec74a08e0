import {
  assert as assertProperty,
  array,
  asyncProperty,
  constant,
  integer,
  oneof,
  record,
} from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Passage, Process, RENEW_MS, TTL_MS, World } from './contender.fixture.ts';

const LOST: Passage = { thereMs: null, backMs: null };
const UNANSWERED: Passage = { thereMs: 1, backMs: null, givenUpMs: 5 };
const SLOW: Passage = { thereMs: 1, backMs: TTL_MS - 100 };
const PROMPT: Passage = { thereMs: 1, backMs: 1 };
let world: World;
let first: Process;

beforeEach(async () => {
  world = new World();
  first = new Process(world, 'first');
  await world.advance(10);
});

async function stopped({ contender }: Process): Promise<void> {
  const stopping = contender.stop();
  await world.advance(10);
  await stopping;
}

describe('a contender', () => {
  test('gains a free lease with a fence and keeps it', async () => {
    await world.advance(10 * TTL_MS);
    expect(first.said).toEqual([1]);
    expect(first.contender.fence()).toBe(1);
  });

  test('waits while it is held, and gains it within two periods of the last renewal', async () => {
    const second = new Process(world, 'second');
    await world.advance(5 * TTL_MS);
    expect(second.said).toEqual([]);
    first.pause();
    await world.advance(TTL_MS + 10);
    expect(second.said).toEqual([2]);
  });

  test('that was paused knows by its clock alone that it is over, before anything else', async () => {
    first.pause();
    await world.advance(TTL_MS);
    // No timer and no answer has come yet: this is the first thing that it does.
    expect(first.contender.fence()).toBeNull();
    expect(first.said).toEqual([1, 'expired']);
    first.resume();
    await world.advance(TTL_MS);
    expect(first.said).toEqual([1, 'expired', 2]);
  });

  test('counts a lease that cannot be renewed as lost without being asked', async () => {
    first.passages = [LOST];
    await world.advance(TTL_MS);
    expect(first.said).toEqual([1, 'expired']);
  });

  test('does not gain what it was granted too late', async () => {
    first.pause();
    await world.advance(2 * TTL_MS);
    const second = new Process(world, 'second', [{ thereMs: 1, backMs: TTL_MS }]);
    await world.advance(TTL_MS + 10);
    expect(second.said).toEqual([]);
    await world.advance(2 * TTL_MS);
    expect(second.said).toEqual([2]);
  });

  test('does not gain with a fence that came too late, nor asks for two at once', async () => {
    first.pause();
    await world.advance(2 * TTL_MS);
    const second = new Process(world, 'second', [PROMPT, { thereMs: 2_500, backMs: 1 }]);
    await world.advance(2_600);
    expect([second.said, world.fences]).toEqual([[], 2]);
    await world.advance(TTL_MS);
    expect(second.said).toEqual([3]);
  });

  test('keeps it when single renewals are lost', async () => {
    for (let round = 0; round < 4; round += 1) {
      first.passages = [{ thereMs: 1, backMs: RENEW_MS }];
      await world.advance(TTL_MS);
    }
    expect(first.said).toEqual([1]);
  });

  test('reckons from before it asked, not from when the answer came', async () => {
    first.passages = [{ thereMs: 1, backMs: 500 }, LOST];
    const second = new Process(world, 'second');
    await world.advance(RENEW_MS + TTL_MS + 50, () => {
      const held = [first, second].filter(({ contender }) => contender.fence() !== null);
      expect(held.length).toBeLessThan(2);
    });
    expect([first.said, second.said]).toEqual([[1, 'expired'], [2]]);
  });

  test('reckons so from the confirmation too', async () => {
    await stopped(first);
    const second = new Process(world, 'second', [PROMPT, PROMPT, SLOW]);
    await world.advance(TTL_MS);
    expect([second.said, world.fences]).toEqual([[], 2]);
    await world.advance(TTL_MS);
    expect(second.said).toEqual([3]);
  });

  test.each([
    ['granted', [UNANSWERED]],
    ['confirmed', [PROMPT, PROMPT, UNANSWERED]],
    ['not confirmed', [PROMPT, PROMPT, { ...UNANSWERED, thereMs: null }]],
  ])('frees a lease of which it does not know whether it was %s', async (_, passages) => {
    await stopped(first);
    const second = new Process(world, 'second', [...passages]);
    await world.advance(20);
    expect(second.troubles).toHaveLength(1);
    expect(world.lease).toBeNull();
    await world.advance(RENEW_MS + 10);
    expect(second.said).toEqual([world.fences]);
  });

  test('is told when Redis has given it to another or lost it', async () => {
    world.lease = null;
    await world.advance(RENEW_MS + 10);
    expect(first.said).toEqual([1, 'taken']);
    await world.advance(TTL_MS);
    expect(first.said).toEqual([1, 'taken', 2]);
  });

  test('that resigns lets another have it, and an older fence resigns nothing', async () => {
    const second = new Process(world, 'second');
    await world.advance(50);
    first.contender.resign(0);
    expect(first.contender.fence()).toBe(1);
    first.contender.resign(1);
    expect(first.contender.fence()).toBeNull();
    await world.advance(RENEW_MS);
    expect([first.said, second.said]).toEqual([[1, 'resigned'], [2]]);
  });

  test('that stops frees it at once, and contends no more', async () => {
    const stopping = first.contender.stop();
    expect(first.contender.fence()).toBeNull();
    await world.advance(10);
    await stopping;
    expect(world.lease).toBeNull();
    await world.advance(5 * TTL_MS);
    expect(first.said).toEqual([1, 'stopped']);
  });

  test('stops while an answer is awaited that never comes, and leaves nothing behind', async () => {
    first.pause();
    await world.advance(2 * TTL_MS);
    const second = new Process(world, 'second', [PROMPT, LOST]);
    await world.advance(100);
    expect(world.lease).toMatchObject({ owner: 'second', fence: 0 });
    await stopped(second);
    expect(world.lease).toBeNull();
  });
});

test('does not wait for a Redis that does not answer when it is stopped', async () => {
  first.passages = [LOST, LOST];
  const stopping = first.contender.stop();
  await world.advance(TTL_MS);
  await stopping;
  expect(first.said).toEqual([1, 'stopped']);
});

/** Quick, slow, slower than the lease, lost. */
const delay = oneof(
  { weight: 8, arbitrary: integer({ min: 0, max: 60 }) },
  { weight: 4, arbitrary: integer({ min: 60, max: 700 }) },
  { weight: 1, arbitrary: integer({ min: 700, max: 2_500 }) },
  { weight: 2, arbitrary: constant(null) },
);
const who = integer({ min: 0, max: 1 });
const act = oneof(
  { weight: 3, arbitrary: record({ kind: constant('pause' as const), who }) },
  { weight: 3, arbitrary: record({ kind: constant('resume' as const), who }) },
  { weight: 1, arbitrary: record({ kind: constant('resign' as const), who }) },
  { weight: 2, arbitrary: record({ kind: constant('pass' as const), who }) },
);
const step = record({ act, ms: integer({ min: 1, max: 900 }) });

test('two never hold it at once, fences only rise, and in the end one holds it', async () => {
  let gained = 0;
  await assertProperty(
    asyncProperty(
      array(record({ thereMs: delay, backMs: delay }), { minLength: 20, maxLength: 60 }),
      array(step, { minLength: 5, maxLength: 25 }),
      async (passages, steps) => {
        const here = new World();
        here.passages = [...passages];
        const both = [new Process(here, 'a'), new Process(here, 'b')];
        const fences: number[] = [];
        const look = (): void => {
          const active = both.filter((one) => !one.isPaused && one.contender.fence() !== null);
          expect(active.length).toBeLessThan(2);
          const fence = active[0]?.contender.fence() ?? null;
          if (fence !== null && fences.at(-1) !== fence) fences.push(fence);
        };
        for (const {
          act: { kind, who: index },
          ms,
        } of steps) {
          const one = both[index];
          if (kind === 'pause') one?.pause();
          if (kind === 'resume') one?.resume();
          if (kind === 'resign') one?.contender.resign(fences.at(-1) ?? 0);
          look();
          await here.advance(ms, look);
        }
        here.passages = [];
        for (const one of both) one.resume();
        await here.advance(10 * TTL_MS, look);
        expect(both.filter((one) => one.contender.fence() !== null)).toHaveLength(1);
        expect(fences).toEqual([...new Set(fences)].toSorted((a, b) => a - b));
        for (const { said } of both) {
          said.forEach((word, index) => {
            expect(typeof word).toBe(index % 2 === 0 ? 'number' : 'string');
          });
        }
        gained += fences.length;
      },
    ),
    { numRuns: 200 },
  );
  expect(gained).toBeGreaterThan(250);
});
