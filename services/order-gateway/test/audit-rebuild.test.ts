import { readAuditLedger } from '@ballast/db';
import { parseQuantity, type TradeId } from '@ballast/domain';
import { AuditFold, compareWithTables } from '@ballast/order-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { queryOnce } from '../../../tools/stores/query-once.ts';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import {
  ACCOUNT,
  asWork,
  ETH,
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

async function compared() {
  const fold = new AuditFold();
  const stored = await readAuditLedger(gateway.db, ACCOUNT, (row) => fold.add(row));
  return compareWithTables(fold.end(), stored, null);
}

/** A trade with two fills, one of them corrected, a denied one, and a fill that nobody ordered. */
async function tradeAndFills(): Promise<void> {
  const command = openCommand();
  const { journal } = gateway;
  await journal.write(asWork(command));
  await journal.write(asWork(openCommand({ quantity: '0.00001' })));
  const tradeId: TradeId = tradeIdOf(command);
  const entry = Object.keys(journal.book.trades.get(tradeId)?.orders ?? {})[0] ?? '';
  const first = fillOf(entry, '0.04', 'first');
  const at = Date.now();
  const corrected = { ...first, revision: 1, quantity: parseQuantity('0.03') };
  for (const fill of [first, fillOf(entry, '0.02', 'second'), corrected]) {
    await journal.write({ type: 'input', tradeId, input: { type: 'fill', at, fill } });
  }
  const foreign = { ...fillOf('', '0.5', 'by hand'), instrument: ETH };
  await journal.write({ type: 'foreignFill', fill: foreign, channel: 'stream', at });
}

test('orders, fills and positions can be made anew from the chain alone', async () => {
  await tradeAndFills();
  const { orders, fills, positions, differences } = await compared();
  expect(differences).toEqual([]);
  expect({ fills, positions }).toEqual({ fills: 4, positions: 2 });
  expect(orders).toBeGreaterThanOrEqual(2);
});

test.each([
  [`UPDATE fills SET price = price + 1 WHERE execution_id = 'second'`, 'fill'],
  [`DELETE FROM fills WHERE execution_id = 'by hand'`, 'fill'],
  [`UPDATE orders SET status = 'cancelled' WHERE role = 'entry'`, 'order'],
  [`UPDATE positions SET cost = 0 WHERE instrument LIKE '%ETH%'`, 'position'],
  [
    `UPDATE trades SET quantity = 9 WHERE origin = 'ticket' AND status <> 'denied'`,
    'tradePosition',
  ],
])('what was changed behind the gateway is named: %s', async (statement, what) => {
  await tradeAndFills();
  await queryOnce(database.ownerUrl, statement);
  const { differences } = await compared();
  expect(differences).toHaveLength(1);
  expect(differences[0]).toMatchObject({ what });
});
