import {
  type Broker,
  type BrokerStreamHandlers,
  ibkrBroker,
  type IbkrOptions,
} from '@ballast/brokers';
import {
  type RiskApproved,
  type ClientOrderId,
  clientOrderId,
  type Fill,
  formatMoney,
  instrumentId,
  type OrderReport,
  type OrderRequest,
  parsePrice,
  parseQuantity,
  parseUuid,
  type Quantity,
  type TradeId,
} from '@ballast/domain';
import { expect, onTestFinished, test } from 'vitest';
import { openTws, type OpenedTws } from './tws.fixture.ts';

const TRADE = parseUuid<TradeId>('01936c1e-0000-7000-8000-000000000001');
const AAPL = instrumentId('ibkr', 'stock', 'AAPL');
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
  readonly tws: OpenedTws;
  readonly broker: Broker;
  readonly news: string[];
  readonly reports: OrderReport[];
  readonly fills: Fill[];
  readonly bad: string[];
  /** What the ledger would hold. */
  position(): bigint;
};

async function open(
  given: Partial<IbkrOptions> = {},
  venue: Parameters<typeof openTws>[0] = {},
): Promise<Open> {
  const tws = await openTws(venue);
  const [news, bad] = [new Array<string>(), new Array<string>()];
  const [reports, fills] = [new Array<OrderReport>(), new Array<Fill>()];
  const reserved = new Map<string, number>();
  const broker = ibkrBroker({
    account: 'paper',
    host: '127.0.0.1',
    port: tws.port,
    clientId: 7,
    accountCode: null,
    shorting: true,
    timeZone: 'UTC',
    orderIds: {
      async reserve(id, atLeast) {
        const known = reserved.get(id);
        if (known !== undefined) return known;
        const next = Math.max(atLeast, ...[...reserved.values()].map((used) => used + 1));
        reserved.set(id, next);
        return next;
      },
    },
    now: Date.now,
    onBadRow: (code, detail) => void bad.push(`${code} ${detail}`),
    ...given,
    timing: { retryFirstMs: 10, retryLastMs: 50, answerMs: 400, ...given.timing },
  });
  const handlers: BrokerStreamHandlers = {
    onLive: () => void news.push('live'),
    onDown: (reason) => void news.push(`down ${reason}`),
    onReport: (report) => void reports.push(report),
    onFill: (fill) => void fills.push(fill),
    onBadMessage: (code, detail) => void bad.push(`${code} ${detail}`),
  };
  const stream = broker.openStream(handlers);
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
  return { tws, broker, news, reports, fills, bad, position };
}

const quantityAtVenue = async (broker: Broker): Promise<Quantity | undefined> =>
  (await broker.positions()).find(({ instrument }) => instrument === AAPL)?.quantity;

const placements = ({ tws }: Open) =>
  tws.requests.filter(({ path }) => path.toLowerCase().includes('place')).length;

test('an entry trades: accepted, filled, its fee told, position and balance as they are', async () => {
  const opened = await open();
  const { broker, fills, reports, bad } = opened;
  const before = await broker.balance();
  const { venueOrderId } = await broker.submit(approved());
  expect(venueOrderId).toMatch(/^\d+$/);
  await expect.poll(() => fills.some(({ revision }) => revision === 2)).toBe(true);
  await expect.poll(() => reports.at(-1)?.status).toBe('filled');
  expect(opened.position()).toBe(TEN);
  expect(await quantityAtVenue(broker)).toBe(TEN);
  const told = fills.findLast(() => true);
  expect(told).toMatchObject({ clientOrderId: ENTRY, venueOrderId, instrument: AAPL, side: 'buy' });
  expect(Number(formatMoney(told?.fee ?? before.equity))).toBeGreaterThan(0);
  const after = await broker.balance();
  expect([before.currency, after.currency]).toEqual(['USD', 'USD']);
  expect(after.available.amount).toBeLessThan(before.available.amount);
  expect(await broker.openOrders()).toEqual([]);
  const ended = { status: 'filled', filledQuantityCum: TEN, venueOrderId };
  expect(await broker.findOrder(asReference(ENTRY))).toMatchObject(ended);
  const listed = await broker.executionsOf(asReference(ENTRY));
  expect(listed.map(({ executionId, revision }) => [executionId, revision])).toEqual(
    [...new Set(fills.map(({ executionId }) => executionId))].map((id) => [id, 2]),
  );
  expect(await broker.executionsSince(0)).toEqual(listed);
  expect(await broker.executionsSince(Date.now() + 60_000)).toEqual([]);
  expect(bad).toEqual([]);
});

