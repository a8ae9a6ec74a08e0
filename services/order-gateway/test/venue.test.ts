import { incidents } from '@ballast/db';
import { type OrderReport, parseQuantity, parseSignedQuantity } from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { SYSTEM_CLOCK } from '../src/clock.ts';
import { createDriftCheck } from '../src/venue/drift.ts';
import { createSweep } from '../src/venue/sweep.ts';
import {
  ACCOUNT,
  asWork,
  BTC,
  fillOf,
  newId,
  openCommand,
  REDUCE_ONLY,
  startGateway,
  storeInstruments,
  type TestGateway,
  tradeIdOf,
} from './gateway.fixture.ts';

const log = createLogger('test', 'fatal');
const now = () => Date.now();
let database: TestDatabase;
let gateway: TestGateway;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  gateway = await startGateway(database.urls['order-gateway']);
});
afterEach(() => gateway.close());

const kinds = (): string[] =>
  [...gateway.journal.book.incidents.values()].map((incident) => incident.kind);

/** A venue that names these positions one after another, the last one for ever. */
function holding(...quantities: string[]) {
  return {
    async positions() {
      const next = quantities.length > 1 ? quantities.shift() : quantities[0];
      return [{ instrument: BTC, quantity: parseSignedQuantity(next ?? '0') }];
    },
  };
}
const check = (...quantities: string[]) =>
  createDriftCheck(gateway.journal, holding(...quantities), { clock: SYSTEM_CLOCK, log })(
    async () => undefined,
  );

test('drift freezes with evidence in one look; only equality thaws it', async () => {
  await check('0');
  expect(kinds()).toEqual([]);
  await check('0.5', '0');
  expect(kinds()).toEqual([]);
  await check('-0.5');
  expect(kinds()).toEqual(['DRIFT']);
  const [row] = await gateway.db.select().from(incidents);
  expect(row).toMatchObject({ detail: 'ledger 0, venue -0.5', instrument: BTC });
  expect(row?.evidence).toMatchObject({ ledger: '#0', venue: '#-0.5' });
  await check('0.7', '0.8');
  expect(kinds()).toEqual(['DRIFT']);
  await check('0');
  expect(kinds()).toEqual([]);
});

/** The entry order of a trade that the venue has refused and that has ended. */
async function endedEntry(): Promise<string> {
  await storeInstruments(database.urls['market-data']);
  const command = openCommand();
  await gateway.journal.write(asWork(command));
  const effect = gateway.effects.at(-1)?.effect;
  if (effect?.type !== 'submit') throw new Error('no order was made');
  const { clientOrderId } = effect.order;
  const input = { type: 'submitRefused', at: now(), clientOrderId, reason: 'no' } as const;
  await gateway.journal.write({ type: 'input', tradeId: tradeIdOf(command), input });
  return clientOrderId;
}

/** An open order as the venue lists it. */
function openAtVenue(clientOrderId: string, venueOrderId: string): OrderReport {
  return {
    ...{ clientOrderId, venueOrderId, instrument: BTC, status: 'working', side: 'sell' },
    ...{ quantity: parseQuantity('0.1'), filledQuantityCum: parseQuantity('0') },
    ...{ reason: '', eventTime: now() },
  };
}

/** Sweeps over a venue that lists these orders and refuses each cancel. */
function sweepListing(listed: readonly OrderReport[]) {
  const cancelled: string[] = [];
  const seen = { cancelled, compared: 0 };
  const never = () => Promise.reject(new Error('was not to be asked'));
  const sweep = createSweep({
    ...{ store: gateway.store, journal: gateway.journal, log, now, firstSince: now() },
    inbox: { fill: never, report: async () => undefined },
    drift: async () => {
      seen.compared += 1;
    },
    broker: {
      ...{ venue: 'bybit', account: ACCOUNT, capabilities: REDUCE_ONLY },
      ...{ submit: never, findOrder: never },
      ...{ executionsOf: never, positions: never, balance: never },
      openOrders: async () => [...listed],
      executionsSince: async () => [],
      async cancel(order) {
        cancelled.push(order.clientOrderId);
        throw new Error('refused');
      },
    },
  });
  return { sweep, seen };
}

test('an orphan order is cancelled once seen twice; a refusal stops no sweep', async () => {
  const orphan = openAtVenue(await endedEntry(), 'v-1');
  const lookalike = openAtVenue(`${newId().replaceAll('-', '')}s000`, 'v-2');
  const { sweep, seen } = sweepListing([orphan, lookalike]);
  await sweep();
  expect(seen.cancelled).toEqual([]);
  await sweep();
  expect(seen.cancelled).toEqual([orphan.clientOrderId]);
  expect(seen.compared).toBe(2);
});

test('an order that has ended here and still rests is cancelled, its trade open too', async () => {
  await storeInstruments(database.urls['market-data']);
  const command = openCommand({ quantity: '0.05' });
  await gateway.journal.write(asWork(command));
  const tradeId = tradeIdOf(command);
  const [entry = ''] = Object.keys(gateway.journal.book.trades.get(tradeId)?.orders ?? {});
  const fill = { type: 'fill', at: now(), fill: fillOf(entry, '0.04') } as const;
  await gateway.journal.write({ type: 'input', tradeId, input: fill });
  const clientOrderId = gateway.effects
    .flatMap(({ effect }) => (effect.type === 'submit' ? [effect.order] : []))
    .find(({ role }) => role === 'stop')?.clientOrderId;
  if (clientOrderId === undefined) throw new Error('no stop was made');
  const resting = [openAtVenue(entry, 'v-1'), openAtVenue(clientOrderId, 'v-2')];
  const before = sweepListing(resting);
  await before.sweep();
  await before.sweep();
  expect(before.seen.cancelled).toEqual([]);
  const refused = { type: 'submitRefused', at: now(), clientOrderId, reason: 'no' } as const;
  await gateway.journal.write({ type: 'input', tradeId, input: refused });
  const after = sweepListing(resting);
  await after.sweep();
  await after.sweep();
  expect(gateway.journal.book.trades.get(tradeId)?.status).toBe('closing');
  expect(after.seen.cancelled).toEqual([clientOrderId]);
});
