import { openDatabase, saveInstruments, trades } from '@ballast/db';
import { formatQuantity, parseQuantity } from '@ballast/domain';
import { tradeFromJson } from '@ballast/order-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { tellOrderLimits } from '../src/venue/order-limits.ts';
import {
  asWork,
  BTC,
  closeCommand,
  fillOf,
  openCommand,
  startGateway,
  storeInstruments,
  type TestGateway,
  tradeIdOf,
} from './gateway.fixture.ts';

let database: TestDatabase;
let gateway: TestGateway;
beforeEach(async () => {
  database = await createTestDatabase();
  await storeInstruments(database.urls['market-data']);
  gateway = await startGateway(database.urls['order-gateway']);
});
afterEach(async () => {
  await gateway.close();
  await database.drop();
});

test('a limit that the venue lowers reaches the trades, is stored, and splits a close', async () => {
  const { journal, store, effects } = gateway;
  const command = openCommand({ quantity: '0.1' });
  const tradeId = tradeIdOf(command);
  await journal.write(asWork(command));
  const entry = Object.keys(journal.book.trades.get(tradeId)?.orders ?? {})[0] ?? '';
  const at = Date.now();
  const fill = fillOf(entry, '0.1');
  await journal.write({ type: 'input', tradeId, input: { type: 'fill', at, fill } });
  await tellOrderLimits(store, journal, at);
  expect(journal.book.trades.get(tradeId)?.instrument.maxQuantity).toBe(parseQuantity('100'));

  await lowerTo('0.06');
  await tellOrderLimits(store, journal, at);
  await journal.write(asWork(closeCommand(tradeId)));
  const closes = effects.flatMap(({ effect }) =>
    effect.type === 'submit' && effect.order.role === 'close' ? [effect.order.quantity] : [],
  );
  expect(closes.map(formatQuantity)).toEqual(['0.06']);
  const [row] = await gateway.db.select().from(trades);
  expect(tradeFromJson(row?.state).instrument.maxQuantity).toBe(parseQuantity('0.06'));
});

/** As market-data does when the venue's listing says so. */
async function lowerTo(quantity: string): Promise<void> {
  const db = openDatabase(database.urls['market-data']);
  const known = (await gateway.store.instruments()).find(({ id }) => id === BTC);
  if (known === undefined) throw new Error('no instrument');
  await saveInstruments(db, [{ ...known, maxQuantity: parseQuantity(quantity) }], Date.now());
  await db.close();
}
