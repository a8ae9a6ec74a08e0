import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, test, vi } from 'vitest';
import { makeInstrument } from '../src/instruments.ts';
import { readReplayFile } from '../src/prices/replay-file.ts';
import { replayListing, replaySymbol } from '../src/prices/replay-listing.ts';
import { createReplaySource } from '../src/prices/replay-source.ts';
import { planTimeline } from '../src/prices/replay-timeline.ts';
import {
  DATA,
  hasData,
  KEY,
  open,
  restClient,
  SECRET,
  temporaryFolder,
} from './simulator.fixture.ts';

const BARS = 'ts,open,high,low,close,volume\n';
const TRADES = 'ts,price,size,side\n';
const T = 1_700_000_000_000;

function file(name: string, content: string | Buffer): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  return path;
}

const bars = (count: number): string =>
  BARS +
  Array.from(
    { length: count },
    (_, i) => `${T + i * 60_000},10${i % 9},110,100,10${(i + 1) % 9},50\n`,
  ).join('');

test.each<[string, string, string | Buffer]>([
  ['an empty file', 'REPLAY_EMPTY', ''],
  ['a header alone', 'REPLAY_EMPTY', BARS],
  ['another header', 'REPLAY_HEADER', 'time,open,high,low,close\n1,2,3,4,5\n'],
  [
    'words for a number',
    'REPLAY_NOT_A_NUMBER: row 2',
    `${BARS}${T},1,2,1,2,3\n${T + 1},x,2,1,2,3\n`,
  ],
  ['NaN', 'REPLAY_NOT_A_NUMBER: row 1', `${BARS}${T},1,NaN,1,2,3\n`],
  ['an empty field', 'REPLAY_NOT_A_NUMBER: row 1', `${BARS}${T},1,,1,2,3\n`],
  ['a negative price', 'REPLAY_NEGATIVE: row 1', `${BARS}${T},1,2,-1,2,3\n`],
  ['a price of zero', 'REPLAY_PRICE_NOT_POSITIVE: row 1', `${TRADES}${T},0,1,buy\n`],
  ['a price cut to zero', 'REPLAY_PRICE_NOT_POSITIVE: row 1', `${TRADES}${T},1e-30,1,buy\n`],
  ['a price past all', 'REPLAY_TOO_LARGE: row 1', `${TRADES}${T},1e30,1,buy\n`],
  ['a size past all', 'REPLAY_TOO_LARGE: row 1', `${TRADES}${T},1,${'9'.repeat(21)},buy\n`],
  ['a line without end', 'REPLAY_CSV: row 1', `${TRADES}${T},${'1'.repeat(1_000_000)}`],
  [
    'a quote left open',
    'REPLAY_CSV: row 51',
    `${bars(50)}"1,2,3,4,5,6\n${'1,2,3,4,5,6\n'.repeat(900)}`,
  ],
  ['high below low', 'REPLAY_HIGH_BELOW_LOW: row 2', `${BARS}${T},1,2,1,2,3\n${T + 1},5,4,6,5,3\n`],
  [
    'an open above the high',
    'REPLAY_OUTSIDE_RANGE: row 2: open 99',
    `${BARS}${T},10,11,9,10,3\n${T + 1},99,11,9,10,3\n`,
  ],
  [
    'a close below the low',
    'REPLAY_OUTSIDE_RANGE: row 1: close 8.9',
    `${BARS}${T},10,11,9,8.9,3\n`,
  ],
  [
    'time going backwards',
    'REPLAY_TIME_BACKWARDS: row 3',
    `${TRADES}${T},1,1,buy\n${T + 5},1,1,\n${T + 4},1,1,sell\n`,
  ],
  ['an unknown side', 'REPLAY_SIDE: row 1', `${TRADES}${T},1,1,up\n`],
  ['a missing column', 'REPLAY_COLUMNS: row 1', `${BARS}${T},1,2,1,2\n`],
  ['gzip that ends early', 'REPLAY_TRUNCATED', gzipSync(bars(5_000)).subarray(0, 3_000)],
  [
    'gzip with broken bytes',
    'REPLAY_',
    Buffer.concat([gzipSync(bars(50)).subarray(0, 60), Buffer.alloc(40, 7)]),
  ],
])('%s is refused with its code and row', async (_name, message, content) => {
  await expect(readReplayFile(file('BTCUSDT_1m.csv', content))).rejects.toThrow(message);
});

