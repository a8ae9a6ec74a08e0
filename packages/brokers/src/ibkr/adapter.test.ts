import { formatMoney, formatPrice, parseQuantity } from '@ballast/domain';
import { expect, test } from 'vitest';
import { commission, execDetails, fault, openOrder, orderStatus } from './sample-frames.fixture.ts';
import { AAPL, anotherId, approved, ENTRY, REFERENCE } from './sample-orders.fixture.ts';
import { CODE, live, type ScriptedTws } from './scripted-tws.fixture.ts';

const PLACE = '3';

const placed = (tws: ScriptedTws) => tws.requests.filter(([id]) => id === PLACE);

test('an order is accepted once the venue shows it under its own id', async () => {
  const { tws, watched } = await live();
  const answer = watched.broker.submit(approved());
  await expect.poll(() => placed(tws)).toHaveLength(1);
  expect(placed(tws)[0]?.[1]).toBe('11');
  tws.send(...openOrder({ permId: 0, status: 'PendingSubmit' }));
  // Of another client with the same number, then a warning: neither decides anything.
  tws.send(...orderStatus({ clientId: 8, permId: 77 }));
  tws.send(...fault(11, 399, 'held until the open'));
  tws.send(...openOrder());
  expect(await answer).toEqual({ venueOrderId: '900' });
  tws.send(...orderStatus());
  tws.send(...orderStatus());
  tws.send(...orderStatus({ filled: 4 }));
  await expect
    .poll(() => watched.reports.map(({ status }) => status))
    .toEqual(['working', 'partiallyFilled']);
  expect(watched.reports[1]).toEqual({
    clientOrderId: ENTRY,
    venueOrderId: '900',
    instrument: AAPL,
    status: 'partiallyFilled',
    side: 'buy',
    quantity: parseQuantity('10'),
    filledQuantityCum: parseQuantity('4'),
    reason: '',
    eventTime: 1_790_000_001_000,
  });
});

test.for([
  [201, 'rejected'],
  [110, 'rejected'],
  [460, 'rejected'],
  [382, 'rejected'],
  [383, 'rejected'],
  [451, 'rejected'],
  [100, 'notSent'],
] as const)('refusal %i of an order is %s', async ([code, kind]) => {
  const { tws, watched } = await live();
  const answer = watched.broker.submit(approved());
  await expect.poll(() => placed(tws)).toHaveLength(1);
  tws.send(...fault(11, code, `reason for ${CODE}`));
  await expect(answer).rejects.toMatchObject({
    name: 'BrokerError',
    kind,
    code: `IBKR_${code}`,
    message: 'reason for …',
  });
});

test('a code that decides nothing leaves the outcome open and the connection alone', async () => {
  const { tws, watched } = await live({ timing: { answerMs: 300 } });
  const answer = watched.broker.submit(approved());
  await expect.poll(() => placed(tws)).toHaveLength(1);
  tws.send(...fault(11, 10_999, 'of a newer version'));
  const open = { kind: 'unknownOutcome', code: 'NO_ANSWER' };
  await expect(answer).rejects.toMatchObject(open);
  await expect(answer).rejects.toThrow('IBKR_10999: of a newer version');
  expect(await watched.broker.openOrders()).toEqual([]);
  expect(watched.news).toEqual(['live']);
});

test('a connection that breaks leaves the outcome open', async () => {
  const { tws, watched } = await live();
  const answer = watched.broker.submit(approved());
  await expect.poll(() => placed(tws)).toHaveLength(1);
  for (const socket of tws.sockets) socket.destroy();
  const open = { kind: 'unknownOutcome', code: 'CONNECTION_LOST' };
  await expect(answer).rejects.toMatchObject(open);
  await expect.poll(() => watched.news.at(-1)).toBe('live');
  expect(placed(tws)).toHaveLength(1);
});

test('a spent number is the order itself when it is listed, and else a refusal', async () => {
  const { tws, watched } = await live();
  const first = watched.broker.submit(approved());
  await expect.poll(() => placed(tws)).toHaveLength(1);
  tws.answers.set('16', () => [openOrder(), orderStatus(), [53, 1]]);
  tws.send(...fault(11, 103, 'Duplicate order id'));
  expect(await first).toEqual({ venueOrderId: '900' });
  tws.answers.set('16', () => [[53, 1]]);
  const second = watched.broker.submit(approved());
  await expect.poll(() => placed(tws)).toHaveLength(2);
  tws.send(...fault(11, 103, 'Duplicate order id'));
  await expect(second).rejects.toMatchObject({ kind: 'rejected', code: 'IBKR_103' });
});

