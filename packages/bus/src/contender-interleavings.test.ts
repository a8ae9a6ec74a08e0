import {
  assert as assertProperty,
  array,
  asyncProperty,
  constant,
  integer,
  oneof,
  record,
} from 'fast-check';
import { expect, test } from 'vitest';
import { Process, TTL_MS, World } from './contender.fixture.ts';

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
  let resumed = 0;
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
        for (const one of both) resumed += one.resumed;
      },
    ),
    { numRuns: 200 },
  );
  expect(gained).toBeGreaterThan(230);
  expect(resumed).toBeGreaterThan(20);
});

const worse = record({
  act: oneof(
    { weight: 6, arbitrary: act },
    { weight: 1, arbitrary: record({ kind: constant('wipe' as const), who }) },
  ),
  ms: integer({ min: 1, max: 900 }),
});

test('no sink takes anything under an older fence, even of a Redis that loses all', async () => {
  let entries = 0;
  let wiped = 0;
  await assertProperty(
    asyncProperty(
      array(record({ thereMs: delay, backMs: delay }), { minLength: 20, maxLength: 60 }),
      array(worse, { minLength: 5, maxLength: 25 }),
      async (passages, steps) => {
        const here = new World();
        here.passages = [...passages];
        const both = [new Process(here, 'a'), new Process(here, 'b')];
        // Whoever is not told that it is over writes, also one whose clock says that it may be.
        const write = (): void => {
          for (const { isPaused, said, contender } of both) {
            const fence = said.findLast((word) => typeof word === 'number');
            if (!isPaused && fence !== undefined && !contender.isOver(fence)) here.append(fence);
          }
        };
        for (const {
          act: { kind, who: index },
          ms,
        } of steps) {
          const one = both[index];
          if (kind === 'pause') one?.pause();
          if (kind === 'resume') one?.resume();
          if (kind === 'wipe') here.wipe();
          if (kind === 'wipe') wiped += 1;
          write();
          await here.advance(ms, write);
        }
        here.passages = [];
        for (const one of both) one.resume();
        // Tables refuse a fence when a higher one was given out, whatever Redis knows of it.
        const writeAndStore = (): void => {
          write();
          for (const { contender } of both) {
            const fence = contender.fence();
            if (fence !== null && fence < here.fences) contender.resign(fence);
          }
        };
        await here.advance(10 * TTL_MS, writeAndStore);
        expect(here.entries).toEqual(here.entries.toSorted((a, b) => a - b));
        expect(here.entries.at(-1)).toBe(here.fences);
        entries += here.entries.length;
      },
    ),
    { numRuns: 200 },
  );
  expect(entries).toBeGreaterThan(5_000);
  expect(wiped).toBeGreaterThan(200);
});