test('a limit order rests, is listed and found, and is cancelled', async () => {
  const { broker, reports } = await open();
  const kind = limitAt('150');
  const { venueOrderId } = await broker.submit(approved({ kind }));
  const working = { clientOrderId: ENTRY, venueOrderId, status: 'working', quantity: TEN };
  expect(await broker.openOrders()).toMatchObject([working]);
  expect(await broker.findOrder(asReference(ENTRY))).toMatchObject(working);
  await broker.cancel(asReference(ENTRY));
  await expect.poll(() => reports.at(-1)?.status).toBe('cancelled');
  expect(await broker.openOrders()).toEqual([]);
  expect(await broker.findOrder(asReference(ENTRY))).toMatchObject({ status: 'cancelled' });
  const again = broker.cancel(asReference(ENTRY));
  await expect(again).rejects.toMatchObject({ kind: 'rejected', code: 'IBKR_10148' });
});

test('the venue refuses an order: rejected, in its own words', async () => {
  const { broker } = await open();
  const tooMuch = approved({ quantity: parseQuantity('90000') });
  const refused = { kind: 'rejected', code: 'IBKR_201' };
  await expect(broker.submit(tooMuch)).rejects.toMatchObject(refused);
  const offTick = approved({ clientOrderId: STOP, kind: limitAt('150.001') });
  await expect(broker.submit(offTick)).rejects.toMatchObject({
    kind: 'rejected',
    code: 'IBKR_110',
  });
});

test.for([
  ['carried out', true],
  ['not carried out', false],
] as const)(
  'an answer that never comes, %s: unclear, then found or proven absent',
  async ([, carriedOut]) => {
    const opened = await open();
    const { broker, tws, news } = opened;
    tws.faults.requests.push({ carriedOut, answer: 'never' });
    if (carriedOut)
      tws.faults.pushes.push(...Array.from({ length: 3 }, () => ({ copies: 0 as const })));
    const answer = broker.submit(approved({ kind: limitAt('150') }));
    await expect(answer).rejects.toMatchObject({ kind: 'unknownOutcome' });
    await expect.poll(() => news.at(-1)).toBe('live');
    const found = await broker.findOrder(asReference(ENTRY));
    expect(found?.status).toBe(carriedOut ? 'working' : undefined);
    expect(placements(opened)).toBe(1);
  },
);

test('an answer that breaks the connection: unclear, and the order is found afterwards', async () => {
  const { broker, tws, news } = await open();
  tws.faults.requests.push({ answer: 'broken' });
  const answer = broker.submit(approved({ kind: limitAt('150') }));
  await expect(answer).rejects.toMatchObject({ kind: 'unknownOutcome', code: 'CONNECTION_LOST' });
  await expect.poll(() => news.at(-1)).toBe('live');
  expect(await broker.findOrder(asReference(ENTRY))).toMatchObject({ status: 'working' });
});

test('accepted, then rejected: reported', async () => {
  const { broker, tws, reports } = await open();
  tws.faults.requests.push({ rejectedLater: true });
  await broker.submit(approved({ kind: limitAt('150') }));
  await expect.poll(() => reports.at(-1)?.status).toBe('rejected');
  expect(reports.at(-1)?.reason).not.toBe('');
});

test.for(['price', 'bust'] as const)(
  'a correction of the %s takes the place of the fill',
  async (corrected) => {
    const opened = await open();
    const { broker, tws, fills } = opened;
    tws.faults.pushes.push({ corrected }, { corrected }, { corrected });
    await broker.submit(approved());
    await expect.poll(() => fills.at(-1)?.revision).toBe(5);
    const left = corrected === 'bust' ? 0n : TEN;
    expect(opened.position()).toBe(left);
    expect((await quantityAtVenue(broker)) ?? 0n).toBe(left);
    const listed = await broker.executionsOf(asReference(ENTRY));
    expect(listed.at(-1)).toMatchObject({ revision: 5 });
  },
);