test('a spent number whose order cannot be asked for may still be an order', async () => {
  const { tws, watched } = await live();
  const answer = watched.broker.submit(approved());
  await expect.poll(() => placed(tws)).toHaveLength(1);
  // The venue has lost its own connection: no question leaves any more.
  tws.send(...fault(-1, 1_100, 'connectivity lost'));
  await expect.poll(() => watched.news).toHaveLength(2);
  tws.send(...fault(11, 103, 'Duplicate order id'));
  await expect(answer).rejects.toMatchObject({ kind: 'unknownOutcome' });
});

test('a refusal because the exchange is closed says so, at once and later', async () => {
  const { tws, watched } = await live();
  const text = 'Order rejected - reason:Exchange is closed.';
  const answer = watched.broker.submit(approved());
  await expect.poll(() => placed(tws)).toHaveLength(1);
  tws.send(...fault(11, 201, text));
  await expect(answer).rejects.toMatchObject({ kind: 'rejected', code: 'MARKET_CLOSED' });
  const shown = { orderId: 12, permId: 912, orderRef: anotherId(0) };
  tws.answers.set(PLACE, () => [openOrder(shown), orderStatus(shown)]);
  await watched.broker.submit(approved({ clientOrderId: anotherId(0) }));
  tws.send(...fault(12, 201, text));
  await expect.poll(() => watched.reports.at(-1)?.status).toBe('rejected');
  expect(watched.reports.at(-1)?.reason).toBe(`MARKET_CLOSED: ${text}`);
});

test('orders leave in the order of their numbers, however long a reservation takes', async () => {
  const gates: (() => void)[] = [];
  let last = 50;
  const { tws, watched } = await live({
    orderIds: {
      async reserve(_id, atLeast) {
        last = Math.max(last + 1, atLeast);
        const id = last;
        const { promise, resolve } = Promise.withResolvers<void>();
        gates.push(resolve);
        await promise;
        return id;
      },
    },
  });
  const answers = [0, 1, 2].map((leg) =>
    watched.broker.submit(approved({ clientOrderId: anotherId(leg) })),
  );
  for (const turn of [1, 2, 3]) {
    await expect.poll(() => gates).toHaveLength(turn);
    gates[turn - 1]?.();
  }
  await expect.poll(() => placed(tws).map(([, id]) => id)).toEqual(['51', '52', '53']);
  for (const socket of tws.sockets) socket.destroy();
  const results = await Promise.allSettled(answers);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
});

test('a connection that ends while a number is reserved sends nothing, nor does the next', async () => {
  const gate = Promise.withResolvers<number>();
  const { tws, watched } = await live({ orderIds: { reserve: () => gate.promise } });
  const answer = watched.broker.submit(approved());
  tws.greeting = [];
  for (const socket of tws.sockets) socket.destroy();
  await expect.poll(() => watched.news.at(-1)).toBe('down CONNECTION_LOST');
  gate.resolve(11);
  await expect(answer).rejects.toMatchObject({ kind: 'notSent', code: 'NOT_CONNECTED' });
  await expect.poll(() => tws.connections).toBe(2);
  tws.send(15, 1, CODE);
  tws.send(9, 1, 11);
  await expect.poll(() => watched.news.at(-1)).toBe('live');
  await watched.broker.openOrders();
  expect(placed(tws)).toEqual([]);
});

test('a number that cannot be reserved keeps the order here', async () => {
  const { tws, watched } = await live({
    orderIds: { reserve: () => Promise.reject(new Error('password=hunter2')) },
  });
  const answer = watched.broker.submit(approved());
  await expect(answer).rejects.toMatchObject({ kind: 'notSent', code: 'RESERVATION_FAILED' });
  await expect(answer).rejects.not.toThrow('hunter2');
  expect(placed(tws)).toEqual([]);
});

test('a cancel is taken, refused, or too late', async () => {
  const { tws, watched } = await live();
  const { broker, reserved } = watched;
  reserved.set(ENTRY, 11);
  tws.answers.set('4', () => [orderStatus({ status: 'PendingCancel' })]);
  await broker.cancel(REFERENCE);
  tws.answers.set('4', () => [fault(11, 202, 'Order Canceled')]);
  await broker.cancel(REFERENCE);
  tws.answers.set('4', () => [fault(11, 10_148, 'cannot be cancelled, state: Filled')]);
  const late = { kind: 'rejected', code: 'IBKR_10148' };
  await expect(broker.cancel(REFERENCE)).rejects.toMatchObject(late);
  tws.answers.set('4', () => [orderStatus({ status: 'Filled', filled: 10 })]);
  const filled = { kind: 'rejected', code: 'ORDER_FILLED' };
  await expect(broker.cancel(REFERENCE)).rejects.toMatchObject(filled);
  expect(tws.requests.filter(([id]) => id === '4').map((fields) => fields[1])).toEqual([
    '11',
    '11',
    '11',
    '11',
  ]);
});

