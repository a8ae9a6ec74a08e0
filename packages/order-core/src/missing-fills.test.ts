import { parsePrice, type Fill, type OrderReport } from '@ballast/domain';
import { expect, test } from 'vitest';
import { dueAt } from './due.ts';
import { isLongBehind } from './missing-fills.ts';
import { idOf, INSTRUMENT, opened, planOf, START, units } from './sample-trade.fixture.ts';
import { fromJson, toJson, tradeFromJson } from './state-wire.ts';
import { step } from './step.ts';
import { FILL_MISSING_AFTER_MS, PROTECT_WITHIN_MS } from './timing.ts';
import { openQuantity, type Trade } from './trade.ts';

const entry = idOf('entry');

function reported(quantity: number): OrderReport {
  return {
    ...{ clientOrderId: entry, venueOrderId: 'v', instrument: INSTRUMENT.id, side: 'buy' },
    ...{ status: 'partiallyFilled', quantity: units(10), filledQuantityCum: units(quantity) },
    ...{ reason: '', eventTime: START },
  };
}

function fillOf(change: Partial<Fill>): Fill {
  return {
    ...{ venue: 'model', account: 'one', executionId: 'x', revision: 0, clientOrderId: entry },
    ...{ venueOrderId: 'v', instrument: INSTRUMENT.id, side: 'buy', price: parsePrice('100') },
    ...{ quantity: units(4), fee: { amount: 0n, currency: 'USDT' }, liquidity: 'taker' },
    ...{ eventTime: START, ...change },
  };
}

const told = (events: readonly { type: string; kind?: string }[]): string[] =>
  events.flatMap(({ type, kind }) => {
    return kind === 'FILL_MISSING' || type === 'fillsFound' ? [kind ?? type] : [];
  });

test('an entry reported without its fill has no stop: told once, in time, and taken back once booked', () => {
  let { trade } = step(opened().trade, { type: 'report', at: START, report: reported(4) });
  const limit = START + PROTECT_WITHIN_MS;
  const seen: [number, string[]][] = [];
  for (let rounds = 0; rounds < 100; rounds += 1) {
    const at = dueAt(trade);
    if (at === null || at > limit + 60_000) break;
    const result = step(trade, { type: 'clock', at });
    trade = tradeFromJson(JSON.parse(JSON.stringify(toJson(result.trade))));
    const said = told(result.events);
    if (said.length > 0) seen.push([at, said]);
  }
  expect(seen).toEqual([[limit, ['FILL_MISSING']]]);
  const fill = fillOf({});
  const late = step(trade, { type: 'fill', at: limit + 60_001, fill });
  expect(told(late.events)).toEqual(['fillsFound']);
  expect(told(step(late.trade, { type: 'fill', at: limit + 60_002, fill }).events)).toEqual([]);
});

test('an exit reported without its fill leaves nothing open: told after a minute', () => {
  const held = step(opened().trade, { type: 'fill', at: START, fill: fillOf({}) });
  const stop = { clientOrderId: idOf('stop'), quantity: units(4), side: 'sell' } as const;
  const report = { ...reported(4), ...stop };
  const { trade } = step(held.trade, { type: 'report', at: START, report });
  const clock = (at: number) => told(step(trade, { type: 'clock', at }).events);
  expect(clock(START + FILL_MISSING_AFTER_MS - 1)).toEqual([]);
  expect(clock(START + FILL_MISSING_AFTER_MS)).toEqual(['FILL_MISSING']);
});

test('a sum that grows is proven by no equality from before it grew', () => {
  const grown = START + FILL_MISSING_AFTER_MS - 1;
  const first = step(opened().trade, { type: 'report', at: START, report: reported(4) });
  const { trade } = step(first.trade, { type: 'report', at: grown, report: reported(5) });
  const later = step(trade, { type: 'report', at: grown + 1, report: reported(5) }).trade;
  const judged = (one: Trade, at: number): boolean[] =>
    Object.values(one.orders).map((order) => isLongBehind(order, at));
  expect(judged(first.trade, START + FILL_MISSING_AFTER_MS)).toEqual([true]);
  expect(judged(later, grown + FILL_MISSING_AFTER_MS - 1)).toEqual([false]);
  expect(judged(later, grown + FILL_MISSING_AFTER_MS)).toEqual([true]);
});

test('one that comes in time is no incident', () => {
  const { trade } = step(opened().trade, { type: 'report', at: START, report: reported(4) });
  const booked = step(trade, { type: 'fill', at: START + 1_000, fill: fillOf({}) });
  expect(told(booked.events)).toEqual([]);
  const later = step(booked.trade, { type: 'clock', at: START + 2 * FILL_MISSING_AFTER_MS });
  expect(told(later.events)).toEqual([]);
});

test('a trade stored before this was watched can be read', () => {
  const { trade } = opened();
  const orders = Object.entries(trade.orders).map(([id, { behind: _none, ...order }]) => [
    id,
    order,
  ]);
  const stored = toJson({ ...trade, orders: Object.fromEntries(orders) });
  expect(fromJson(stored)).not.toEqual(trade);
  expect(tradeFromJson(stored)).toEqual(trade);
});

test('a fee in the base currency: exits are for what is left on the lot, and dust ends no trade', () => {
  const fee = { amount: 10n ** 15n, currency: 'BTC' };
  const lot = { ...INSTRUMENT, lotSize: 10n ** 16n, minQuantity: INSTRUMENT.lotSize };
  const { trade: entering } = opened(planOf({}), { ...lot, minQuantity: units(1) }, 'reserved');
  const fill = fillOf({ quantity: units(10), fee });
  const { trade, effects } = step(entering, { type: 'fill', at: START + 1, fill });
  const stop = effects.flatMap((effect) => (effect.type === 'submit' ? [effect.order] : []));
  const net = 10n * 10n ** 18n - 10n ** 16n;
  expect(stop.map(({ role, quantity }) => [role, quantity])).toEqual([['stop', net]]);
  const sold = fillOf({
    ...{ executionId: 'y', clientOrderId: idOf('stop'), side: 'sell' },
    ...{ price: parsePrice('90'), quantity: net as Trade['position']['quantity'] },
  });
  const after = step(trade, { type: 'fill', at: START + 2, fill: sold }).trade;
  expect([after.status, openQuantity(after)]).toEqual(['closed', 0n]);
  expect(after.position.quantity).toBe(10n ** 16n - 10n ** 15n);
});

test.each([
  ['another quantity under the same number', { quantity: units(3) }, 3, 1],
  ['another price under the same number', { price: parsePrice('101') }, 4, 1],
  ['a bust under the same number', { quantity: units(0) }, 0, 1],
  ['another fee only', { fee: { amount: 7n, currency: 'USDT' } }, 4, 0],
  ['the very same', {}, 4, 0],
])('%s', (_name, change, quantity, revision) => {
  const { trade } = step(opened().trade, { type: 'fill', at: START, fill: fillOf({}) });
  const after = step(trade, { type: 'fill', at: START + 1, fill: fillOf(change) }).trade;
  expect(after.position.quantity).toBe(units(quantity));
  expect(after.fills.map((fill) => fill.revision)).toEqual([revision]);
  const again = step(after, { type: 'fill', at: START + 2, fill: fillOf(change) });
  expect(again.trade.fills).toBe(after.fills);
});
