import { expect, test } from 'vitest';
import type { FeedState } from '../feed.ts';
import { joinHandlers } from './joined-feed.ts';

test('several connections are as good as their worst, and each change is told once', () => {
  const told: [FeedState, string][] = [];
  const joined = joinHandlers(2, {
    onEvents: () => {},
    onState: (state, reason) => told.push([state, reason]),
  });
  const enter = (index: number, state: FeedState) => joined[index]?.onState(state, 'why');
  enter(0, 'connecting');
  enter(1, 'connecting');
  enter(0, 'live');
  enter(1, 'live');
  enter(1, 'stale');
  enter(1, 'down');
  enter(0, 'down');
  enter(0, 'connecting');
  enter(0, 'live');
  enter(1, 'connecting');
  enter(1, 'live');
  expect(told).toEqual([
    ['connecting', 'why (connection 1 of 2)'],
    ['live', 'why (connection 2 of 2)'],
    ['stale', 'why (connection 2 of 2)'],
    ['down', 'why (connection 2 of 2)'],
    ['connecting', 'why (connection 2 of 2)'],
    ['live', 'why (connection 2 of 2)'],
  ]);
});
