import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parseScaled } from '@ballast/domain';
import { describe, expect, onTestFinished, test } from 'vitest';
import { route } from '../alpaca/scripted-stream.fixture.ts';
import type { FeedFault } from '../faults.ts';
import { countingBudget, pages } from '../history-server.fixture.ts';
import { createBarCheck } from '../history.ts';
import { toldBar } from './history-rows.ts';
import { historyWindows } from './history-windows.ts';
import { openIbkrHistory } from './history.ts';
import { type Field, REQUEST, scriptedTws, type ScriptedTws } from './scripted-tws.fixture.ts';
import { TickReader } from './ticks.ts';

const AAPL = route('AAPL');
const MINUTE = 60_000;
/** 10:00 in New York on Friday 2026-11-20; the next session is on Monday. */
const FROM = Date.UTC(2026, 10, 20, 15);
const MONDAY = Date.UTC(2026, 10, 23, 15);
const NOW = Date.UTC(2026, 10, 28);

async function open(
  answer: (fields: readonly string[]) => readonly (readonly Field[])[],
  idleMs = 60_000,
) {
  const tws: ScriptedTws = await scriptedTws();
  tws.answers.set(REQUEST.history, answer);
  const budget = countingBudget();
  const times = { answerMs: 200, idleMs, now: () => NOW };
  const history = openIbkrHistory({ ...tws.target, budget, ...times });
  onTestFinished(() => history.close());
  return { tws, budget, history };
}

const bar = (at: Field, change: Field = '101.5') => [
  at,
  '101',
  change,
  '100.5',
  '101.25',
  '300',
  '101',
  7,
];
const told = (fields: readonly string[], ...bars: Field[][]): Field[][] => [
  [17, fields[1] ?? '', 'from', 'to', bars.length, ...bars.flat()],
];