test('what is told of a file of other bytes is short, and safe to print', async () => {
  const row = `${T},1\u001b[2J${'\u0007'.repeat(2_000)}"x,1,2,3\n`;
  const path = file('BTCUSDT_1m.csv', `${BARS}${row}`);
  await expect(readReplayFile(path)).rejects.toThrow(/^[^\p{Cc}]{1,400}$/u);
});

test('a file that is missing is named', async () => {
  await expect(readReplayFile('/nowhere/BTCUSDT.csv')).rejects.toThrow('REPLAY_FILE_MISSING');
});

test('the process ends with 78 and tells the row on a broken file', async () => {
  const path = file('BTCUSDT_1m.csv', `${BARS}${T},1,2,1,2,3\n${T - 1},1,2,1,2,3\n`);
  const child = fork(join(import.meta.dirname, '../src/main.ts'), {
    env: {
      ...process.env,
      BALLAST_SIMULATOR_API_KEY: KEY,
      BALLAST_SIMULATOR_API_SECRET: SECRET,
      BALLAST_SIMULATOR_REPLAY: path,
    },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: [],
  });
  const told: string[] = [];
  child.stderr?.on('data', (chunk) => told.push(String(chunk)));
  const [code]: unknown[] = await once(child, 'close');
  expect(code).toBe(78);
  expect(told.join('')).toContain('BALLAST_SIMULATOR_REPLAY: REPLAY_TIME_BACKWARDS: row 2');
});

test('tick and lot follow from the decimals, the currency from the symbol', async () => {
  const listing = async (name: string, content: string) => {
    const path = file(name, content);
    return makeInstrument(replayListing(replaySymbol(path, undefined), await readReplayFile(path)));
  };
  const shares = await listing('aapl_5m.csv', `${BARS}${T},184.3948,185.10,184.00,185,1000\n`);
  expect(shares).toMatchObject({
    id: 'bybit.linear:AAPL',
    quoteCurrency: 'USDT',
    tickSize: 10n ** 14n,
    lotSize: 10n ** 18n,
  });
  const pair = await listing('XRPETH_x.csv', `${TRADES}${T},0.00141342,23.0,sell\n`);
  expect(pair).toMatchObject({
    baseCurrency: 'XRP',
    quoteCurrency: 'ETH',
    tickSize: 10n ** 10n,
    lotSize: 10n ** 18n,
  });
  const exact = listing('BIG_x.csv', `${TRADES}${T},99999999999999.123,1,buy\n`);
  await expect(exact, 'ticks past 2^53').rejects.toThrow('REPLAY_TOO_LARGE');
  const index = await listing('IDX_1d.csv', `${BARS}${T},5000,5100,4900,5050,0\n`);
  expect(index.lotSize).toBe(10n ** 15n);
  const known = await listing('BTCUSDT_1m.csv', `${BARS}${T},60000,60001,59999,60000,2\n`);
  expect(known).toMatchObject({ tickSize: 10n ** 17n, lotSize: 10n ** 15n });
});

test('the setting names the instrument; a foreign venue is refused', () => {
  expect(replaySymbol('/x/BTCUSDT_1m.csv', 'bybit.linear:SPY')).toBe('SPY');
  expect(replaySymbol('/x/SOL-USDT-SWAP_1m.csv.gz', undefined)).toBe('SOL-USDT-SWAP');
  expect(() => replaySymbol('/x/a.csv', 'alpaca.equity:SPY')).toThrow('REPLAY_INSTRUMENT');
});

test('nights are shortened, history is before now, same file gives same ticks', async () => {
  const night =
    BARS +
    [0, 1, 2, 3, 4, 1_000, 1_001, 1_002, 1_003, 1_004]
      .map((minute) => `${T + minute * 60_000},100,101,99,100,24\n`)
      .join('');
  const parsed = await readReplayFile(file('AAA_1m.csv', night));
  const timeline = planTimeline(parsed, 1, null);
  expect([...timeline.offsets].map((offset) => offset / 60_000)).toEqual([
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
  ]);
  expect(timeline.startRow).toBe(3);
  const instrument = makeInstrument(replayListing('AAA', parsed));
  const play = () => {
    let ends = 0;
    const onEnd = (): void => void (ends += 1);
    const source = createReplaySource({
      name: 'AAA',
      file: parsed,
      instrument,
      timeline,
      startedAt: T,
      onEnd,
    });
    const past = [...source.history()];
    const live = [...source.due(T + 100_000, 1_000), ...source.due(T + 10_000_000, 1_000)];
    source.due(T + 10_000_000, 1_000);
    return { past, live, ends, ended: source.ended };
  };
  const played = play();
  expect(played.past).toHaveLength(36);
  expect(played.past.every(({ at }) => at < T)).toBe(true);
  expect(played.live[0]?.at).toBe(T);
  expect(played.live).toHaveLength(84);
  expect(played).toMatchObject({ ends: 1, ended: true });
  expect(play()).toEqual(played);
});

