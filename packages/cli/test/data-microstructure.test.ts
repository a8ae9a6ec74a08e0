import { type Database, openDatabase, saveInstruments, saveMicrostructure } from '@ballast/db';
import {
  type Instrument,
  instrumentId,
  MICROSTRUCTURE_KINDS,
  parseQuantity,
  parseScaled,
} from '@ballast/domain';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { dataMicrostructure } from '../src/commands/data-microstructure.ts';

const NOON = Date.UTC(2026, 10, 18, 12);
const MINUTE = 60_000;
const BTC = instrumentId('bybit', 'linear', 'BTCUSDT');
let database: TestDatabase;
let reader: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  reader = openDatabase(database.urls.cli, { max: 1 });
  const owner = openDatabase(database.urls['market-data'], { max: 1 });
  const quantities = { minQuantity: parseQuantity('1'), maxQuantity: parseQuantity('9') };
  const listed: Instrument = {
    ...{ id: BTC, baseCurrency: 'BTC', quoteCurrency: 'USDT', ...quantities, minNotional: 0n },
    ...{ tickSize: parseScaled('1'), lotSize: parseScaled('1'), multiplier: parseScaled('1') },
    ...{ sector: 'crypto', session: 'continuous' },
  };
  await saveInstruments(owner, [listed], NOON);
  const about = { instrument: BTC, at: NOON, source: 'venue' } as const;
  const points = MICROSTRUCTURE_KINDS.map((kind, index) => ({
    ...{ ...about, kind, value: `0.${index + 1}`, knownAt: NOON + (index + 1) * MINUTE },
  }));
  await saveMicrostructure(owner, points, NOON);
  await owner.close();
});
afterAll(async () => {
  await reader.close();
  await database.drop();
});

const asked = (asOf?: string) =>
  dataMicrostructure({ db: reader }, BTC, asOf === undefined ? {} : { asOf });

test('what was known then is told, with since when, and what was not', async () => {
  const report = await asked('2026-11-18T12:02:00Z');
  expect(report).toMatchObject({
    ok: false,
    data: {
      ...{ instrument: BTC, asOf: NOON + 2 * MINUTE },
      values: [
        { kind: 'open-interest', value: '0.1', at: NOON, knownAt: NOON + MINUTE, source: 'venue' },
        { kind: 'funding-rate', value: '0.2' },
      ],
      unknown: ['long-account-share', 'taker-buy-volume', 'taker-sell-volume'],
    },
  });
  expect(report.lines[1]).toBe(
    'open-interest      0.1 units of base, of 2026-11-18T12:00:00.000Z, ' +
      'known since 2026-11-18T12:01:00.000Z (venue)',
  );
  expect(report.lines.at(-1)).toBe('taker-sell-volume  nothing known');
});

test('by now all is known', async () => {
  const report = await asked();
  expect([report.ok, report.data['unknown']]).toEqual([true, []]);
});

test.each(['noon', '2026-11-18T12:00', '2026-13-01'])('%s is no time', async (asOf) => {
  await expect(asked(asOf)).rejects.toMatchObject({ code: 'TIME_MALFORMED', exitCode: 64 });
});

test('an instrument that is not listed and a word that is none are refused', async () => {
  const of = (text: string) => dataMicrostructure({ db: reader }, text, {});
  await expect(of('bybit.linear:NOSUCH')).rejects.toMatchObject({ code: 'INSTRUMENT_UNKNOWN' });
  await expect(of('BTC')).rejects.toMatchObject({ code: 'INSTRUMENT_ID_MALFORMED' });
});