describe('the history of IBKR', () => {
  test('comes by windows of the session, within the budget', async () => {
    const { tws, budget, history } = await open((fields) => {
      const isMonday = fields.includes('20261124-00:00:00');
      return told(fields, bar((isMonday ? MONDAY : FROM) / 1_000));
    });
    const found = await pages(history, AAPL, '1m', FROM, MONDAY + MINUTE);
    expect(found).toMatchObject([
      [
        {
          openTime: FROM,
          open: '101',
          high: '101.5',
          volume: '300',
          tradeCount: 7,
          source: 'ibkr',
        },
      ],
      [{ openTime: MONDAY, state: 'backfilled', builtFrom: 'venue' }],
    ]);
    // Not for the weekend between.
    expect(budget.taken).toBe(2);
    const asked = tws.requests.filter(([kind]) => kind === REQUEST.history);
    expect(asked.map((fields) => fields.slice(15, 21))).toEqual([
      ['20261121-00:00:00', '1 min', '86400 S', '1', 'TRADES', '2'],
      ['20261124-00:00:00', '1 min', '86400 S', '1', 'TRADES', '2'],
    ]);
    expect(tws.connects()).toBe(1);
  });

  test('names days by their date', async () => {
    const { history } = await open((fields) => told(fields, bar('20261120')));
    const day = Date.UTC(2026, 10, 20);
    expect(await pages(history, AAPL, '1d', day, day + 1)).toMatchObject([[{ openTime: day }]]);
  });

  test('takes "no data" for no bars', async () => {
    const { history } = await open(({ 1: id = '' }) => [
      [
        4,
        2,
        id,
        162,
        'Historical Market Data Service error message:HMDS query returned no data',
        '',
      ],
    ]);
    expect(await pages(history, AAPL, '1m', FROM, FROM + MINUTE)).toEqual([]);
  });

  test.each([
    [162, 'error message:Historical data request pacing violation', 'HISTORY_RATE_LIMITED'],
    [162, 'error message:No market data permissions for ISLAND STK', 'HISTORY_LOGIN_REFUSED'],
    [321, 'Error validating request', 'HISTORY_REFUSED'],
    [200, 'No security definition', 'HISTORY_SYMBOL_UNKNOWN'],
  ])('says so: %i %s', async (code, text, named) => {
    const { history } = await open(({ 1: id = '' }) => [[4, 2, id, code, text, '']]);
    const failure = pages(history, AAPL, '1m', FROM, FROM + MINUTE);
    await expect(failure).rejects.toMatchObject({ code: named });
  });

  test('says so: no answer, hours, an unknown symbol, a bar that is none', async () => {
    const { history } = await open(() => []);
    const range = [FROM, FROM + MINUTE] as const;
    await expect(pages(history, AAPL, '1m', ...range)).rejects.toMatchObject({
      code: 'HISTORY_UNREACHABLE',
    });
    await expect(pages(history, AAPL, '1h', ...range)).rejects.toMatchObject({
      code: 'HISTORY_TIMEFRAME',
    });
    await expect(pages(history, route('GME'), '1m', ...range)).rejects.toMatchObject({
      code: 'HISTORY_SYMBOL_UNKNOWN',
    });
    const broken = await open((fields) => told(fields, bar(FROM / 1_000, '99')));
    await expect(pages(broken.history, AAPL, '1m', ...range)).rejects.toMatchObject({
      code: 'HISTORY_BAR_INVALID',
    });
  });

  test('logs in once for all who ask, also after the login was lost', async () => {
    const { tws, history } = await open((fields) => told(fields, bar(FROM / 1_000)));
    const askAll = () =>
      Promise.all(
        [AAPL, route('MSFT'), AAPL].map((one) => pages(history, one, '1m', FROM, FROM + MINUTE)),
      );
    expect(await askAll()).toMatchObject([[[{}]], [[{}]], [[{}]]]);
    expect(tws.connects()).toBe(1);
    tws.cut();
    await expect.poll(() => tws.openNow()).toBe(0);
    await tws.settled();
    expect(await askAll()).toMatchObject([[[{}]], [[{}]], [[{}]]]);
    expect(tws.connects()).toBe(2);
    expect(tws.openNow()).toBe(1);
  });

  test('lets go of a login that nobody needs: another process may need its client id', async () => {
    const { tws, history } = await open((fields) => told(fields, bar(FROM / 1_000)), 20);
    for (const logins of [1, 2]) {
      expect(await pages(history, AAPL, '1m', FROM, MONDAY)).toHaveLength(1);
      expect(tws.connects()).toBe(logins);
      await expect.poll(() => tws.openNow()).toBe(0);
    }
  });

  test('logs in anew after its connection was lost', async () => {
    let isFirst = true;
    const { tws, history } = await open((fields) => {
      if (!isFirst) return told(fields, bar(FROM / 1_000));
      isFirst = false;
      tws.cut();
      return [];
    });
    const range = [FROM, FROM + MINUTE] as const;
    await expect(pages(history, AAPL, '1m', ...range)).rejects.toMatchObject({
      code: 'HISTORY_UNREACHABLE',
    });
    expect(await pages(history, AAPL, '1m', ...range)).toHaveLength(1);
    expect(tws.connects()).toBe(2);
  });
});

test('windows cover a range once, without days on which nothing is traded', () => {
  const windows = historyWindows('5m', 'us-equity', FROM, FROM + 30 * 86_400_000);
  const [first] = windows;
  expect(first).toMatchObject({ from: FROM, duration: '1 W' });
  for (const [index, { from }] of windows.entries()) {
    if (index > 0) expect(from).toBe(windows[index - 1]?.to);
  }
  expect(windows.at(-1)?.to).toBe(FROM + 30 * 86_400_000);
  expect(historyWindows('1m', 'us-equity', Date.UTC(2026, 10, 21), Date.UTC(2026, 10, 23))).toEqual(
    [],
  );
});

const RECORDED = new URL('../../../../../shared/data/frames/ibkr-tws/', import.meta.url);
const isThere = existsSync(RECORDED);