test.runIf(hasData)(
  'the whole path over real bars touches each bar and keeps its volume',
  async () => {
    const path = join(DATA, 'crypto/bybit-linear/1m/BTCUSDT_1m_2025.csv.gz');
    const parsed = await readReplayFile(path);
    const instrument = makeInstrument(replayListing('BTCUSDT', parsed));
    const timeline = planTimeline(parsed, 'auto', 0);
    const source = createReplaySource({
      name: 'x',
      file: parsed,
      instrument,
      timeline,
      startedAt: 0,
      onEnd: () => undefined,
    });
    const ticks = source.due(Number.MAX_SAFE_INTEGER, 12 * 2_000).map(({ tick }) => tick);
    const rows = readFileSync(path);
    const lines = gunzipSync(rows).toString().split('\n').slice(1, 2_001);
    lines.forEach((line, index) => {
      const [, open, high, low, close, volume] = line.split(',').map(Number);
      const own = ticks.slice(index * 12, index * 12 + 12);
      const prices = own.map((tick) => tick.priceTicks / 10);
      expect([prices[0], Math.max(...prices), Math.min(...prices), prices.at(-1)]).toEqual([
        open,
        high,
        low,
        close,
      ]);
      expect(own.reduce((sum, tick) => sum + tick.sizeLots, 0)).toBe(
        Math.round((volume ?? 0) * 1_000),
      );
    });
  },
);

test.runIf(hasData).each([
  ['crypto/bybit-linear/1m/BTCUSDT_1m_2025.csv.gz', 'BTCUSDT'],
  ['equities/us-1m-2026/GOOG_1m.csv.gz', 'GOOG'],
  ['ticks/binance/XRPETH_spot_201910_trades.csv.gz', 'XRPETH'],
])('%s trades: klines, live prints and a filled order', async (name, symbol) => {
  const simulator = await open({ BALLAST_SIMULATOR_REPLAY: join(DATA, name) });
  const rest = restClient(simulator.urls.rest);
  expect(simulator.info).toMatchObject({
    priceSource: 'replay',
    instruments: [`bybit.linear:${symbol}`],
  });
  const kline = { category: 'linear', symbol, interval: '1' } as const;
  expect((await rest.getKline(kline)).result.list.length).toBeGreaterThan(1);
  await vi.waitFor(async () => {
    const trades = await rest.getPublicTradingHistory({ category: 'linear', symbol });
    expect(trades.result.list.length).toBeGreaterThan(2);
  }, 5_000);
  const order = { category: 'linear', symbol, side: 'Buy', orderType: 'Market' } as const;
  expect(await rest.submitOrder({ ...order, qty: '1', orderLinkId: 'x' })).toMatchObject({
    retCode: 0,
  });
  const { result } = await rest.getActiveOrders({ category: 'linear', orderLinkId: 'x' });
  expect(result.list).toMatchObject([{ orderStatus: 'Filled', cumExecQty: '1' }]);
});

test('after its last row the market stands still and says nothing more', async () => {
  const path = file('AAA_1m.csv', bars(20));
  const simulator = await open({ BALLAST_SIMULATOR_REPLAY: path, BALLAST_SIMULATOR_SPEED: 60_000 });
  const market = simulator.venue.markets.get('AAA');
  await vi.waitFor(() => expect(market?.source.ended).toBe(true), 5_000);
  const sequence = market?.sequence;
  const bar = structuredClone(market?.klines.running);
  const rest = restClient(simulator.urls.rest);
  await rest.getServerTime();
  expect(market?.sequence).toBe(sequence);
  expect(market?.klines.running).toEqual(bar);
  expect(simulator.failures).toEqual([]);
});