test('a late commission is told as the next revision', async () => {
  const { broker, fills } = await open({}, { commissionAfterMs: 30 });
  await broker.submit(approved());
  await expect.poll(() => fills.map(({ revision }) => revision)).toEqual([0, 2]);
  expect(fills.map(({ fee }) => fee.amount > 0n)).toEqual([false, true]);
});

test('what is pushed twice or out of order is one position', async () => {
  const opened = await open();
  opened.tws.faults.pushes.push({ copies: 2, afterNext: true }, { copies: 2 });
  await opened.broker.submit(approved());
  await expect.poll(() => opened.position()).toBe(TEN);
  expect(await quantityAtVenue(opened.broker)).toBe(TEN);
});

test('the daily restart with its ids rolled back: live again, and no number is used twice', async () => {
  const opened = await open();
  const { broker, tws, news } = opened;
  await broker.submit(approved({ kind: limitAt('150') }));
  await tws.frontEnd.restart({ ms: 50, rollBackIds: true });
  await expect.poll(() => news.at(-1)).toBe('live');
  await broker.submit(approved({ clientOrderId: TARGET, kind: limitAt('151') }));
  const open2 = await broker.openOrders();
  expect(open2.map(({ clientOrderId: id }) => id).toSorted()).toEqual([ENTRY, TARGET].toSorted());
});

test.for(['silent', 'halfOpen'] as const)('a %s socket is left', async (state) => {
  const { broker, tws, news } = await open({ timing: { pingAfterMs: 40, silentMaxMs: 150 } });
  tws.faults.socketState = state;
  await expect(broker.positions()).rejects.toMatchObject({ kind: 'unknownOutcome' });
  tws.faults.socketState = 'open';
  await expect.poll(() => news.at(-1), { timeout: 5_000 }).toBe('live');
  expect(news[1]).toMatch(/^down (NO_ANSWER|SILENT)/);
  expect(await broker.positions()).toEqual([]);
});

test('a client id in use is said, and goes when the other leaves', async () => {
  const first = await open();
  const news: string[] = [];
  const second = ibkrBroker({
    account: 'paper',
    host: '127.0.0.1',
    port: first.tws.port,
    clientId: 7,
    accountCode: null,
    shorting: true,
    timeZone: 'UTC',
    orderIds: { reserve: () => Promise.resolve(1) },
    timing: { retryRefusedMs: 30 },
    now: Date.now,
    onBadRow: () => undefined,
  });
  const stream = second.openStream({
    onLive: () => void news.push('live'),
    onDown: (reason) => void news.push(reason),
    onReport: () => undefined,
    onFill: () => undefined,
    onBadMessage: () => undefined,
  });
  onTestFinished(() => stream.close());
  await expect.poll(() => news).toContain('CLIENT_ID_IN_USE');
  expect(first.news).toEqual(['live']);
});

test('the venue’s own line is lost and restored', async () => {
  const { broker, tws, news } = await open();
  tws.frontEnd.tellLink('lost');
  await expect.poll(() => news.at(-1)).toContain('down IBKR_1100');
  await expect(broker.submit(approved())).rejects.toMatchObject({ kind: 'notSent' });
  tws.frontEnd.tellLink('restoredWithoutData');
  await expect.poll(() => news.at(-1)).toBe('live');
  await broker.submit(approved({ kind: limitAt('150') }));
});

test('our budget keeps below the venue’s rate, and exits go before questions', async () => {
  const { broker, tws } = await open({}, { messagesPerSecond: 50 });
  const questions = Array.from({ length: 20 }, () => [
    broker.openOrders(),
    broker.executionsSince(0),
    broker.positions(),
  ]);
  const settled = Promise.allSettled(questions.flat());
  const stop = { type: 'stop', triggerPrice: parsePrice('150') } as const;
  await broker.submit(approved({ clientOrderId: STOP, role: 'stop', side: 'sell', kind: stop }));
  const refused = (await settled).filter(({ status }) => status === 'rejected');
  expect(refused).toEqual([]);
  expect(tws.counts).not.toContain('100');
});
