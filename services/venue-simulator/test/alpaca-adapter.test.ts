import { alpacaBroker, type Broker } from '@ballast/brokers';
import {
  type RiskApproved,
  type ClientOrderId,
  clientOrderId,
  type Fill,
  instrumentId,
  type OrderReport,
  type OrderRequest,
  parsePrice,
  parseQuantity,
  parseUuid,
  type TradeId,
} from '@ballast/domain';
import { expect, onTestFinished, test } from 'vitest';
import type { AlpacaOptions } from '../src/alpaca/options.ts';
import { KEY, openAlpaca, type OpenedAlpaca, SECRET } from './alpaca.fixture.ts';

const TRADE = parseUuid<TradeId>('01936c1e-0000-7000-8000-000000000001');
const AAPL = instrumentId('alpaca', 'stock', 'AAPL');
const ENTRY = clientOrderId(TRADE, 'entry', 0, 0);
const STOP = clientOrderId(TRADE, 'stop', 0, 0);
const TARGET = clientOrderId(TRADE, 'target', 0, 0);
const TEN = parseQuantity('10');

const asReference = (id: ClientOrderId) => {
  return { clientOrderId: id, venueOrderId: null, instrument: AAPL };
};

/** Only the order core can make an approved one; what is asked here is how it trades. */
function approved(change: Partial<OrderRequest> = {}): RiskApproved {
  const request: OrderRequest = {
    clientOrderId: ENTRY,
    tradeId: TRADE,
    role: 'entry',
    slot: 0,
    instrument: AAPL,
    side: 'buy',
    quantity: TEN,
    reduceOnly: false,
    kind: { type: 'market' },
    ...change,
  };
  return Object.assign(JSON.parse('{}'), request);
}

const limitAt = (price: string): OrderRequest['kind'] => {
  return { type: 'limit', price: parsePrice(price), timeInForce: 'gtc', postOnly: false };
};

type Open = {
  readonly alpaca: OpenedAlpaca;
  readonly broker: Broker;
  readonly news: string[];
  readonly reports: OrderReport[];
  readonly fills: Fill[];
  readonly bad: string[];
  /** What the ledger would hold. */
  position(): bigint;
};

async function open(venue: Partial<AlpacaOptions> = {}): Promise<Open> {
  const alpaca = await openAlpaca(venue);
  const [news, bad] = [new Array<string>(), new Array<string>()];
  const [reports, fills] = [new Array<OrderReport>(), new Array<Fill>()];
  const { restUrl, streamUrl } = alpaca.urls;
  const broker = alpacaBroker({
    account: 'paper',
    key: KEY,
    secret: SECRET,
    restUrl,
    streamUrl,
    shorting: true,
    onBadRow: (code, detail) => void bad.push(`${code} ${detail}`),
  });
  const stream = broker.openStream({
    onLive: () => void news.push('live'),
    onDown: (reason) => void news.push(`down ${reason}`),
    onReport: (report) => void reports.push(report),
    onFill: (fill) => void fills.push(fill),
    onBadMessage: (code, detail) => void bad.push(`${code} ${detail}`),
  });
  onTestFinished(() => stream.close());
  await expect.poll(() => news).toEqual(['live']);
  const position = (): bigint => {
    const newest = new Map<string, Fill>();
    for (const fill of fills) {
      const known = newest.get(fill.executionId);
      if (known === undefined || known.revision < fill.revision) newest.set(fill.executionId, fill);
    }
    return [...newest.values()].reduce(
      (sum, { side, quantity }) => sum + (side === 'buy' ? quantity : -quantity),
      0n,
    );
  };
  return { alpaca, broker, news, reports, fills, bad, position };
}

const placements = ({ alpaca: { requests } }: Open): number =>
  requests.filter(({ method, path }) => method === 'POST' && path === '/v2/orders').length;

test('a stop beside an open entry is turned away, and taken under its id once that is gone', async () => {
  const { broker } = await open();
  await broker.submit(approved({ kind: limitAt('180') }));
  const kind = { type: 'stop', triggerPrice: parsePrice('170') } as const;
  const stop = approved({ clientOrderId: STOP, role: 'stop', side: 'sell', kind });
  const turnedAway = { kind: 'notSent', code: 'OPPOSITE_ORDER_OPEN' };
  await expect(broker.submit(stop)).rejects.toMatchObject(turnedAway);
  expect(await broker.findOrder(asReference(STOP))).toBeNull();
  const apart = { clientOrderId: TARGET, role: 'target', side: 'sell' } as const;
  await broker.submit(approved({ ...apart, kind: limitAt('250') }));
  await broker.cancel(asReference(TARGET));
  await broker.cancel(asReference(ENTRY));
  await broker.submit(stop);
  expect((await broker.openOrders()).map(({ clientOrderId: id }) => id)).toEqual([STOP]);
});

