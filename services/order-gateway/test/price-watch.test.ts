import { tradeEvents } from '@ballast/db';
import { parsePrice, type Quote, type TradeId } from '@ballast/domain';
import { ordersOf } from '@ballast/order-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { queryOnce } from '../../../tools/stores/query-once.ts';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { SYSTEM_CLOCK } from '../src/clock.ts';
import { createPriceWatch } from '../src/price-watch.ts';
import {
  asWork,
  BTC,
  ETH,
  fillOf,
  openCommand,
  quoteNow,
  startGateway,
  storeInstruments,
  type TestGateway,
  tradeIdOf,
} from './gateway.fixture.ts';

let database: TestDatabase;
let gateway: TestGateway;
let tradeId: TradeId;
let written: unknown[];
let watch: ReturnType<typeof createPriceWatch>;

beforeAll(async () => {
  database = await createTestDatabase();
  await storeInstruments(database.urls['market-data']);
});
afterAll(() => database.drop());
beforeEach(async () => {
  await queryOnce(database.ownerUrl, 'TRUNCATE trades, outbox, audit, commands, positions CASCADE');
  gateway = await startGateway(database.urls['order-gateway']);
  const distance = { by: 'amount', amount: '400' } as const;
  const command = openCommand({ plan: { takeProfit: { style: 'trailing', distance } } });
  await gateway.journal.write(asWork(command));
  tradeId = tradeIdOf(command);
  const entry = ordersOf(held(), 'entry')[0]?.request.clientOrderId ?? '';
  const input = { type: 'fill', at: Date.now(), fill: fillOf(entry, '0.1') } as const;
  await gateway.journal.write({ type: 'input', tradeId, input });
  written = [];
  const { journal } = gateway;
  watch = createPriceWatch(
    {
      get book() {
        return journal.book;
      },
      write(work) {
        written.push(work);
        return journal.write(work);
      },
    },
    SYSTEM_CLOCK,
  );
});
afterEach(() => gateway.close());

function held() {
  const trade = gateway.journal.book.trades.get(tradeId);
  if (trade === undefined) throw new Error('the trade has ended');
  return trade;
}
const at = (price: string, change: Partial<Quote> = {}): Quote => {
  return { ...quoteNow(BTC), bid: price, ask: price, last: price, ...change };
};
const stopIs = (level: string) =>
  expect.poll(() => held().stopLevel, { interval: 5 }).toBe(parsePrice(level));

test('a price that moves a trailing stop is stored once; the others are not', async () => {
  watch.heed(at('50000'));
  await stopIs('49600');
  for (const quiet of ['50000', '50010', '49000', '']) watch.heed(at(quiet));
  watch.heed({ ...at('60000'), instrument: ETH });
  watch.heed(at('60000', { receivedTime: Date.now() - 5_500 }));
  expect(written).toHaveLength(1);
  const moved = (await gateway.db.select().from(tradeEvents)).filter(
    (event) => event.tradeId === tradeId && event.type === 'stopMoved',
  );
  expect(moved).toMatchObject([{ data: { reason: 'trailing' } }]);
});

test('of the prices that come while one is stored only the newest counts', async () => {
  for (const price of ['50000', '50100', '50300', '50200']) watch.heed(at(price));
  await stopIs('49800');
  expect(written).toHaveLength(2);
});

test('one odd print does not pull the stop along', async () => {
  watch.heed(at('50000', { last: '58000' }));
  await stopIs('49600');
  watch.heed(at('50000', { bid: '58000' }));
  expect(written).toHaveLength(1);
});
