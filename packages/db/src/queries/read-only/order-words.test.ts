import { expect, test } from 'vitest';
import { orderWords } from './order-words.ts';

const order = { side: 'sell', quantity: '0.1', price: null, triggerPrice: null };

test.each([
  [{ type: 'market' }, 'sell 0.1 at market'],
  [{ type: 'limit', price: '50500' }, 'sell 0.1 limit 50500'],
  // As it is stored: the trigger of a stop is its price.
  [{ type: 'stop', price: '49500' }, 'sell 0.1 stop at 49500'],
  [
    { type: 'stopLimit', triggerPrice: '49500', price: '49400' },
    'sell 0.1 stop at 49500, limit 49400',
  ],
])('%j', (kind, words) => {
  expect(orderWords({ ...order, ...kind })).toBe(words);
});