test('an order that is rejected after it was accepted is reported with the reason', async () => {
  const { tws, watched } = await live();
  tws.answers.set(PLACE, () => [openOrder(), orderStatus()]);
  await watched.broker.submit(approved());
  tws.send(...fault(11, 201, 'Order rejected - reason: margin'));
  tws.send(...orderStatus({ status: 'Inactive' }));
  await expect.poll(() => watched.reports).toHaveLength(2);
  expect(watched.reports[1]).toMatchObject({
    status: 'rejected',
    reason: 'Order rejected - reason: margin',
  });
});

test('an order that the venue holds back is neither taken nor refused', async () => {
  const { tws, watched } = await live({ timing: { answerMs: 150 } });
  tws.answers.set(PLACE, () => [
    openOrder({ status: 'Inactive' }),
    orderStatus({ status: 'Inactive' }),
    // "Will be ignored": a warning.
    fault(11, 131),
  ]);
  const answer = watched.broker.submit(approved());
  await expect(answer).rejects.toMatchObject({ kind: 'unknownOutcome', code: 'NO_ANSWER' });
  expect(watched.reports).toMatchObject([{ status: 'unrecognised', reason: 'Inactive' }]);
});

test('a state that nobody knows is reported in its own word', async () => {
  const { tws, watched } = await live();
  tws.send(...openOrder({ status: 'Dancing' }));
  tws.send(...orderStatus({ status: 'Dancing' }));
  await expect
    .poll(() => watched.reports)
    .toMatchObject([{ status: 'unrecognised', reason: 'Dancing' }]);
});

test('a fill is told at once, again with its fee, and again when it is corrected', async () => {
  const { tws, watched } = await live();
  const id = '0000e0d5.6568c5a7.01';
  tws.send(...execDetails());
  tws.send(...commission(`${id}.01`, 0.35));
  tws.send(...commission(`${id}.01`, 0.35));
  tws.send(...execDetails({ execId: `${id}.02`, price: 200.02 }));
  tws.send(...commission(`${id}.02`, 0.36));
  tws.send(...execDetails({ execId: `${id}.03`, shares: 0 }));
  await expect.poll(() => watched.fills).toHaveLength(5);
  const told = watched.fills.map(({ executionId, revision, price, quantity, fee }) => [
    executionId === id,
    revision,
    formatPrice(price),
    quantity,
    formatMoney(fee),
  ]);
  const ten = parseQuantity('10');
  expect(told).toEqual([
    [true, 0, '200.01', ten, '0'],
    [true, 2, '200.01', ten, '0.35'],
    [true, 4, '200.02', ten, '0.35'],
    [true, 5, '200.02', ten, '0.36'],
    [true, 7, '200.01', 0n, '0.36'],
  ]);
  expect(watched.fills[0]).toMatchObject({
    venue: 'ibkr',
    account: 'paper',
    clientOrderId: ENTRY,
    venueOrderId: '900',
    instrument: AAPL,
    side: 'buy',
    liquidity: 'taker',
    eventTime: Date.UTC(2026, 10, 20, 14),
  });
  expect(watched.bad).toEqual([]);
});

test('a fill before any other word is the acceptance of its order', async () => {
  const { tws, watched } = await live();
  tws.answers.set(PLACE, () => [execDetails()]);
  expect(await watched.broker.submit(approved())).toEqual({ venueOrderId: '900' });
  expect(watched.fills).toHaveLength(1);
});

test('an order is nowhere only when no listing has it', async () => {
  const { tws, watched } = await live();
  const { broker } = watched;
  expect(await broker.findOrder(REFERENCE)).toBeNull();
  const asked = tws.requests.slice(-3).map(([id]) => id);
  expect(asked).toEqual(['16', '99', '7']);
  tws.answers.set('7', (fields) => [
    execDetails({ requestId: fields[2] ?? '' }),
    [55, 1, fields[2] ?? ''],
  ]);
  const unlisted = { kind: 'unknownOutcome', code: 'ORDER_NOT_LISTED' };
  await expect(broker.findOrder(REFERENCE)).rejects.toMatchObject(unlisted);
  tws.answers.set('16', () => [openOrder(), orderStatus({ filled: 3 }), [53, 1]]);
  const found = { status: 'partiallyFilled', filledQuantityCum: parseQuantity('3') };
  expect(await broker.findOrder(REFERENCE)).toMatchObject(found);
  const other = { ...REFERENCE, clientOrderId: anotherId(9) };
  tws.answers.set('7', (fields) => [[55, 1, fields[2] ?? '']]);
  expect(await broker.findOrder(other)).toBeNull();
});

