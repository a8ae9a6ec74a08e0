import { formatScaled, parseScaled } from '@ballast/domain';
import { expect, test } from 'vitest';
import { compareWithTables } from './audit-compare.ts';
import { type AuditFact, rebuildFromAudit } from './audit-rebuild.ts';
import { toJson } from './state-wire.ts';

const DAY_MS = 86_400_000;
const ORDER = {
  clientOrderId: 'order-1',
  tradeId: 'trade-1',
  role: 'entry',
  slot: 0,
  instrument: 'v.linear:X',
  side: 'buy',
  quantity: parseScaled('10'),
  reduceOnly: false,
  kind: { type: 'stopLimit', triggerPrice: parseScaled('99'), price: parseScaled('100') },
};

type Told = { id?: string; revision?: number; quantity?: string; price?: string; side?: string };

function fillData({ id = 'a', revision = 0, quantity = '4', price = '100', side = 'buy' }: Told) {
  return {
    ...{ venue: 'v', executionId: id, revision, clientOrderId: 'order-1', venueOrderId: 'v-1' },
    ...{ instrument: 'v.linear:X', side, price, quantity, fee: '0.5', feeCurrency: 'USD' },
    ...{ liquidity: 'taker', channel: 'stream', eventTime: 1 },
    terms: { multiplier: '1', baseCurrency: 'X', quoteCurrency: 'USD' },
    order: { venueOrderId: 'v-1' },
  };
}

function chainOf(...told: readonly (readonly [kind: string, data: unknown])[]): AuditFact[] {
  return told.map(([kind, data], index) => {
    return { account: 'one', seq: index + 1, at: index * DAY_MS, kind, tradeId: 'trade-1', data };
  });
}

const working = {
  ...{ type: 'orderChanged', clientOrderId: 'order-1', from: 'submitting', to: 'working' },
  order: { venueOrderId: 'v-1' },
};
const CHAIN = chainOf(
  ['orderCreated', toJson(ORDER)],
  ['orderChanged', working],
  ['fillBooked', fillData({})],
  ['fillBooked', fillData({ id: 'b', quantity: '3', price: '110' })],
  ['fillRevised', fillData({ revision: 1, quantity: '2', price: '101' })],
);

/** The tables as a gateway that agrees with the chain has them. */
function tablesOf(rows: readonly AuditFact[]) {
  const { orders, fills, trades, positions } = rebuildFromAudit(rows);
  return {
    orders: [...orders].map(([clientOrderId, order]) => ({ clientOrderId, ...order })),
    fills: [...fills.values()],
    trades: [...trades].map(([id, { position, entryPrice }]) => {
      const { quantity, realisedCum, feesCum, currency } = position;
      return { id, quantity, realisedCum, feesCum: feesCum[currency] ?? 0n, entryPrice };
    }),
    positions: [...positions.values()].map((position) => {
      const fees = Object.entries(position.feesCum).map(([of, fee]) => [of, formatScaled(fee)]);
      const feesCum: Record<string, string> = Object.fromEntries(fees);
      return { ...position, account: 'one', instrument: 'v.linear:X', feesCum };
    }),
  };
}

test('orders, fills and positions come from the rows alone, a correction in its place', () => {
  const { rows, orders, fills, trades, positions, unreadable } = rebuildFromAudit(CHAIN);
  expect({ rows, unreadable }).toEqual({ rows: 5, unreadable: [] });
  expect(orders.get('order-1')).toMatchObject({
    ...{ status: 'partiallyFilled', venueOrderId: 'v-1', filledQuantityCum: parseScaled('5') },
    ...{ type: 'stopLimit', price: parseScaled('100'), triggerPrice: parseScaled('99') },
  });
  expect([...fills.keys()]).toEqual(['v one a 0', 'v one b 0', 'v one a 1']);
  const cost = parseScaled('532');
  const held = { quantity: parseScaled('5'), cost, feesCum: { USD: parseScaled('1') } };
  expect(trades.get('trade-1')).toMatchObject({ position: held, entryPrice: parseScaled('106.4') });
  expect(positions.get('one v.linear:X')).toMatchObject(held);
});

