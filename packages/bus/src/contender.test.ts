import { beforeEach, describe, expect, test, vi } from 'vitest';
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
    expect([first.contender.fence(), first.lapses]).toEqual([null, 1]);
  });

  test('counts a lease that cannot be renewed as lapsed without being asked', async () => {
    first.passages = [LOST];
    await world.advance(TTL_MS);
    expect([first.said, first.lapses]).toEqual([[1], 1]);
    expect([first.contender.fence(), first.contender.isOver(1)]).toEqual([null, false]);
  });

  test.each([900, 2_500])('goes on in the same tenure after it stood still %i ms', async (ms) => {
    first.pause();
    await world.advance(ms);
    first.resume();
    await world.advance(TTL_MS);
    expect([first.said, first.contender.fence()]).toEqual([[1], 1]);
    expect([first.lapses, first.resumed]).toEqual([1, 1]);
  });

  test('whose tenure another has taken meanwhile ends it, and none that is asked for', async () => {
    first.pause();
    const second = new Process(
      world,
      'second',
      Array.from({ length: 5 }, () => PROMPT),
    );
    second.passages.push({ thereMs: TTL_MS, backMs: 1 });
    await world.advance(TTL_MS + 100);
    expect(world.lease).toMatchObject({ owner: 'second', fence: 0 });
    first.resume();
    await world.advance(TTL_MS - 300);
    expect([first.said, first.contender.isOver(1), second.said]).toEqual([[1], false, []]);
    await world.advance(TTL_MS);
    expect([first.said, second.said]).toEqual([[1, 'taken'], [2]]);
  });

  test('ends its tenure when a fence was given out to who has gone since', async () => {
    first.pause();
    await world.advance(2 * TTL_MS);
    world.fences += 1;
    first.resume();
    await world.advance(TTL_MS);
    expect(first.said).toEqual([1, 'taken', 3]);
  });

  test('ends a tenure of which for a minute nobody could say whose it is', async () => {
    first.passages = Array.from({ length: 100 }, () => LOST);
    await world.advance(59 * TTL_MS);
    expect(first.said).toEqual([1]);
    await world.advance(3 * TTL_MS);
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

  test('waits for a fence that comes late, and does not ask for two', async () => {
    first.pause();
    await world.advance(2 * TTL_MS);
    const second = new Process(world, 'second', [PROMPT, { thereMs: 2_500, backMs: 1 }]);
    await world.advance(2_400);
    expect(world.held()).toMatchObject({ owner: 'second', fence: 0 });
    await world.advance(200);
    expect([second.said, world.fences]).toEqual([[2], 2]);
  });

  test('tells whether another that has it acts, or waits for a fence', async () => {
    await stopped(first);
    const third = new Process(world, 'third', [{ thereMs: 10, backMs: 1 }]);
    const second = new Process(world, 'second', [PROMPT, { thereMs: 1_500, backMs: 1 }]);
    await world.advance(1_000);
    expect([third.others.length > 2, new Set(third.others)]).toEqual([true, new Set([false])]);
    await world.advance(1_000);
    expect([second.said, third.said, third.others.at(-1)]).toEqual([[2], [], true]);
  });

  test('takes a lease that ended while its fence was under way, if nobody else has it', async () => {
    await stopped(first);
    const lost = Array.from({ length: 20 }, () => LOST);
    const slow = { thereMs: 2_500, backMs: 1 };
    const second = new Process(world, 'second', [PROMPT, slow, ...lost.slice(0, 1)]);
    await world.advance(2_400);
    expect([world.held(), world.fences]).toEqual([null, 1]);
    await world.advance(200);
    expect(second.said).toEqual([2]);
  });

  test('confirms no older fence to who waited while Redis lost everything twice', async () => {
    const there = new World();
    const late = { thereMs: 500, backMs: 1 };
    const waiting = new Process(there, 'waiting', [PROMPT, PROMPT, late]);
    await there.advance(10);
    there.wipe();
    const acting = new Process(there, 'acting');
    await there.advance(300);
    expect([waiting.said, acting.said, there.fences]).toEqual([[], [2], 2]);
    there.wipe();
    await there.advance(2 * TTL_MS);
    expect([waiting.said, acting.said, acting.contender.fence()]).toEqual([[], [2], 2]);
  });

  test('asks under no promise twice: what waits for one is kept as long as it is', async () => {
    const raced = vi.spyOn(Promise, 'race');
    await world.advance(10 * TTL_MS);
    const promises = raced.mock.calls.flatMap(([all]) => [...all]);
    raced.mockRestore();
    expect(promises.length).toBeGreaterThan(50);
    expect(new Set(promises).size).toBe(promises.length);
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
    expect([first.contender.fence(), second.said]).toEqual([null, [2]]);
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

  test('is told when Redis has given it to another', async () => {
    world.lease = { owner: 'other', fence: 0, until: world.now + 500 };
    await world.advance(RENEW_MS + 10);
    expect([first.said, first.contender.fence()]).toEqual([[1], null]);
    world.lease = { owner: 'other', fence: 9, until: world.now + 500 };
    await world.advance(RENEW_MS + 10);
    expect(first.said).toEqual([1, 'taken']);
  });

  test('takes it again from a Redis that lost everything, which takes nothing before', async () => {
    world.wipe();
    world.append(1);
    expect(world.entries).toEqual([]);
    await world.advance(RENEW_MS + 10);
    world.append(1);
    expect([first.said, first.resumed, world.entries]).toEqual([[1], 1, [1]]);
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
