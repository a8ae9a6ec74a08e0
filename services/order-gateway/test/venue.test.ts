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

test('an orphan order is cancelled once seen twice; a refusal stops no sweep', async () => {
  const orphan: OrderReport = {
    clientOrderId: await endedEntry(),
    venueOrderId: 'v-1',
    instrument: BTC,
    status: 'working',
    side: 'sell',
    quantity: parseQuantity('0.1'),
    filledQuantityCum: parseQuantity('0'),
    reason: '',
    eventTime: now(),
  };
  const lookalike = { ...orphan, clientOrderId: `${newId().replaceAll('-', '')}s000` };
  const cancelled: string[] = [];
  let compared = 0;
  const never = () => Promise.reject(new Error('was not to be asked'));
  const sweep = createSweep({
    ...{ store: gateway.store, journal: gateway.journal, log, now, firstSince: now() },
    inbox: { fill: never, report: async () => undefined },
    drift: async () => {
      compared += 1;
    },
    broker: {
      ...{ venue: 'bybit', account: ACCOUNT, capabilities: REDUCE_ONLY },
      ...{ submit: never, findOrder: never },
      ...{ executionsOf: never, positions: never, balance: never },
      openOrders: async () => [orphan, { ...lookalike, venueOrderId: 'v-2' }],
      executionsSince: async () => [],
      async cancel(order) {
        cancelled.push(order.clientOrderId);
        throw new Error('refused');
      },
    },
  });
  await sweep();
  expect(cancelled).toEqual([]);
  await sweep();
  expect(cancelled).toEqual([orphan.clientOrderId]);
  expect(compared).toBe(2);
});