test('an execution that a trade was given is its own, and no longer of its record', () => {
  const moved = { ...fillData({ revision: 1 }), from: 'record' };
  const [first, given] = chainOf(['fillBooked', fillData({})], ['fillAttributed', moved]);
  if (first === undefined || given === undefined) throw new Error('no chain');
  const rebuilt = rebuildFromAudit([{ ...first, tradeId: 'record' }, given]);
  expect(rebuilt.unreadable).toEqual([]);
  const four = { quantity: parseScaled('4'), feesCum: { USD: parseScaled('0.5') } };
  expect(rebuilt.trades.get('trade-1')?.position).toMatchObject(four);
  expect(rebuilt.trades.get('record')?.position).toMatchObject({ quantity: 0n, feesCum: {} });
  expect(rebuilt.positions.get('one v.linear:X')).toMatchObject(four);
  const kept = [...rebuilt.fills.values()].map(({ revision, tradeId }) => [revision, tradeId]);
  expect(kept).toEqual([
    [0, 'record'],
    [1, 'trade-1'],
  ]);
  const [none] = rebuildFromAudit([given]).unreadable;
  expect(none?.why).toContain('takes execution a, which record does not have');
});

test('tables that say the same differ in nothing', () => {
  const compared = compareWithTables(rebuildFromAudit(CHAIN), tablesOf(CHAIN), null);
  expect(compared).toEqual({ orders: 1, fills: 3, positions: 1, differences: [] });
});

test.each([
  ['order', 'status', 'filled'],
  ['order', 'quantity', 1n],
  ['order', 'venueOrderId', null],
  ['fill', 'price', 1n],
  ['fill', 'fee', 0n],
  ['fill', 'tradeId', 'another'],
  ['tradePosition', 'realisedCum', 7n],
  ['tradePosition', 'entryPrice', null],
  ['position', 'quantity', 0n],
  ['position', 'feesCum', { USD: '2' }],
] as const)('an %s whose %s was changed in the table is named', (what, column, value) => {
  const tables = tablesOf(CHAIN);
  const list = { order: 'orders', fill: 'fills', tradePosition: 'trades', position: 'positions' };
  const [row] = tables[list[what] as keyof typeof tables];
  Reflect.set(Object(row), column, value);
  const { differences } = compareWithTables(rebuildFromAudit(CHAIN), tables, null);
  expect(differences).toHaveLength(1);
  expect(differences[0]).toMatchObject({ what });
  expect(Object.keys(Object(differences[0]?.audit))).toEqual([column]);
});

test('a row that only one side has is named, with what it says', () => {
  const tables = tablesOf(CHAIN);
  const foreign = { id: 'trade-2', quantity: 1n, realisedCum: 0n, feesCum: 0n, entryPrice: null };
  const changed = { ...tables, fills: tables.fills.slice(1), trades: [...tables.trades, foreign] };
  const { differences } = compareWithTables(rebuildFromAudit(CHAIN), changed, null);
  expect(differences).toMatchObject([
    { what: 'fill', id: 'v one a 0', audit: { quantity: '4' }, table: null },
    { what: 'tradePosition', id: 'trade-2' },
  ]);
});

test('a trade that never filled has no position on either side', () => {
  const none = { id: 'denied', quantity: 0n, realisedCum: 0n, feesCum: 0n, entryPrice: null };
  const tables = tablesOf(CHAIN);
  const more = { ...tables, trades: [...tables.trades, none] };
  expect(compareWithTables(rebuildFromAudit(CHAIN), more, null).differences).toEqual([]);
});

test('rows that do not hold what their kind has to are differences, and nothing is guessed', () => {
  const { terms: _terms, ...old } = fillData({});
  const rows = chainOf(['fillBooked', old], ['orderChanged', working]);
  const rebuilt = rebuildFromAudit(rows);
  expect(rebuilt.fills.size + rebuilt.positions.size).toBe(0);
  expect(compareWithTables(rebuilt, tablesOf([]), null).differences).toMatchObject([
    { what: 'auditRow', id: '1', audit: 'fillBooked has no terms' },
    { what: 'auditRow', id: '2' },
  ]);
});

test('with a span only its own fills, orders and positions are compared', () => {
  const tables = tablesOf(CHAIN);
  const [first, ...rest] = tables.fills;
  const changed = { ...tables, fills: [{ ...first, price: 1n }, ...rest] } as typeof tables;
  const rebuilt = rebuildFromAudit(CHAIN);
  const on = (day: number) =>
    compareWithTables(rebuilt, changed, { from: day * DAY_MS, until: (day + 1) * DAY_MS });
  expect(on(0)).toMatchObject({ orders: 1, fills: 0, positions: 0, differences: [] });
  expect(on(2)).toMatchObject({ fills: 1, differences: [{ what: 'fill' }] });
  expect(on(3)).toMatchObject({ orders: 1, fills: 1, positions: 1, differences: [] });
});
