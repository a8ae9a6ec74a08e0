import type { StoredBacktest } from '@ballast/db';
import { expect, test } from 'vitest';
import { compareBacktests } from './compare.ts';

const coins = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, at) => `bybit.linear:COIN${from + at}USDT`);

const backtest = (request: object, result: object = {}): StoredBacktest => ({
  ...{ id: '00000000-0000-7000-8000-000000000001', kind: 'run', strategy: 'momentum' },
  ...{ request, seed: 1, state: 'done', done: 0, total: 0, error: null, actor: 'operator' },
  ...{ dataHash: null, askedAt: 0, startedAt: 0, updatedAt: 0, endedAt: 0, result },
});

test('of a portfolio that is long the instruments are told that not all have', () => {
  const [some, more] = [coins(10, 34), [...coins(11, 34), ...coins(40, 41)]];
  const { request } = compareBacktests([
    backtest({ instruments: some }),
    backtest({ instruments: more }),
    backtest({ instruments: coins(10, 41) }),
  ]);
  const extra = coins(35, 39).map((id) => `"${id}"`);
  expect(request).toEqual([
    {
      name: 'instruments',
      values: [
        '["bybit.linear:COIN10USDT"] beside 24 that all have',
        '["bybit.linear:COIN40USDT","bybit.linear:COIN41USDT"] beside 24 that all have',
        `["bybit.linear:COIN10USDT",${extra.join()},"bybit.linear:COIN40USDT",` +
          '"bybit.linear:COIN41USDT"] beside 24 that all have',
      ],
    },
  ]);
});

test('a short list beside a long one is told of, and a long one that nobody else has', () => {
  const { request } = compareBacktests([
    backtest({ instruments: coins(10, 11) }),
    backtest({ instruments: coins(10, 20), vary: coins(10, 20) }),
  ]);
  const own = `[${coins(12, 20)
    .map((id) => `"${id}"`)
    .join()}] beside 2 that all have`;
  expect(request).toEqual([
    { name: 'instruments', values: ['[] beside 2 that all have', own] },
    { name: 'vary', values: [null, JSON.stringify(coins(10, 20))] },
  ]);
});

test('the same long list in another order is told of whole; the same one not at all', () => {
  const lists = [coins(10, 20), coins(10, 20).toReversed()];
  const [first, second] = lists.map((instruments) => backtest({ instruments }));
  if (first === undefined || second === undefined) throw new Error('two were made');
  const values = lists.map((list) => JSON.stringify(list));
  expect(compareBacktests([first, second]).request).toEqual([{ name: 'instruments', values }]);
  expect(compareBacktests([first, first]).request).toEqual([]);
});

test('short lists are told of whole, and among the figures the short ones alone', () => {
  const { request, figures } = compareBacktests([
    backtest({ gates: { required: [] } }, { equity: { end: 1 }, daily: coins(10, 20), left: [1] }),
    backtest(
      { gates: { required: ['soak'] } },
      { equity: { end: 2 }, daily: coins(10, 21), left: [2] },
    ),
  ]);
  expect(request).toEqual([{ name: 'gates.required', values: ['[]', '["soak"]'] }]);
  expect(figures).toEqual([
    { name: 'equity.end', values: [1, 2] },
    { name: 'left', values: ['[1]', '[2]'] },
  ]);
});
