import { InvalidInput, SETTING_KEYS, settingOf } from '@ballast/domain';
import { expect, test } from 'vitest';
import { gateConfiguration } from './limits.ts';
import { withSettings } from './settings.ts';

const row = { id: '01890000-0000-7000-8000-000000000004' };

test.each([
  [{ spreadMax: -0.1 }, 'spreadMax'],
  [{ cooldownMs: 1.5 }, 'cooldownMs'],
  [{ longRegimes: [] }, 'longRegimes'],
  [{ longRegimes: ['sideways'] }, 'longRegimes'],
  [{ required: ['sizing'] }, 'required'],
  [{ spread: 1 }, 'spread'],
])('limits that are none are named: %j', (limits, name) => {
  const read = (): unknown => gateConfiguration(limits);
  expect(read).toThrow(InvalidInput);
  expect(read).toThrow(name);
});

test("what is set is in the limit's unit, and its row is kept", () => {
  const set = withSettings(gateConfiguration({ cooldownMs: 1 }), [
    { key: 'gate.cooldown_minutes', value: 20, row },
    { key: 'gate.spread_max_bps', value: 7, row },
    { key: 'gate.position_cap', value: 3, row: null },
  ]);
  const { openTradesMax } = gateConfiguration().limits;
  expect(set.limits).toMatchObject({ cooldownMs: 1_200_000, spreadMax: 0.0007, openTradesMax });
  expect(set.settings).toEqual({ cooldownMs: row.id, spreadMax: row.id });
});

test('where nobody has set anything, the built-in limits are what the settings declare', () => {
  const declared = SETTING_KEYS.map((key) => ({ key, value: settingOf(key).fallback, row }));
  const set = withSettings(gateConfiguration(), declared);
  expect(set.limits).toEqual(gateConfiguration().limits);
  const gateKeys = SETTING_KEYS.filter((key) => /^gate\.|soak/.test(key));
  expect(Object.keys(set.settings)).toHaveLength(gateKeys.length);
});
