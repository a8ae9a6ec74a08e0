import { tradePlanWire } from '@ballast/domain';
import { expect, test } from 'vitest';
import { fieldFaults } from './field-faults.ts';
import {
  EMPTY_FIELDS,
  entryLevel,
  lastShare,
  type PlanFields,
  riskAmount,
  targetTexts,
} from './plan-fields.ts';
import { planOf } from './plan-of.ts';

const NOW = 1_700_000_000_000;
const FIELDS: PlanFields = {
  ...EMPTY_FIELDS,
  stop: '63846.1',
  target: '65002.3',
  risk: '50',
};
const SCALED: PlanFields = {
  ...FIELDS,
  exitStyle: 'scaled',
  target2: '65500',
  target3: '66000',
  targetCount: 3,
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

test('only the prices that the entry and the way out use are looked at', () => {
  const { stop: _stop, ...rest } = FIELDS;
  const faults = (change: Partial<PlanFields>) =>
    Object.keys(fieldFaults({ ...rest, stop: '1', ...change }, '0.1')).toSorted();
  expect(faults({ entryType: 'stop' })).toEqual(['triggerPrice']);
  expect(faults({ entryType: 'stopLimit' })).toEqual(['entryPrice', 'triggerPrice']);
  expect(faults({ exitStyle: 'scaled', targetCount: 2 })).toEqual(['target2']);
  expect(faults({ exitStyle: 'scaled', targetCount: 3 })).toEqual(['target2', 'target3']);
  expect(faults({ exitStyle: 'trailing' })).toEqual(['trailAmount']);
  expect(faults({ exitStyle: 'trailing', trailBy: 'percent', target: '' })).toEqual([]);
  expect(faults({ exitStyle: 'trailing', trailBy: 'atr' })).toEqual(['trailMultiple']);
});

test('the last target takes the rest, and there must be one', () => {
  expect(lastShare(SCALED)).toBe('20');
  expect(lastShare({ ...SCALED, targetCount: 2 })).toBe('50');
  expect(lastShare({ ...SCALED, share2: 'x' })).toBeNull();
  const faults = fieldFaults({ ...SCALED, share2: '50' }, '0.1');
  expect(faults).toEqual({ share2: 'Leaves nothing for the last' });
});

test('the levels of the chart are those of the plan', () => {
  expect(targetTexts(FIELDS)).toEqual(['65002.3']);
  expect(targetTexts({ ...SCALED, targetCount: 2 })).toEqual(['65002.3', '65500']);
  expect(targetTexts({ ...FIELDS, exitStyle: 'trailing' })).toEqual([]);
  const prices = { entryPrice: '2', triggerPrice: '1' };
  expect(entryLevel({ ...FIELDS, ...prices })).toBeNull();
  expect(entryLevel({ ...FIELDS, ...prices, entryType: 'stop' })).toBe('1');
  expect(entryLevel({ ...FIELDS, ...prices, entryType: 'stopLimit' })).toBe('2');
});

const plan = (fields: PlanFields) => planOf('bybit.linear:BTCUSDT', fields, '0.15', NOW);

test('the plan is sent as it is typed, without blanks', () => {
  expect(plan({ ...FIELDS, stop: ' 63846.1 ', expiresInMinutes: 15 })).toEqual({
    instrument: 'bybit.linear:BTCUSDT',
    direction: 'long',
    entry: { type: 'market' },
    entryExpiresAt: null,
    stop: '63846.1',
    takeProfit: { style: 'single', target: '65002.3' },
    quantity: '0.15',
    origin: { kind: 'ticket' },
  });
});

test('an entry that waits has its time in force, its trigger and its expiry', () => {
  const limit = { ...FIELDS, entryType: 'limit', entryPrice: '64000', postOnly: true } as const;
  expect(plan({ ...limit, expiresInMinutes: 15 })).toMatchObject({
    entry: { type: 'limit', price: '64000', timeInForce: 'gtc', postOnly: true },
    entryExpiresAt: NOW + 900_000,
  });
  expect(plan({ ...limit, timeInForce: 'ioc', expiresInMinutes: 15 })).toMatchObject({
    entry: { timeInForce: 'ioc', postOnly: false },
    entryExpiresAt: null,
  });
  const stop = { ...FIELDS, entryType: 'stopLimit', triggerPrice: '64100', entryPrice: '64110' };
  expect(plan({ ...stop, entryType: 'stopLimit' }).entry).toEqual({
    type: 'stopLimit',
    triggerPrice: '64100',
    price: '64110',
  });
});

test('every plan that is made can be read, whichever way it takes profit', () => {
  expect(tradePlanWire.parse(plan(SCALED)).takeProfit).toMatchObject({
    style: 'scaled',
    breakEvenAfterFirst: true,
    targets: [
      { fraction: 5n * 10n ** 17n },
      { fraction: 3n * 10n ** 17n },
      { fraction: 2n * 10n ** 17n },
    ],
  });
  const thirds = { ...SCALED, share1: '33.33', share2: '33.33' };
  expect(tradePlanWire.safeParse(plan(thirds)).success).toBe(true);
  const trailing = { ...FIELDS, exitStyle: 'trailing', trailAmount: '12', atr: '3.5' } as const;
  for (const trailBy of ['amount', 'percent', 'atr'] as const) {
    const { takeProfit } = tradePlanWire.parse(plan({ ...trailing, trailBy }));
    expect(takeProfit).toMatchObject({ style: 'trailing', distance: { by: trailBy } });
  }
});
