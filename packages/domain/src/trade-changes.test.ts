import { expect, test } from 'vitest';
import { CHANGE_BODIES } from './trade-changes.ts';

const ONE = 10n ** 18n;
const base = { tradeId: '01936c1e-0000-7000-8000-000000000001', reason: 'half way' };

test('levels, quantities and fractions are exact after reading', () => {
  const { moveStop, scaleOut } = CHANGE_BODIES;
  expect(moveStop.parse({ ...base, level: '99.5' }).level).toBe((995n * ONE) / 10n);
  expect(moveStop.parse({ ...base, level: 'breakEven' }).level).toBe('breakEven');
  expect(scaleOut.parse({ ...base, quantity: '0.25' })).toMatchObject({ quantity: ONE / 4n });
  expect(scaleOut.parse({ ...base, fraction: '1' })).toMatchObject({ fraction: ONE });
});

test.each([
  ['a stop at zero', 'moveStop', { level: '0' }],
  ['a stop in words', 'moveStop', { level: 'break even' }],
  ['no level', 'moveStop', {}],
  ['no quantity', 'scaleOut', {}],
  ['nothing of it', 'scaleOut', { quantity: '0' }],
  ['a negative quantity', 'scaleOut', { quantity: '-1' }],
  ['quantity and fraction', 'scaleOut', { quantity: '1', fraction: '0.5' }],
  ['no part at all', 'scaleOut', { fraction: '0' }],
  ['more than all', 'scaleOut', { fraction: '1.01' }],
  ['a number', 'scaleOut', { fraction: 0.5 }],
] as const)('%s is refused', (_what, type, change) => {
  expect(CHANGE_BODIES[type].safeParse({ ...base, ...change }).success).toBe(false);
});

test('every change says why', () => {
  for (const [type, body] of Object.entries(CHANGE_BODIES)) {
    const { reason: _reason, ...rest } = { ...base, level: '1', quantity: '1' };
    expect(body.safeParse(rest).success, type).toBe(false);
  }
});
