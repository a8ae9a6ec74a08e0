import { instrumentId } from '@ballast/domain';
import { expect, test } from 'vitest';
import { openTradeOf, outcomeOf } from '../facts.fixture.ts';

test.each([
  ['14000', 'pass'],
  ['14000.000000000000000001', 'deny'],
])('1,000 more beside %s in the instrument: %s', (open, outcome) => {
  expect(outcomeOf('INSTRUMENT_EXPOSURE', { facts: { openTrades: [openTradeOf(open)] } })).toBe(
    outcome,
  );
});

test('another instrument does not count', () => {
  const instrument = instrumentId('model', 'linear', 'ETHUSDT');
  const openTrades = [openTradeOf('90000', { instrument })];
  expect(outcomeOf('INSTRUMENT_EXPOSURE', { facts: { openTrades } })).toBe('pass');
});
