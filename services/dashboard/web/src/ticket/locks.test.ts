import type { AccountView } from '@ballast/dashboard-server/api';
import { expect, test } from 'vitest';
import { reviewLocks, ticketLocks } from './locks.ts';

const NOW = 1_000_000;
const beat = (at: number) => ({
  service: 'order-gateway',
  at,
  startedAt: 0,
  pid: 1,
  version: '0.1.0',
  loopDelayP99Ms: 1,
  counts: {},
});
const failing = { code: 'X', cannot: 'store anything', advice: '', since: NOW - 9_000 };
const brake: AccountView['brake'] = {
  ...{ engaged: false, state: 'released', reason: '', actor: 'ballast', at: NOW, engagedAt: null },
  ...{ verifiedFlatAt: null, coolingUntil: null, peak: null, currency: null, drawdown: null },
  venues: [],
};
const account: AccountView = {
  at: NOW,
  portfolio: null,
  feed: null,
  missingBars: null,
  brake,
  heartbeats: [beat(NOW)],
  faults: [],
};
const facts = { silent: false, account, quoteAt: NOW, now: NOW };

test('nothing locks a healthy platform', () => {
  expect(ticketLocks(facts)).toEqual([]);
});

test.each([
  ['a silent server', { silent: true }, 'No data from the server'],
  ['no account yet', { account: null }, 'No data from the server'],
  ['an old quote', { quoteAt: NOW - 5_001 }, 'The price is too old'],
  ['no quote', { quoteAt: null }, 'No price yet'],
  [
    'a silent gateway',
    { account: { ...account, heartbeats: [beat(NOW - 8_001)] } },
    'The order gateway is silent',
  ],
  [
    'a gateway that cannot store',
    { account: { ...account, heartbeats: [{ ...beat(NOW), failing }] } },
    'The order gateway cannot store anything',
  ],
  [
    'a gateway never heard',
    { account: { ...account, heartbeats: [] } },
    'The order gateway is silent',
  ],
  [
    'an engaged brake',
    { account: { ...account, brake: { ...brake, engaged: true, reason: 'drawdown' } } },
    'Brake engaged: drawdown',
  ],
])('%s locks the ticket', (_what, change, lock) => {
  expect(ticketLocks({ ...facts, ...change })).toEqual([lock]);
});

test('an order that was reviewed too long ago is not sent', () => {
  expect(reviewLocks(NOW - 30_000, NOW)).toEqual([]);
  expect(reviewLocks(NOW - 31_500, NOW)).toEqual([
    'This review is 31 s old: cancel, and review the order again',
  ]);
});
