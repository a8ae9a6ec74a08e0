import { expect, test } from 'vitest';
import { planOf } from './plan-text.ts';

const plan = {
  instrument: 'bybit.linear:BTCUSDT',
  direction: 'long',
  entry: { type: 'market' },
  entryExpiresAt: null,
  stop: '90',
  takeProfit: { style: 'trailing', distance: { by: 'percent', percent: '1.5' } },
  quantity: '0.020',
  origin: { kind: 'ticket' },
};

test('a stored plan is read whole, and one that cannot be read is none', () => {
  expect(planOf(plan)).toEqual({ ...plan, quantity: '0.02' });
  expect(planOf({ ...plan, stop: 'x' })).toBeNull();
  expect(planOf(null)).toBeNull();
});
