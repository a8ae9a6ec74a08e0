import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Instrument, InstrumentId } from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { expect, test } from 'vitest';
import { createFirstHistory } from './first-history.ts';
import { stockOf } from './recent-bars.fixture.ts';

const log = createLogger('market-data-test', 'silent');
const [first, second] = [stockOf('A'), stockOf('B')] as const;

/** A store and a venue that answers when it is let. */
function opened() {
  const instruments: Instrument[] = [first];
  const stored = new Set<InstrumentId>();
  const asked: string[][] = [];
  const answers: (() => void)[] = [];
  const state = { isAway: false, isOver: false };
  const history = createFirstHistory({
    instruments: () => instruments,
    hasBars: (id) => {
      if (state.isAway) return Promise.reject(new Error('the database is away'));
      return Promise.resolve(stored.has(id));
    },
    bring: async (bare) => {
      asked.push(bare.map(({ baseCurrency }) => baseCurrency));
      await new Promise<void>((resolve) => answers.push(resolve));
      for (const { id } of bare) stored.add(id);
    },
    isOver: () => state.isOver,
    log,
  });
  const answer = async (count: number): Promise<void> => {
    await expect.poll(() => answers.length).toBe(count);
    answers.at(-1)?.();
  };
  return { instruments, stored, asked, state, history, answer };
}

test('who comes while others are asked for gets its history, minutes by then or not', async () => {
  const { instruments, stored, asked, history, answer } = opened();
  void history.fetchNow();
  await expect.poll(() => asked).toEqual([['A']]);
  instruments.push(second);
  const later = history.fetchNow();
  await nextTurn();
  stored.add(second.id);
  await answer(1);
  await answer(2);
  await later;
  expect(asked).toEqual([['A'], ['B']]);
});

test('who is asked for already is not taken again, and is when that brought nothing', async () => {
  const { stored, asked, history, answer } = opened();
  const both = [history.fetchNow(), history.fetchNow()];
  await answer(1);
  await answer(2);
  await Promise.all(both);
  expect(asked).toEqual([['A'], []]);
  stored.clear();
  const again = history.fetchNow();
  await answer(3);
  await again;
  expect(asked.slice(2)).toEqual([['A']]);
});

test('who has bars is not asked for, and a database that is away keeps no later call', async () => {
  const { instruments, stored, asked, state, history, answer } = opened();
  state.isAway = true;
  await history.fetchNow();
  state.isAway = false;
  expect(asked).toEqual([]);
  stored.add(first.id);
  instruments.push(second);
  const later = history.fetchNow();
  await answer(1);
  await later;
  expect(asked).toEqual([['B']]);
});

test('nobody is asked after the end of the tenure', async () => {
  const { asked, state, history, answer } = opened();
  const both = [history.fetchNow(), history.fetchNow()];
  await expect.poll(() => asked).toHaveLength(1);
  state.isOver = true;
  await answer(1);
  await Promise.all([...both, history.fetchNow()]);
  expect(asked).toHaveLength(1);
});