test('an exit of what another order holds is turned away, and taken once that is gone', async () => {
  const { broker, reports } = await open();
  await broker.submit(approved());
  await expect.poll(() => reports.at(-1)?.status).toBe('filled');
  const exit = { role: 'target', side: 'sell', kind: limitAt('250') } as const;
  await broker.submit(approved({ ...exit, clientOrderId: TARGET }));
  const kind = { type: 'stop', triggerPrice: parsePrice('170') } as const;
  const stop = approved({ clientOrderId: STOP, role: 'stop', side: 'sell', kind });
  const turnedAway = { kind: 'notSent', code: 'QUANTITY_HELD' };
  await expect(broker.submit(stop)).rejects.toMatchObject(turnedAway);
  await broker.cancel(asReference(TARGET));
  await broker.submit(stop);
  expect((await broker.openOrders()).map(({ clientOrderId: id }) => id)).toEqual([STOP]);
});

test('a close of more than a hand has left is refused, and another one closes the rest', async () => {
  const { broker, reports, position } = await open({ shorting: false });
  await broker.submit(approved());
  await expect.poll(() => reports.at(-1)?.status).toBe('filled');
  const sell = { side: 'sell', kind: { type: 'market' } } as const;
  const byHand = approved({ ...sell, clientOrderId: TARGET, quantity: parseQuantity('4') });
  await broker.submit(byHand);
  await expect.poll(() => position()).toBe(parseQuantity('6'));
  const close = (leg: number, quantity: string): RiskApproved =>
    approved({
      ...{ ...sell, role: 'close', quantity: parseQuantity(quantity) },
      clientOrderId: clientOrderId(TRADE, 'close', leg, 0),
    });
  const refused = { kind: 'rejected', code: 'QUANTITY_HELD' };
  await expect(broker.submit(close(0, '10'))).rejects.toMatchObject(refused);
  await broker.submit(close(1, '6'));
  await expect.poll(() => position()).toBe(0n);
});

test('an entry trades: filled, listed once, position and balance as they are', async () => {
  const opened = await open();
  const { broker, reports, fills, bad } = opened;
  const before = await broker.balance();
  const { venueOrderId } = await broker.submit(approved());
  await expect.poll(() => reports.at(-1)?.status).toBe('filled');
  expect(opened.position()).toBe(TEN);
  expect(await broker.positions()).toEqual([{ instrument: AAPL, quantity: TEN }]);
  const after = await broker.balance();
  expect(before.available.amount - after.available.amount).toBe(parsePrice('2000'));
  expect(await broker.findOrder(asReference(ENTRY))).toMatchObject({
    status: 'filled',
    filledQuantityCum: TEN,
    venueOrderId,
  });
  const listed = await broker.executionsOf(asReference(ENTRY));
  expect(listed.map(({ executionId, revision }) => [executionId, revision])).toEqual(
    fills.map(({ executionId }) => [executionId, 0]),
  );
  expect(await broker.executionsSince(0)).toEqual(listed);
  expect(bad).toEqual([]);
});

test('a limit order rests, is listed and found, and is cancelled', async () => {
  const { broker, reports } = await open();
  const { venueOrderId } = await broker.submit(approved({ kind: limitAt('150') }));
  const working = { clientOrderId: ENTRY, venueOrderId, status: 'working', quantity: TEN };
  expect(await broker.openOrders()).toMatchObject([working]);
  expect(await broker.findOrder(asReference(ENTRY))).toMatchObject(working);
  await broker.cancel(asReference(ENTRY));
  await expect.poll(() => reports.at(-1)?.status).toBe('cancelled');
  expect(await broker.openOrders()).toEqual([]);
  const again = broker.cancel(asReference(ENTRY));
  await expect(again).rejects.toMatchObject({ kind: 'rejected', code: 'ALPACA_42210000' });
});