test('rows that cannot be read are told and hide no other; a position never', async () => {
  const { tws, watched } = await live();
  const { broker, bad } = watched;
  const foreign = { orderRef: '', symbol: 'ES', secType: 'FUT', permId: 901, orderId: 0 };
  tws.answers.set('16', () => [
    openOrder({ permId: 902, action: 'HOLD' }),
    openOrder({ ...foreign, clientId: 0 }),
    orderStatus({ permId: 901, orderId: 0, clientId: 0 }),
    openOrder(),
    orderStatus(),
    openOrder({ permId: 903 }),
    [53, 1],
  ]);
  const listed = await broker.openOrders();
  expect(listed.map(({ instrument }) => instrument)).toEqual(['ibkr.fut:ES', AAPL]);
  expect(bad).toHaveLength(2);
  // The unread row may be the order that is sought.
  const sought = { ...REFERENCE, clientOrderId: anotherId(9) };
  const unread = { kind: 'unknownOutcome', code: 'ANSWER_MALFORMED' };
  await expect(broker.findOrder(sought)).rejects.toMatchObject(unread);
  const position = (symbol: string, size: string | number, account = CODE) => {
    const contract = [265_598, symbol, 'STK', '', 0, '', '', '', 'USD', symbol, ''];
    return [61, 3, account, ...contract, size, 100];
  };
  tws.answers.set('61', () => [position('AAPL', -3), position('MSFT', 'many'), [62, 1]]);
  const refused = { kind: 'unknownOutcome', code: 'ANSWER_MALFORMED' };
  await expect(broker.positions()).rejects.toMatchObject(refused);
  const other = position('AAPL', 7, 'DU1');
  tws.answers.set('61', () => [position('AAPL', -3), other, position('BRK B', 0.5), [62, 1]]);
  expect(await broker.positions()).toEqual([
    { instrument: AAPL, quantity: -parseQuantity('3') },
    { instrument: 'ibkr.stock:BRK.B', quantity: parseQuantity('0.5') },
  ]);
});

test('the balance is the account’s own text, digit by digit', async () => {
  const { tws, watched } = await live();
  tws.answers.set('62', (fields) => [
    [63, 1, fields[2] ?? '', 'DU1', 'NetLiquidation', '1', 'USD'],
    [63, 1, fields[2] ?? '', CODE, 'NetLiquidation', '12345678901234567.89', 'USD'],
    [63, 1, fields[2] ?? '', CODE, 'AvailableFunds', '99.5', 'USD'],
    [64, 1, fields[2] ?? ''],
  ]);
  const { equity, available, currency } = await watched.broker.balance();
  expect([formatMoney(equity), formatMoney(available), currency]).toEqual([
    '12345678901234567.89',
    '99.5',
    'USD',
  ]);
  tws.answers.set('62', (fields) => [[64, 1, fields[2] ?? '']]);
  await expect(watched.broker.balance()).rejects.toMatchObject({ code: 'ANSWER_MALFORMED' });
});

test('a question that is refused, and one that is never answered', async () => {
  const { tws, watched } = await live({ timing: { answerMs: 50 } });
  tws.answers.set('62', (fields) => [fault(Number(fields[2]), 322, 'too many requests')]);
  await expect(watched.broker.balance()).rejects.toMatchObject({ code: 'IBKR_322' });
  tws.answers.delete('99');
  const order = watched.broker.findOrder(REFERENCE);
  await expect(order).rejects.toMatchObject({ kind: 'unknownOutcome', code: 'NO_ANSWER' });
  await expect.poll(() => watched.news).toContain('down NO_ANSWER: completed orders');
  await expect.poll(() => watched.news.at(-1)).toBe('live');
});

test('an order that is never answered costs the connection: nothing of it may come late', async () => {
  const { tws, watched } = await live({ timing: { answerMs: 50 } });
  const answer = watched.broker.submit(approved());
  await expect(answer).rejects.toMatchObject({ kind: 'unknownOutcome', code: 'NO_ANSWER' });
  await expect.poll(() => watched.news).toContain('down NO_ANSWER: submit');
  await expect.poll(() => watched.news.at(-1)).toBe('live');
  expect(placed(tws)).toHaveLength(1);
});
