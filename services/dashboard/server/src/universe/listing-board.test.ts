import { expect, test } from 'vitest';
import { createListingBoard } from './listing-board.ts';

const coin = (baseCurrency: string) => ({
  ...{ id: `bybit.linear:${baseCurrency}USDT`, baseCurrency, quoteCurrency: 'USDT', sector: null },
});
const listing = (...coins: string[]) => ({ venue: 'bybit', at: 1, instruments: coins.map(coin) });

test('one reading serves for a while; one that failed, or is no listing, serves nobody', async () => {
  let at = 0;
  let readings = 0;
  let given: unknown = null;
  const board = createListingBoard(
    () => {
      readings += 1;
      return Promise.resolve([given, null]);
    },
    () => at,
  );
  const search = (text = '', without = '') => board.search(text, 2, (id) => id.includes(without));
  const none = (text = '') => board.search(text, 2, () => false);
  expect(await none()).toEqual({ venues: [], found: 0, rows: [] });
  given = listing('ADA', 'BTC', 'ETH');
  expect(await none(), 'still the reading of before').toMatchObject({ venues: [] });
  at = 5_000;
  expect(await none()).toMatchObject({ found: 3, rows: [coin('ADA'), coin('BTC')] });
  expect(await search('', 'BTC')).toMatchObject({ found: 2, rows: [coin('ADA'), coin('ETH')] });
  expect(readings).toBe(2);
  at = 10_000;
  given = { venue: 'bybit', at: 1, instruments: [{ id: 'no id' }] };
  await expect(none()).rejects.toThrow();
  given = listing('SOL');
  expect(await none(' sol')).toMatchObject({ found: 1, rows: [coin('SOL')] });
});
