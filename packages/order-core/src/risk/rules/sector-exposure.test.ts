import { expect, test } from 'vitest';
import { instrumentWith, openTradeOf, outcomeOf, verdictOf } from '../facts.fixture.ts';

test.each([
  ['crypto', '29000', 'pass'],
  ['crypto', '29000.000000000000000001', 'deny'],
  ['energy', '90000', 'pass'],
])('1,000 more beside %s of %s: %s', (sector, open, outcome) => {
  const facts = { openTrades: [openTradeOf(open, { sector })] };
  expect(outcomeOf('SECTOR_EXPOSURE', { facts })).toBe(outcome);
});

test('instruments of no known sector count as one', () => {
  const unclassified = instrumentWith({ sector: null });
  const openTrades = [openTradeOf('29000.1', { sector: null })];
  const verdict = verdictOf('SECTOR_EXPOSURE', { facts: { ...unclassified, openTrades } });
  expect(verdict).toMatchObject({ outcome: 'deny', input: '30000.1 USDT in unclassified' });
  const none = { facts: { ...unclassified, openTrades: [openTradeOf('29000.1')] } };
  expect(outcomeOf('SECTOR_EXPOSURE', none)).toBe('pass');
});
