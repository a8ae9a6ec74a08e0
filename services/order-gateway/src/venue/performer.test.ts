import { parseUuid, type TradeId } from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import type { TradeEffect } from '@ballast/order-core';
import { expect, test } from 'vitest';
import { REDUCE_ONLY } from '../../test/gateway.fixture.ts';
import type { StagedEffect } from '../journal/stage.ts';
import type { Work } from '../journal/work.ts';
import type { BrokerCalls } from './audited-broker.ts';
import { CONCURRENT_MAX, createPerformer } from './performer.ts';

const tradeId = parseUuid<TradeId>('01a1fc03-58c8-7db2-b7c5-bc8bb61428ae');
type Sent = { readonly what: string; answer(): void };

/** A broker that answers when it is told to, and a journal that keeps what it is given. */
function start() {
  const sent: Sent[] = [];
  const works: Work[] = [];
  const send = async <T>(what: string, answer: T): Promise<T> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    sent.push({ what, answer: resolve });
    await promise;
    return answer;
  };
  const never = () => Promise.reject(new Error('was not to be asked'));
  const broker: BrokerCalls = {
    ...{ venue: 'bybit', account: 'paper', capabilities: REDUCE_ONLY },
    ...{ openOrders: never, executionsSince: never },
    ...{ executionsOf: never, positions: never, balance: never },
    submit: (order) => send(`submit ${order.role}`, { venueOrderId: 'v-1' }),
    cancel: () => send('cancel', undefined),
    findOrder: () => send('question', null),
  };
  const journal = {
    async write(work: Work): Promise<void> {
      works.push(work);
    },
  };
  const performer = createPerformer(broker, () => journal, {
    now: () => 1_000,
    log: createLogger('test', 'fatal'),
  });
  return { performer, sent, works };
}

let made = 0;
function staged(effect: object): StagedEffect {
  made += 1;
  const id = `effect-${made}`;
  const clientOrderId = `order-${made}`;
  const whole = { clientOrderId, venueOrderId: 'v-1', instrument: 'x', ...effect };
  return { id, tradeId, at: 1_000, effect: whole as unknown as TradeEffect };
}
const submit = (role: string): StagedEffect => staged({ type: 'submit', order: { role } });
const cancel = (): StagedEffect => staged({ type: 'cancel' });
const question = (): StagedEffect => staged({ type: 'query' });

async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
const whats = (sent: readonly Sent[]): string[] => sent.map(({ what }) => what);

test('so many requests at once; exits wait for no question, questions for no entry', async () => {
  const { performer, sent } = start();
  performer.perform(Array.from({ length: CONCURRENT_MAX }, question));
  performer.perform([submit('entry'), question(), submit('entry')]);
  performer.perform([submit('stop'), cancel(), submit('close'), submit('target')]);
  await turns();
  expect(whats(sent)).toEqual(Array(CONCURRENT_MAX).fill('question'));
  for (let next = 0; next < CONCURRENT_MAX; next += 1) {
    sent[next]?.answer();
    await turns();
    expect(sent).toHaveLength(Math.min(CONCURRENT_MAX + 1 + next, CONCURRENT_MAX + 7));
  }
  expect(whats(sent.slice(CONCURRENT_MAX))).toEqual([
    ...['submit stop', 'cancel', 'submit close', 'submit target'],
    ...['question', 'submit entry', 'submit entry'],
  ]);
});

test('what was promised is closed with its answer, in the same turn', async () => {
  const { performer, sent, works } = start();
  const entry = submit('entry');
  performer.perform([entry]);
  sent[0]?.answer();
  await turns();
  expect(works).toMatchObject([
    { type: 'input', tradeId, input: { type: 'submitAccepted', venueOrderId: 'v-1' } },
    { type: 'closeOutbox', ids: [entry.id] },
  ]);
});

test('closing starts nothing more and waits for what is under way', async () => {
  const { performer, sent, works } = start();
  performer.perform(Array.from({ length: CONCURRENT_MAX + 1 }, cancel));
  let closed = false;
  const closing = performer.close().then(() => {
    closed = true;
  });
  await turns();
  expect([sent.length, closed]).toEqual([CONCURRENT_MAX, false]);
  for (const { answer } of sent) answer();
  await closing;
  expect(sent).toHaveLength(CONCURRENT_MAX);
  expect(works.filter(({ type }) => type === 'closeOutbox')).toHaveLength(CONCURRENT_MAX);
});
