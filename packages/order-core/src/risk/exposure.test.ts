import { formatMoney, parsePrice, parseQuantity } from '@ballast/domain';
import { expect, test } from 'vitest';
import { idOf, opened, planOf, START, TRADE_ID, units } from '../sample-trade.fixture.ts';
import { step } from '../step.ts';
import type { Trade } from '../trade.ts';
import { exposureOf } from './exposure.ts';
import { byStrategy, quote } from './facts.fixture.ts';

const notionalOf = (trade: Trade, last: string | null): string =>
  formatMoney(exposureOf(trade, last === null ? null : { ...quote, last }).notional);

function filled(quantity: number, direction: 'long' | 'short' = 'long'): Trade {
  const { trade } = opened(planOf({ direction }));
  const fill = {
    venue: 'model',
    account: 'one',
    executionId: '1',
    revision: 0,
    clientOrderId: idOf('entry'),
    venueOrderId: 'v1',
    instrument: trade.plan.instrument,
    side: direction === 'long' ? 'buy' : 'sell',
    price: parsePrice('100'),
    quantity: units(quantity),
    fee: { amount: 0n, currency: 'USDT' },
    liquidity: 'taker',
    eventTime: START,
  } as const;
  return step(trade, { type: 'fill', at: START, fill }).trade;
}

function entryEnded(trade: Trade, status: 'filled' | 'cancelled', filledCum: number): Trade {
  const report = {
    clientOrderId: idOf('entry'),
    venueOrderId: 'v1',
    instrument: trade.plan.instrument,
    status,
    side: 'buy',
    quantity: parseQuantity('10'),
    filledQuantityCum: units(filledCum),
    reason: '',
    eventTime: START,
  } as const;
  return step(trade, { type: 'report', at: START, report }).trade;
}

test('an entry that may still fill binds its whole notional', () => {
  expect(notionalOf(opened().trade, '120')).toBe('1000');
});

test('what is held counts at the last price, what is still coming at its limit', () => {
  expect(notionalOf(filled(4), '120'), '4 × 120 + 6 × 100').toBe('1080');
  expect(notionalOf(filled(10), '120')).toBe('1200');
});

test('a short binds as much as a long', () => {
  expect(notionalOf(filled(10, 'short'), '120')).toBe('1200');
});

test('without a quote what is held counts at its entry price', () => {
  expect(notionalOf(filled(10), null)).toBe('1000');
});

test('a market entry without a quote binds its highest level', () => {
  expect(notionalOf(opened(planOf({ entry: 'market' })).trade, null)).toBe('1100');
});

test('an entry that was stopped binds what its order may still bring, and then nothing', () => {
  const stopping = step(filled(4), { type: 'entryStopRequested', at: START, reason: 'test' }).trade;
  expect(notionalOf(stopping, '100')).toBe('1000');
  expect(notionalOf(entryEnded(stopping, 'cancelled', 4), '100')).toBe('400');
});

test('what an entry is reported to have filled binds before the fill of it is seen', () => {
  expect(notionalOf(entryEnded(filled(4), 'filled', 10), '120'), '4 × 120 + 6 × 100').toBe('1080');
  expect(notionalOf(entryEnded(filled(4), 'cancelled', 7), '120')).toBe('780');
  const closing = { type: 'closeRequested', at: START, reason: 'test' } as const;
  const unseen = step(opened().trade, closing).trade;
  expect(notionalOf(entryEnded(unseen, 'filled', 10), '120')).toBe('1000');
});

test('it names its trade, sector and strategy', () => {
  const { trade } = opened({ ...planOf({}), ...byStrategy('momentum') });
  const named = { tradeId: TRADE_ID, sector: 'crypto', strategy: 'momentum' };
  expect(exposureOf(trade, quote)).toMatchObject(named);
  expect(exposureOf(opened().trade, quote).strategy).toBeNull();
});