describe.skipIf(!isThere)(`recorded data${isThere ? '' : ' (../shared/data is missing)'}`, () => {
  const AT_TICK = route('AAPL', { tickSize: parseScaled('0.01'), session: 'continuous' });
  const read = (name: string): string => {
    const bytes = readFileSync(new URL(name, RECORDED));
    return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  };

  test('bars of reqHistoricalData are read, each once', () => {
    const check = createBarCheck({
      route: AT_TICK,
      timeframe: '1m',
      source: 'ibkr',
      step: parseScaled('0.01'),
      opensAtLastClose: false,
      from: 0,
      to: NOW,
      now: NOW,
    });
    const bars = read('historical_bars.jsonl')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .map(({ date, barCount, ...row }) => {
        const seconds = String(Date.parse(`${String(date)}Z`) / 1_000);
        const { open: o, high, low, close, volume } = row;
        return check(
          toldBar({ date: seconds, open: o, high, low, close, volume, count: barCount }, '1m'),
        );
      });
    expect(bars).toHaveLength(405);
    expect(new Set(bars.map((one) => one?.openTime)).size).toBe(405);
    expect(bars[0]).toMatchObject({ open: '219', volume: '1', tradeCount: 1 });
  });

  test('ticks of reqMktData give quotes that were never crossed', () => {
    const faults: FeedFault[] = [];
    const reader = new TickReader(AT_TICK, (code) => void faults.push(code));
    let [quotes, crossed, settledAt] = [0, 0, ''];
    for (const line of read('reqMktData_ticks_20220107.csv.gz').split('\n').slice(1)) {
      const [at = '', price = '', size = '', kind = ''] = line.split(',');
      if (at !== settledAt) {
        const quote = reader.quote(Number(settledAt));
        settledAt = at;
        if (quote !== null) quotes += 1;
        if (quote !== null && Number(quote.bid) > Number(quote.ask)) crossed += 1;
      }
      const [field, value] = [Number(kind), Number(price)];
      if (field === 0 || field === 3 || field === 5) reader.tickSize(field, Number(size));
      else if (field === 1 || field === 2 || field === 4) {
        reader.tickPrice(field, value);
        if (field !== 4) reader.tickSize(field === 1 ? 0 : 3, Number(size));
      }
    }
    expect(faults).toEqual([]);
    expect(quotes).toBeGreaterThan(300);
    expect(crossed).toBe(0);
  });

  test('tick-by-tick messages of the text wire are read', () => {
    const faults: FeedFault[] = [];
    const reader = new TickReader(
      route('ES', { tickSize: parseScaled('0.25'), session: 'continuous' }),
      (code) => void faults.push(code),
    );
    const found = read('tws_text_messages.jsonl')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as { msg_id: number; msg: string; line: number })
      .filter(({ msg_id: id }) => id === 99)
      .map(({ msg }) => msg.split('|'));
    let trades = 0;
    for (const [, , kind = '', time, ...rest] of found) {
      // The same words stand behind other kinds in made-up requests: five and six fields.
      const isQuote = rest[1]?.includes('.') === true;
      if (isQuote && kind === '3') {
        const [bid, ask, bidSize, askSize] = rest.map(Number);
        reader.bidAsk({ time, bid, ask, bidSize, askSize });
      } else if (!isQuote && kind === '1') {
        const [price, size, mask] = rest.map(Number);
        const [exchange = '', conditions = ''] = rest.slice(3);
        const isUnreported = ((mask ?? 0) & 2) !== 0;
        const tick = { time, price, size, exchange, conditions, isUnreported };
        if (reader.allLast(tick, NOW) !== null) trades += 1;
      }
    }
    expect(faults).toEqual([]);
    expect(trades).toBeGreaterThan(0);
    expect(reader.quote(NOW)).toMatchObject({ bid: '3895.5', ask: '3896', last: '3895.5' });
  });
});
