import { expect, test } from 'vitest';
import { moved, shownInstruments } from './shown-instruments.ts';

const ALL = ['BTC', 'ETH', 'SOL'].map((baseCurrency) => ({
  ...{ id: `bybit.linear:${baseCurrency}USDT`, symbol: `${baseCurrency}USDT`, baseCurrency },
}));
const [BTC, ETH, SOL] = ALL.map(({ id }) => id);
const shown = (list: (string | undefined)[] | null, search = '') =>
  shownInstruments(ALL, list === null ? null : list.flatMap((id) => id ?? []), search).map(
    ({ id }) => id,
  );

test('a list is shown in its own order, without what is not streamed', () => {
  expect(shown(null)).toEqual([BTC, ETH, SOL]);
  expect(shown([SOL, 'bybit.linear:GONEUSDT', BTC])).toEqual([SOL, BTC]);
});

test('a search looks into the chosen list, in any case', () => {
  expect(shown([SOL, BTC], ' btc')).toEqual([BTC]);
  expect(shown([SOL, BTC], 'eth')).toEqual([]);
  expect(shown(null, 'usdt')).toHaveLength(3);
});

test('a member changes places with its neighbour, and not with nobody', () => {
  expect(moved(['a', 'b', 'c'], 1, -1)).toEqual(['b', 'a', 'c']);
  expect(moved(['a', 'b', 'c'], 1, 1)).toEqual(['a', 'c', 'b']);
  expect(moved(['a', 'b', 'c'], 0, -1)).toEqual(['a', 'b', 'c']);
  expect(moved(['a', 'b', 'c'], 2, 1)).toEqual(['a', 'b', 'c']);
});
