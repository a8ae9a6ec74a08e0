import { parsePrice, type TradePlan } from '@ballast/domain';
import { expect, test } from 'vitest';
import { outcomeOf, plan, quote, short, verdictOf } from '../facts.fixture.ts';

const limitAt = (price: string): TradePlan['entry'] => {
  return { type: 'limit', price: parsePrice(price), timeInForce: 'gtc', postOnly: false };
};
const stopLimit = (trigger: string, price: string): TradePlan['entry'] => {
  return { type: 'stopLimit', triggerPrice: parsePrice(trigger), price: parsePrice(price) };
};
const outcome = (of: TradePlan, change: Partial<TradePlan>) =>
  outcomeOf('LEVELS_ON_WRONG_SIDE', { plan: { ...of, ...change } });

/** The offer is 100.1, the bid 99.9. */
test.each([
  ['the offer, below the limit, is at the stop', '105', '100.1', 'deny'],
  ['the offer is one tick above the stop', '105', '100', 'pass'],
  ['the limit waits below the market', '95', '94.9', 'pass'],
] as const)('a long limit entry: %s', (_, price, stop, judged) => {
  expect(outcome(plan, { entry: limitAt(price), stop: parsePrice(stop) })).toBe(judged);
});

test.each([
  ['the bid, above the limit, is at the stop', '95', '99.9', 'deny'],
  ['the bid is one tick below the stop', '95', '100', 'pass'],
  ['the limit waits above the market', '105', '105.1', 'pass'],
] as const)('a short limit entry: %s', (_, price, stop, judged) => {
  expect(outcome(short, { entry: limitAt(price), stop: parsePrice(stop) })).toBe(judged);
});

test('a stop-limit entry can fill from its trigger on: the stop is beyond that too', () => {
  const entry = stopLimit('102', '104');
  expect(outcome(plan, { entry, stop: parsePrice('102') })).toBe('deny');
  expect(outcome(plan, { entry, stop: parsePrice('101.9') })).toBe('pass');
  const down = stopLimit('98', '96');
  expect(outcome(short, { entry: down, stop: parsePrice('98') })).toBe('deny');
  expect(outcome(short, { entry: down, stop: parsePrice('98.1') })).toBe('pass');
});

test('a market without an offer leaves the limit to be judged by', () => {
  const changes = { plan: { entry: limitAt('105') }, facts: { quote: { ...quote, ask: '' } } };
  expect(verdictOf('LEVELS_ON_WRONG_SIDE', changes)).toMatchObject({
    outcome: 'pass',
    input: 'stop 90, entry 105, target 110',
  });
});
