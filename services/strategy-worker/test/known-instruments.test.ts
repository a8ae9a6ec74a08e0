import { type Database, openDatabase, removeFromUniverse, saveInstruments } from '@ballast/db';
import {
  type Bar,
  type Instrument,
  instrumentId,
  parseQuantity,
  parseScaled,
} from '@ballast/domain';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { createKnownInstruments } from '../src/known-instruments.ts';

const MINUTE = 60_000;
const START = 1_760_000_040_000;
const [BTC, ETH] = ['BTCUSDT', 'ETHUSDT'].map((symbol) => instrumentId('bybit', 'linear', symbol));
const NONE = new Set<Instrument['id']>();
let database: TestDatabase;
let owner: Database;
let reader: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = openDatabase(database.urls['market-data'], { max: 1 });
  reader = openDatabase(database.urls['strategy-worker'], { max: 1 });
});
afterAll(async () => {
  await owner.close();
  await reader.close();
  await database.drop();
});

function described(id: Instrument['id'] | undefined, tick: string): Instrument {
  if (id === undefined) throw new Error('no id');
  const quantities = { minQuantity: parseQuantity('1'), maxQuantity: parseQuantity('9') };
  return {
    ...{ id, baseCurrency: 'X', quoteCurrency: 'USDT', ...quantities, minNotional: 0n },
    ...{ tickSize: parseScaled(tick), lotSize: parseScaled('1'), multiplier: parseScaled('1') },
    ...{ sector: null, session: 'continuous' },
  };
}

const bar = (id: Instrument['id'] | undefined, minute: number): Bar => ({
  instrument: described(id, '1').id,
  ...{ timeframe: '1m', openTime: minute * MINUTE, open: '1', high: '1', low: '1', close: '1' },
  ...{ volume: '1', tradeCount: 1, state: 'closed', source: 'bybit', builtFrom: 'trades' },
  missing: 0,
});

test('what is added, and new steps of what is known, are seen without a restart', async () => {
  const known = createKnownInstruments(reader);
  await saveInstruments(owner, [described(BTC, '0.1')], 1);
  expect((await known.current(START, NONE)).map(({ id }) => id)).toEqual([BTC]);
  expect(await known.of(bar(ETH, 0))).toBeUndefined();
  await saveInstruments(owner, [described(ETH, '0.1'), described(BTC, '0.5')], 2);
  expect(await known.of(bar(BTC, 1))).toMatchObject({ tickSize: parseScaled('0.1') });
  expect(await known.of(bar(ETH, 1))).toMatchObject({ tickSize: parseScaled('0.1') });
  expect(await known.of(bar(BTC, 1))).toMatchObject({ tickSize: parseScaled('0.5') });
  await saveInstruments(owner, [described(BTC, '1')], 3);
  expect(await known.of(bar(BTC, 15))).toMatchObject({ tickSize: parseScaled('0.5') });
  expect(await known.of(bar(BTC, 16))).toMatchObject({ tickSize: parseScaled('1') });
});

test('what left the universe is followed only while it is held, and stays known', async () => {
  const known = createKnownInstruments(reader);
  const stamp = { at: 4, actor: 'anna', reason: 'enough' };
  await owner.transaction((tx) => removeFromUniverse(tx, [ETH ?? ''], stamp));
  expect((await known.current(START, NONE)).map(({ id }) => id)).toEqual([BTC]);
  const held = new Set([described(ETH, '1').id]);
  expect((await known.current(START, held)).map(({ id }) => id)).toEqual([BTC, ETH]);
  expect((await known.current(START, NONE)).map(({ id }) => id)).toEqual([BTC]);
  expect(await known.of(bar(ETH, 0))).toBeDefined();
});
