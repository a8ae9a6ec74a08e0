import { expect, test } from 'vitest';
import { parseSettingKey, parseSettingValue, SETTING_KEYS, settingOf } from './system-settings.ts';

test.each(SETTING_KEYS)('%s says what it is, and its fallback is a value it takes', (key) => {
  const { fallback, unit, does, range } = settingOf(key);
  expect(parseSettingValue(key, fallback)).toBe(fallback);
  expect(unit.length).toBeGreaterThan(1);
  expect(does.length).toBeGreaterThan(20);
  const [least = '', most = ''] = /from (\S+) to (\S+)$/.exec(range)?.slice(1) ?? [];
  for (const bound of [least, most]) {
    expect(parseSettingValue(key, Number(bound))).toBe(Number(bound));
  }
  for (const beyond of [Number(least) - 1, Number(most) + 1, String(fallback), null, Number.NaN]) {
    expect(() => parseSettingValue(key, beyond), String(beyond)).toThrow(
      expect.objectContaining({ code: 'SETTING_INVALID' }),
    );
  }
});

test('what is refused is told with what it may be', () => {
  expect(() => parseSettingValue('gate.position_cap', 2.5)).toThrow(
    'gate.position_cap is a whole number from 0 to 1000 (positions), not 2.5',
  );
  expect(() => parseSettingKey('gate.luck')).toThrow('there are: strategy.soak_days, gate.');
});

test.each(['', 'constructor', '__proto__', 'gate'])('"%s" is no key', (key) => {
  expect(() => parseSettingKey(key)).toThrow(expect.objectContaining({ code: 'SETTING_UNKNOWN' }));
});
