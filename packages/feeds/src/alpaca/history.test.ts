import { describe, expect, test } from 'vitest';
import {
  countingBudget,
  pages,
  type ServedPage,
  startHistoryServer,
} from '../history-server.fixture.ts';
import { openAlpacaHistory } from './history.ts';
import { CREDENTIALS, route } from './scripted-stream.fixture.ts';

const AAPL = route('AAPL');
/** 10:00 in New York on Friday 2026-11-20. */
const FROM = Date.UTC(2026, 10, 20, 15);
const NOW = Date.UTC(2026, 10, 21, 12);
const MINUTE = 60_000;
const at = (time: number): string => new Date(time).toISOString().replace('.000Z', 'Z');
const row = (time: number, change = ''): string =>
  `{"t":"${at(time)}","o":172.98,"h":173.0400,"l":172.98,"c":173,` +
  `"v":2748,"n":49,"vw":173.007817${change}}`;
const body = (rows: readonly string[], next: string | null = null): string =>
  `{"bars":{"AAPL":[${rows.join(',')}]},"next_page_token":${JSON.stringify(next)}}`;

async function open(answer: (query: URLSearchParams) => ServedPage | null, now = NOW) {
  const server = await startHistoryServer(({ query }) => answer(query));
  const budget = countingBudget();
  const history = openAlpacaHistory({
    url: server.url,
    credentials: CREDENTIALS,
    budget,
    feed: 'sip',
    now: () => now,
  });
  return { server, budget, history };
}

describe('the history of Alpaca', () => {
  test('comes page by page within the budget, with every digit', async () => {
    const { server, budget, history } = await open((query) => ({
      body:
        query.get('page_token') === null
          ? body([row(FROM), row(FROM + MINUTE)], 'next')
          : body([row(FROM + 2 * MINUTE)]),
    }));
    const told = await pages(history, AAPL, '1m', FROM, FROM + 5 * MINUTE);
    expect(told.map((page) => page.length)).toEqual([2, 1]);
    expect(told[0]?.[0]).toEqual({
      instrument: 'alpaca.stock:AAPL',
      timeframe: '1m',
      openTime: FROM,
      open: '172.98',
      high: '173.0400',
      low: '172.98',
      close: '173',
      volume: '2748',
      tradeCount: 49,
      state: 'backfilled',
      source: 'alpaca',
      builtFrom: 'venue',
      missing: 0,
    });
    expect(budget.taken).toBe(2);
    expect(Object.fromEntries(server.asked[1]?.query ?? [])).toEqual({
      symbols: 'AAPL',
      timeframe: '1Min',
      start: new Date(FROM).toISOString(),
      end: new Date(FROM + 5 * MINUTE - 1).toISOString(),
      limit: '10000',
      sort: 'asc',
      adjustment: 'raw',
      feed: 'sip',
      page_token: 'next',
    });
    expect(server.headers[0]).toMatchObject({ 'apca-api-key-id': CREDENTIALS.key });
  });

  test('leaves out the extended hours, what is out of range, and what has not ended', async () => {
    const open930 = Date.UTC(2026, 10, 20, 14, 30);
    const times = [open930 - MINUTE, open930, FROM, FROM + MINUTE];
    const { history } = await open(
      () => ({ body: body(times.map((time) => row(time))) }),
      FROM + MINUTE,
    );
    const told = await pages(history, AAPL, '1m', open930 - 10 * MINUTE, FROM + 5 * MINUTE);
    expect(told.flat().map(({ openTime }) => openTime)).toEqual([open930, FROM]);
  });

  test.each([
    ['in winter', Date.UTC(2026, 10, 19, 5), Date.UTC(2026, 10, 19)],
    ['in summer', Date.UTC(2026, 6, 14, 4), Date.UTC(2026, 6, 14)],
  ])('names a day by its date %s', async (_when, midnight, day) => {
    const { history } = await open(() => ({ body: body([row(midnight)]) }));
    const told = await pages(history, AAPL, '1d', day, day + 86_400_000);
    expect(told.flat()).toMatchObject([{ openTime: day, timeframe: '1d' }]);
  });

  test('has no bar where the venue has none', async () => {
    const { history } = await open(() => ({ body: '{"bars":{},"next_page_token":null}' }));
    expect(await pages(history, AAPL, '1m', FROM, FROM + MINUTE)).toEqual([]);
  });

  test.each([
    ['iex', false],
    ['sip', true],
  ] as const)('of stocks by %s hears all of the market: %s', (feed, hearsAll) => {
    const options = { url: 'http://127.0.0.1', credentials: CREDENTIALS, budget: countingBudget() };
    const history = openAlpacaHistory({ ...options, feed });
    expect(history.hearsAll(AAPL)).toBe(hearsAll);
    const pair = { ...AAPL, instrument: { ...AAPL.instrument, session: 'continuous' as const } };
    expect(history.hearsAll(pair)).toBe(true);
  });

  test.each([
    ['hours, which hold extended ones', '1h', 'HISTORY_TIMEFRAME', { body: body([]) }],
    ['too many requests', '1m', 'HISTORY_RATE_LIMITED', { status: 429, body: '' }],
    ['wrong keys', '1m', 'HISTORY_LOGIN_REFUSED', { status: 403, body: '' }],
    ['a fault of the venue', '1m', 'HISTORY_UNREACHABLE', { status: 503, body: '' }],
    ['a broken connection', '1m', 'HISTORY_UNREACHABLE', null],
    ['no JSON', '1m', 'HISTORY_BAR_INVALID', { body: '<html>' }],
    ['no list', '1m', 'HISTORY_BAR_INVALID', { body: '{"bars":{"AAPL":{}}}' }],
    ['a price that is text', '1m', 'HISTORY_BAR_INVALID', { body: body([row(FROM, ',"o":"x"')]) }],
    ['a high below the low', '1m', 'HISTORY_BAR_INVALID', { body: body([row(FROM, ',"h":1')]) }],
    ['a time on no bound', '1m', 'HISTORY_BAR_INVALID', { body: body([row(FROM + 1_000)]) }],
    ['bars told twice', '1m', 'HISTORY_BAR_INVALID', { body: body([row(FROM), row(FROM)]) }],
    ['pages without end', '1m', 'HISTORY_REFUSED', { body: body([], 'same') }],
  ] as const)('says so: %s', async (_what, timeframe, code, served) => {
    const { history } = await open(() => served);
    const failure = await pages(history, AAPL, timeframe, FROM, FROM + 5 * MINUTE).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ name: 'FeedError', code });
    expect(JSON.stringify([failure, String(failure)])).not.toMatch(/canary/i);
  });
});