test('a stop holds the position: the target is refused until the stop is gone', async () => {
  const { broker, alpaca, position } = await open();
  await broker.submit(approved());
  const stop = { type: 'stop', triggerPrice: parsePrice('199') } as const;
  await broker.submit(approved({ clientOrderId: STOP, role: 'stop', side: 'sell', kind: stop }));
  const target = { role: 'target', side: 'sell', kind: limitAt('210') } as const;
  const refused = broker.submit(approved({ clientOrderId: TARGET, ...target }));
  await expect(refused).rejects.toMatchObject({ kind: 'notSent', code: 'QUANTITY_HELD' });
  alpaca.move(19_890);
  await expect.poll(() => position()).toBe(0n);
  expect(await broker.positions()).toEqual([]);
});

test('the same order sent again is the one that is there; another one is not', async () => {
  const opened = await open();
  const first = await opened.broker.submit(approved({ kind: limitAt('150') }));
  expect(await opened.broker.submit(approved({ kind: limitAt('150') }))).toEqual(first);
  const other = opened.broker.submit(approved({ kind: limitAt('151') }));
  await expect(other).rejects.toMatchObject({ code: 'CLIENT_ORDER_ID_TAKEN' });
  expect(await opened.broker.openOrders()).toHaveLength(1);
  expect(placements(opened)).toBe(3);
});

test.for([
  [{ answer: 'broken' }, 'working'],
  [{ answer: 'broken', carriedOut: false }, undefined],
  [{ refusal: 'serverError' }, 'working'],
] as const)('a lost answer %j: unclear, then %s', async ([fate, status]) => {
  const opened = await open();
  opened.alpaca.faults.requests.push(fate);
  const answer = opened.broker.submit(approved({ kind: limitAt('150') }));
  await expect(answer).rejects.toMatchObject({ kind: 'unknownOutcome' });
  const found = await opened.broker.findOrder(asReference(ENTRY));
  expect(found?.status).toBe(status);
  expect(placements(opened)).toBeLessThanOrEqual(1);
});

test.for([
  ['rateLimit', 'ALPACA_42910000'],
  ['tokenExpired', 'ALPACA_40110000'],
] as const)('turned away by %s: not sent', async ([refusal, code]) => {
  const { broker, alpaca } = await open();
  alpaca.faults.requests.push({ refusal, carriedOut: false });
  const answer = broker.submit(approved());
  await expect(answer).rejects.toMatchObject({ kind: 'notSent', code });
  expect(alpaca.venue.executions).toEqual([]);
});

test('accepted, then rejected: reported', async () => {
  const { broker, alpaca, reports } = await open();
  alpaca.faults.requests.push({ rejectedLater: true });
  await broker.submit(approved({ kind: limitAt('150') }));
  await expect.poll(() => reports.at(-1)?.status).toBe('rejected');
});

test.for(['price', 'bust'] as const)(
  'a correction of the %s takes its place',
  async (corrected) => {
    const opened = await open();
    const { broker, alpaca, fills } = opened;
    alpaca.faults.pushes.push({}, { corrected });
    await broker.submit(approved());
    await expect.poll(() => fills.at(-1)?.revision).toBe(1);
    const left = corrected === 'bust' ? 0n : TEN;
    expect(opened.position()).toBe(left);
    const [held] = await broker.positions();
    expect(held?.quantity ?? 0n).toBe(left);
    const listed = await broker.executionsOf(asReference(ENTRY));
    expect(listed.at(-1)).toMatchObject({ executionId: fills[0]?.executionId, revision: 1 });
  },
);

test('what is pushed twice or out of order is one position', async () => {
  const opened = await open();
  opened.alpaca.faults.pushes.push({}, { copies: 2, afterNext: true }, { copies: 2 });
  await opened.broker.submit(approved({ quantity: parseQuantity('600'), kind: limitAt('200.01') }));
  await expect.poll(() => opened.fills).toHaveLength(4);
  expect(opened.position()).toBe(parseQuantity('600'));
});

test('a fill lost with the connection is found when it is live again', async () => {
  const opened = await open();
  const { broker, alpaca, news } = opened;
  alpaca.faults.pushes.push({ thenBreak: true });
  await broker.submit(approved());
  await expect
    .poll(() => news, { timeout: 5_000 })
    .toEqual(['live', 'down connection lost', 'live']);
  expect(opened.position()).toBe(0n);
  expect(await broker.executionsSince(0)).toMatchObject([{ clientOrderId: ENTRY, quantity: TEN }]);
});

test('a sale beyond the position is a short, told as negative', async () => {
  const { broker } = await open();
  await broker.submit(approved());
  const beyond = { clientOrderId: STOP, side: 'sell', quantity: parseQuantity('15') } as const;
  await broker.submit(approved(beyond));
  expect(await broker.positions()).toEqual([{ instrument: AAPL, quantity: -parseQuantity('5') }]);
});
