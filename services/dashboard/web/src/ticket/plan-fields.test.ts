import { expect, test } from 'vitest';
import { fieldFaults, type PlanFields, planOf, riskAmount } from './plan-fields.ts';

const FIELDS: PlanFields = {
  direction: 'long',
  entryType: 'market',
  entryPrice: '',
  stop: '63846.1',
  target: '65002.3',
  riskUnit: 'money',
  risk: '50',
};

test('a sound ticket has no faults, and a market entry needs no price', () => {
  expect(fieldFaults(FIELDS, '0.1')).toEqual({});
  expect(fieldFaults({ ...FIELDS, entryType: 'limit' }, '0.1')).toEqual({ entryPrice: 'Needed' });
});

test.each([
  ['', 'Needed'],
  ['abc', 'Not a plain number'],
  ['1e3', 'Not a plain number'],
  ['NaN', 'Not a plain number'],
  ['-1', 'Above zero'],
  ['0', 'Above zero'],
  ['63846.15', 'Not a multiple of 0.1'],
])('the stop "%s" is told to be: %s', (stop, fault) => {
  expect(fieldFaults({ ...FIELDS, stop }, '0.1')).toEqual({ stop: fault });
});

test('the risk must be above zero and within the equity', () => {
  expect(fieldFaults({ ...FIELDS, risk: '0' }, '0.1')).toEqual({ risk: 'Above zero' });
  const percent = { ...FIELDS, riskUnit: 'percent', risk: '101' } as const;
  expect(fieldFaults(percent, '0.1')).toEqual({ risk: 'At most 100 %' });
});

test('a share of the equity becomes money exactly, rounded down', () => {
  const percent = { ...FIELDS, riskUnit: 'percent', risk: '0.5' } as const;
  expect(riskAmount(percent, '100000.10')).toBe('500.0005');
  expect(riskAmount({ ...percent, risk: '0.1' }, '0.000000000000000999')).toBe('0');
  expect(riskAmount(percent, null)).toBeNull();
  expect(riskAmount(FIELDS, null)).toBe('50');
});

test('the plan is sent as it is typed, without blanks', () => {
  expect(planOf('bybit.linear:BTCUSDT', { ...FIELDS, stop: ' 63846.1 ' }, '0.15')).toEqual({
    instrument: 'bybit.linear:BTCUSDT',
    direction: 'long',
    entry: { type: 'market' },
    stop: '63846.1',
    takeProfit: { style: 'single', target: '65002.3' },
    quantity: '0.15',
    origin: { kind: 'ticket' },
  });
});
