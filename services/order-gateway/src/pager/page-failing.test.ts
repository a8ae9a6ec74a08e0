import type { UnsentPage } from '@ballast/db';
import { createLogger, type Failing } from '@ballast/observability';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SYSTEM_CLOCK } from '../clock.ts';
import { pageFailing } from './page-failing.ts';

const outage = (since: number): Failing => {
  return { code: 'JOURNAL_CANNOT_COMMIT', cannot: 'store anything', advice: 'Look.', since };
};

beforeEach(() => vi.useFakeTimers({ now: 0 }));
afterEach(() => vi.useRealTimers());

/** A pager of outages; the receiver takes a page unless it has refusals left. */
function pagerAt(refusals: number) {
  const sent: UnsentPage[] = [];
  const state = { failing: null as Failing | null, refusals };
  const pager = pageFailing({
    failing: () => state.failing,
    async send(page) {
      sent.push(page);
      state.refusals -= 1;
      if (state.refusals >= 0) throw new Error('the receiver answered 500');
    },
    clock: SYSTEM_CLOCK,
    log: createLogger('test', 'silent'),
  });
  return {
    pager,
    sent,
    state,
    until: (at: number) => vi.advanceTimersByTimeAsync(at - Date.now()),
  };
}

test('an outage is paged once it has lasted, once each', async () => {
  const { pager, sent, state, until } = pagerAt(0);
  state.failing = outage(1_000);
  await until(15_500);
  expect(sent).toEqual([]);
  await until(120_000);
  expect(sent).toMatchObject([
    {
      ...{ id: 'JOURNAL_CANNOT_COMMIT-1000', kind: 'JOURNAL_CANNOT_COMMIT', instrument: null },
      detail: 'since 1970-01-01T00:00:01.000Z the gateway cannot store anything. Look.',
      openedAt: 1_000,
    },
  ]);
  state.failing = null;
  await until(130_000);
  state.failing = outage(130_000);
  await until(200_000);
  expect(sent.map(({ openedAt }) => openedAt)).toEqual([1_000, 130_000]);
  await pager.stop();
});

test('one that is over soon pages nobody', async () => {
  const { pager, sent, state, until } = pagerAt(0);
  state.failing = outage(1_000);
  await until(14_000);
  state.failing = null;
  await until(60_000);
  await pager.stop();
  expect(sent).toEqual([]);
});

test('a receiver that refuses is asked again, with the same id, until it takes it', async () => {
  const { pager, sent, state, until } = pagerAt(2);
  state.failing = outage(0);
  await until(60_000);
  await pager.stop();
  expect(sent.map(({ id, attempts }) => [id, attempts])).toEqual([
    ['JOURNAL_CANNOT_COMMIT-0', 0],
    ['JOURNAL_CANNOT_COMMIT-0', 1],
    ['JOURNAL_CANNOT_COMMIT-0', 2],
  ]);
});
