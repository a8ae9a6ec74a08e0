import { DAY_MS, type SettingKey } from '@ballast/domain';
import type { GateConfiguration, GateLimits } from './limits.ts';

const MINUTE_MS = 60_000;
const BASIS_POINTS = 10_000;

/** A limit that is one of the platform's settings, in the setting's unit and in the limit's. */
type SetLimit = {
  readonly key: SettingKey;
  readonly limit: keyof GateLimits;
  of(value: number): Partial<GateLimits>;
};

const SET_LIMITS: readonly SetLimit[] = [
  { key: 'strategy.soak_days', limit: 'soakMs', of: (days) => ({ soakMs: days * DAY_MS }) },
  {
    key: 'gate.cooldown_minutes',
    limit: 'cooldownMs',
    of: (minutes) => ({ cooldownMs: minutes * MINUTE_MS }),
  },
  { key: 'gate.position_cap', limit: 'openTradesMax', of: (cap) => ({ openTradesMax: cap }) },
  { key: 'gate.quote_age_max_ms', limit: 'quoteAgeMaxMs', of: (ms) => ({ quoteAgeMaxMs: ms }) },
  { key: 'gate.bar_age_max_ms', limit: 'barAgeMaxMs', of: (ms) => ({ barAgeMaxMs: ms }) },
  {
    key: 'gate.coverage_minutes',
    limit: 'coverageMs',
    of: (minutes) => ({ coverageMs: minutes * MINUTE_MS }),
  },
  {
    key: 'gate.funding_rate_max',
    limit: 'fundingCostMax',
    of: (rate) => ({ fundingCostMax: rate }),
  },
  {
    key: 'gate.spread_max_bps',
    limit: 'spreadMax',
    of: (points) => ({ spreadMax: points / BASIS_POINTS }),
  },
];

/** A setting as it is in force; `row` null where nobody has set it. */
export type SettingValue = {
  readonly key: SettingKey;
  readonly value: number;
  readonly row: { readonly id: string } | null;
};

/** The limits with what was set in their place; where nobody has set one, `configuration` holds. */
export function withSettings(
  configuration: GateConfiguration,
  inForce: readonly SettingValue[],
): GateConfiguration {
  let { limits, settings } = configuration;
  for (const { key, value, row } of inForce) {
    const set = SET_LIMITS.find((one) => one.key === key);
    if (set === undefined || row === null) continue;
    limits = { ...limits, ...set.of(value) };
    settings = { ...settings, [set.limit]: row.id };
  }
  return { limits, settings };
}
