import type { VenueBalance } from '@ballast/domain';
import { expect, test } from 'vitest';
import type { Work } from '../journal/work.ts';
import { createAccountWatch } from './account-watch.ts';

const money = (amount: bigint) => ({ amount, currency: 'USDT' });
const balanceOf = (amount: bigint): VenueBalance => {
  return { currency: 'USDT', equity: money(amount), available: money(amount) };
};

/** A venue that answers only when it is told to, and a clock that stands still meanwhile. */
function build() {
  let now = 1_700_000_000_000;
  const answers: ((balance: VenueBalance) => void)[] = [];
  const works: Work[] = [];
  const broker = {
    balance: () => new Promise<VenueBalance>((resolve) => answers.push(resolve)),
  };
  const journal = { write: async (work: Work) => void works.push(work) };
  const store = { firstSnapshotSince: async () => null };
  const watch = createAccountWatch(store, broker, journal, () => now);
  const pass = (ms: number): number => (now += ms);
  return { watch, works, answers, pass, startedAt: now };
}

test('a balance is as old as its question: what came meanwhile may not be in it', async () => {
  const { watch, works, answers, pass, startedAt } = build();
  const first = watch.refresh();
  await expect.poll(() => answers.length).toBe(1);
  pass(700);
  answers[0]?.(balanceOf(5n));
  await first;
  expect([watch.balance()?.equity.amount, watch.balanceAt()]).toEqual([5n, startedAt]);
  expect(works).toMatchObject([{ type: 'snapshot', at: startedAt }]);
});

test('while the venue is asked again the balance keeps its age', async () => {
  const { watch, answers, pass, startedAt } = build();
  const first = watch.refresh();
  await expect.poll(() => answers.length).toBe(1);
  answers[0]?.(balanceOf(5n));
  await first;
  const askedAgainAt = pass(10_000);
  const second = watch.refresh();
  await expect.poll(() => answers.length).toBe(2);
  expect([watch.balance()?.equity.amount, watch.balanceAt()]).toEqual([5n, startedAt]);
  pass(300);
  answers[1]?.(balanceOf(6n));
  await second;
  expect([watch.balance()?.equity.amount, watch.balanceAt()]).toEqual([6n, askedAgainAt]);
});
