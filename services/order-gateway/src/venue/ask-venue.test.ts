import { BrokerError } from '@ballast/brokers';
import { instrumentId, parseUuid, type TradeId, clientOrderId } from '@ballast/domain';
import { SUBMIT_ANSWER_MS } from '@ballast/order-core';
import { expect, test } from 'vitest';
import { REDUCE_ONLY } from '../../test/gateway.fixture.ts';
import { askVenue } from './ask-venue.ts';
import { auditedBroker } from './audited-broker.ts';

const trade = parseUuid<TradeId>('01936c1e-0000-7000-8000-000000000001');
const id = clientOrderId(trade, 'entry', 0, 0);
const instrument = instrumentId('bybit', 'linear', 'BTCUSDT');
const cancel = { type: 'cancel', clientOrderId: id, venueOrderId: 'v', instrument } as const;
const query = { type: 'query', clientOrderId: id, instrument } as const;
// Only the order core makes an approved order; what is asked here is when one leaves.
const submit = JSON.parse(
  JSON.stringify({ type: 'submit', order: { clientOrderId: id, tradeId: trade, instrument } }),
);

function venue(failure: BrokerError | null, writeTakesMs = 0) {
  let clock = 1_000;
  const sent: string[] = [];
  const rows: string[] = [];
  const logged: string[] = [];
  const act = async (name: string): Promise<never> => {
    sent.push(name);
    throw failure ?? new Error('unexpected');
  };
  const broker = auditedBroker(
    {
      venue: 'bybit',
      account: 'paper',
      capabilities: REDUCE_ONLY,
      submit: () => act('submit'),
      cancel: () => act('cancel'),
      findOrder: () => act('findOrder'),
      executionsOf: () => act('executionsOf'),
      openOrders: () => act('openOrders'),
      executionsSince: () => act('executionsSince'),
      positions: () => act('positions'),
      balance: () => act('balance'),
      openStream: () => ({ close: () => undefined }),
    },
    {
      async write(work) {
        if (work.type === 'audit') rows.push(`${work.row.kind} after ${sent.length} sent`);
        clock += writeTakesMs;
      },
    },
    { now: () => clock, newId: () => 'call' },
  );
  const now = (): number => clock;
  const log = { error: (_: object, message: string) => void logged.push(message) };
  return { broker, sent, rows, logged, now, tools: { now, log } };
}

test.each([
  [new BrokerError('rejected', 'A', 'b'), 'submitRefused'],
  [new BrokerError('notSent', 'A', 'b'), 'submitNotSent'],
  [new BrokerError('unknownOutcome', 'A', 'b'), 'submitUnclear'],
  [null, 'submitUnclear'],
])('a submit that fails with %s is told as %s', async (failure, type) => {
  const { broker, sent, rows, logged, now, tools } = venue(failure);
  expect(await askVenue(broker, submit, now(), tools)).toMatchObject([{ input: { type } }]);
  expect(sent).toEqual(['submit']);
  expect(rows).toEqual(['brokerRequest after 0 sent', 'brokerResponse after 1 sent']);
  expect(logged).toHaveLength(failure === null ? 1 : 0);
});

test.each([
  [new BrokerError('rejected', 'A', 'b'), 0],
  [null, 2],
])('a cancel or question that fails with %s ends nothing', async (failure, unexpected) => {
  const { broker, logged, now, tools } = venue(failure);
  const answers = await askVenue(broker, cancel, now(), tools);
  expect(answers).toMatchObject([{ input: { type: 'cancelUnclear' } }]);
  expect(await askVenue(broker, query, now(), tools)).toEqual([]);
  expect(logged).toHaveLength(unexpected);
});

test('a submit that waited too long does not leave', async () => {
  const { broker, sent, now, tools } = venue(null);
  const answers = await askVenue(broker, submit, now() - SUBMIT_ANSWER_MS, tools);
  expect(answers).toMatchObject([{ input: { type: 'submitNotSent', reason: 'WAITED_TOO_LONG' } }]);
  expect(sent).toEqual([]);
});

test('nor does one whose audit row took too long to become durable', async () => {
  const { broker, sent, now, tools } = venue(null, SUBMIT_ANSWER_MS);
  const answers = await askVenue(broker, submit, now(), tools);
  expect(answers).toMatchObject([{ input: { type: 'submitNotSent' } }]);
  expect(sent).toEqual([]);
});
