import { z } from 'zod';
import { InvalidInput } from './errors.ts';
import { QUOTE_STALE_AFTER_MS, SIGNAL_COVERAGE_MS } from './staleness.ts';

/**
 * When a change of a setting is felt. `running`: by the next decision. `position`: by positions that
 * are opened from then on; one that is open keeps what it was opened with. `start`: by a service
 * that starts from then on.
 */
type SettingChange = 'running' | 'position' | 'start';

type SettingDeclaration = {
  readonly schema: z.ZodType<number>;
  /** What the schema takes, in words. */
  readonly range: string;
  /** In force where nobody has set it. */
  readonly fallback: number;
  readonly unit: string;
  readonly does: string;
  readonly changes: SettingChange;
  /** Of strategy-worker's environment: goes before the fallback where nobody has set the key. */
  readonly variable?: string;
};

const whole = (min: number, max: number) => ({
  schema: z.int().min(min).max(max),
  range: `a whole number from ${min} to ${max}`,
});
const number = (min: number, max: number) => ({
  schema: z.number().min(min).max(max),
  range: `a number from ${min} to ${max}`,
});

/** Every setting of the platform, once. */
export const SYSTEM_SETTINGS = {
  'strategy.soak_days': {
    ...whole(0, 365),
    fallback: 14,
    unit: 'days',
    does: 'so long a strategy is watched before its buy switch may be switched on',
    changes: 'running',
  },
  'gate.cooldown_minutes': {
    ...whole(0, 1_440),
    fallback: 15,
    unit: 'minutes',
    does: 'a strategy that asked for a trade in an instrument waits this long there',
    changes: 'running',
    variable: 'BALLAST_STRATEGY_COOLDOWN_MS',
  },
  'gate.position_cap': {
    ...whole(0, 1_000),
    fallback: 10,
    unit: 'positions',
    does: 'with so many trades open no strategy opens another',
    changes: 'running',
  },
  'gate.quote_age_max_ms': {
    ...whole(100, 60_000),
    fallback: QUOTE_STALE_AFTER_MS,
    unit: 'ms',
    does: 'a signal on an older quote is blocked',
    changes: 'running',
    variable: 'BALLAST_STALE_AFTER_MS',
  },
  'gate.bar_age_max_ms': {
    ...whole(1_000, 3_600_000),
    fallback: 90_000,
    unit: 'ms',
    does: 'a signal whose bar closed longer ago is blocked',
    changes: 'running',
  },
  'gate.coverage_minutes': {
    ...whole(0, 10_080),
    fallback: SIGNAL_COVERAGE_MS / 60_000,
    unit: 'minutes',
    does: 'so far back from a signal no 1-minute bar may be missing',
    changes: 'running',
  },
  'gate.funding_rate_max': {
    ...number(0, 0.02),
    fallback: 0.0005,
    unit: 'part per funding interval',
    does: 'a signal whose side would pay more funding than this is blocked',
    changes: 'running',
  },
  'gate.spread_max_bps': {
    ...number(0, 1_000),
    fallback: 10,
    unit: 'basis points',
    does: 'a signal at a wider spread is blocked',
    changes: 'running',
  },
} as const satisfies Readonly<Record<string, SettingDeclaration>>;

export type SettingKey = keyof typeof SYSTEM_SETTINGS;
export const SETTING_KEYS: readonly SettingKey[] =
  Object.keys(SYSTEM_SETTINGS).filter(isSettingKey);

function isSettingKey(key: string): key is SettingKey {
  return Object.hasOwn(SYSTEM_SETTINGS, key);
}

/** What is declared of a key. */
export function settingOf(key: SettingKey): SettingDeclaration {
  return SYSTEM_SETTINGS[key];
}

/** What is said in the place of who has set it. */
export function neverSetText(key: SettingKey): string {
  const { variable } = settingOf(key);
  return variable === undefined ? 'never set' : `never set: the default, unless ${variable} is set`;
}

/** @throws InvalidInput SETTING_UNKNOWN with the keys that there are */
export function parseSettingKey(key: string): SettingKey {
  if (isSettingKey(key)) return key;
  const known = SETTING_KEYS.join(', ');
  throw new InvalidInput('SETTING_UNKNOWN', `no setting "${key}", there are: ${known}`);
}

/** @throws InvalidInput SETTING_INVALID with what it may be */
export function parseSettingValue(key: SettingKey, value: unknown): number {
  const { schema, range, unit } = settingOf(key);
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const given = JSON.stringify(value) ?? 'nothing';
  throw new InvalidInput('SETTING_INVALID', `${key} is ${range} (${unit}), not ${given}`);
}
