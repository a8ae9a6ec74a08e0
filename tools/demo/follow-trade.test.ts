import { expect, test } from 'vitest';
import { followTrade, reachedByMarket } from './follow-trade.ts';

test.each([
  ['TARGET', true],
  ['STOP', true],
  ['TARGET AND STOP', true],
  ['CLOSE', false],
  ['TARGET AND CLOSE', false],
  ['STOP AND BY_HAND', false],
  ['CLOSED', false],
  ['', false],
])('an end by %j is the market reaching a level: %s', (endReason, expected) => {
  expect(reachedByMarket(endReason)).toBe(expected);
});

test('a trade that the price ended before its stop was there is told as that', async () => {
  const trade = { status: 'closed', endedAt: 5, endReason: 'CLOSE' };
  const orders = [
    { role: 'entry', status: 'filled' },
    { role: 'stop', status: 'rejected' },
  ];
  const client = Object.assign(JSON.parse('{}'), { query: async () => ({ trade, orders }) });
  const following = followTrade(client, JSON.parse('{}'), 'id', () => undefined);
  await expect(following).rejects.toMatchObject({ code: 'ENDED_TOO_SOON' });
});
