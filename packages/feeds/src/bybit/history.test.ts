import { expect, test } from 'vitest';
import { route as stock } from '../alpaca/scripted-stream.fixture.ts';
import { countingBudget, pages, startHistoryServer } from '../history-server.fixture.ts';
import { openBybitHistory } from './history.ts';

const BTC = stock('BTCUSDT', { session: 'continuous' });
const MINUTE = 60_000;
const FROM = Date.UTC(2026, 10, 20);
const row = (time: number): string[] => [String(time), '10.10', '11', '9.5', '10', '3', '30'];
const body = (rows: readonly unknown[]): string =>
  JSON.stringify({ retCode: 0, retMsg: 'OK', result: { list: rows }, time: FROM });

test('pages of a thousand bars are turned oldest first', async () => {
  const server = await startHistoryServer(({ query }) => {
    const [start, end] = [Number(query.get('start')), Number(query.get('end'))];
    const times: number[] = [];
    for (let time = start; time <= end; time += MINUTE) times.unshift(time);
    return { body: body(times.map(row)) };
  });
  const budget = countingBudget();
  const now = () => FROM + 1_200 * MINUTE + 1;
  const history = openBybitHistory({ url: server.url, budget, now });
  const told = await pages(history, BTC, '1m', FROM, FROM + 1_500 * MINUTE);
  expect(told.map((page) => page.length)).toEqual([1_000, 200]);
  expect(told.flat().map(({ openTime }) => openTime)).toEqual(
    Array.from({ length: 1_200 }, (_, index) => FROM + index * MINUTE),
  );
  expect(told[0]?.[0]).toMatchObject({ open: '10.10', state: 'backfilled', source: 'bybit' });
  expect(budget.taken).toBe(2);
  expect(server.asked[0]?.query.get('interval')).toBe('1');
});

test('a bar that ends while the answer is on its way is left out: it is told as it was', async () => {
  let at = FROM + 2 * MINUTE - 1;
  const server = await startHistoryServer(() => {
    at += 2;
    return { body: body([row(FROM + MINUTE), row(FROM)]) };
  });
  const history = openBybitHistory({ url: server.url, budget: countingBudget(), now: () => at });
  const told = await pages(history, BTC, '1m', FROM, at);
  expect(told.flat().map(({ openTime }) => openTime)).toEqual([FROM]);
});

test('a venue that has changed the tick since tells of prices between two of today', async () => {
  const told = [String(FROM), '10.105', '11.001', '9.5', '10.0005', '3', '30'];
  const server = await startHistoryServer(() => ({ body: body([told]) }));
  const budget = countingBudget();
  const history = openBybitHistory({ url: server.url, budget, now: () => FROM + 10 * MINUTE });
  const [page] = await pages(history, BTC, '1m', FROM, FROM + MINUTE);
  expect(page?.[0]).toMatchObject({ open: '10.105', high: '11.001', close: '10.0005' });
});

test.each([
  ['no JSON', '', 'HISTORY_BAR_INVALID'],
  ['no list', '{"retCode":0,"result":{}}', 'HISTORY_BAR_INVALID'],
  ['a row without a time', body([['', '1', '1', '1', '1', '1']]), 'HISTORY_BAR_INVALID'],
  [
    'a price that is a number',
    body([[String(FROM), 1, '1', '1', '1', '1']]),
    'HISTORY_BAR_INVALID',
  ],
  ['a bar told twice', body([row(FROM), row(FROM)]), 'HISTORY_BAR_INVALID'],
  ['too many requests', '{"retCode":10006,"retMsg":"x"}', 'HISTORY_RATE_LIMITED'],
  ['an unknown symbol', '{"retCode":10001,"retMsg":"symbol invalid"}', 'HISTORY_SYMBOL_UNKNOWN'],
  ['any other no', '{"retCode":10005,"retMsg":"x"}', 'HISTORY_REFUSED'],
])('says so: %s', async (_what, answer, code) => {
  const server = await startHistoryServer(() => ({ body: answer }));
  const budget = countingBudget();
  const history = openBybitHistory({ url: server.url, budget, now: () => FROM + 10 * MINUTE });
  await expect(pages(history, BTC, '1m', FROM, FROM + MINUTE)).rejects.toMatchObject({ code });
});

test.each([
  [403, 'HISTORY_RATE_LIMITED'],
  [401, 'HISTORY_LOGIN_REFUSED'],
])('HTTP %i is %s: without keys, 403 is a ban of the address, which passes', async (...of) => {
  const [status, code] = of;
  const server = await startHistoryServer(() => ({ status, body: '' }));
  const budget = countingBudget();
  const history = openBybitHistory({ url: server.url, budget, now: () => FROM + 10 * MINUTE });
  await expect(pages(history, BTC, '1m', FROM, FROM + MINUTE)).rejects.toMatchObject({ code });
});
