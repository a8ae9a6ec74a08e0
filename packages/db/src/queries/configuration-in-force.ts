import { parseSettingValue, SETTING_KEYS, type SettingKey, settingOf } from '@ballast/domain';
import { and, asc, desc, eq, gt, lte } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { strategyConfigurations, systemSettings } from '../tables/supervisor.ts';

export type SettingRow = typeof systemSettings.$inferSelect;
/** The parameters of a strategy, with who set them, when, why and from when on. */
export type StrategyConfigurationRow = typeof strategyConfigurations.$inferSelect;

/** `row` is null where nobody has set it: then its declared fallback holds. */
export type SettingInForce = {
  readonly key: SettingKey;
  readonly value: number;
  readonly row: SettingRow | null;
};

export type SystemSettings = {
  /** In the order of their declaration. */
  readonly all: readonly SettingInForce[];
  inForce(key: SettingKey): SettingInForce;
};

/** Of several changes from one moment on, the one that was written last is in force. */
const NEWEST_SETTING = [desc(systemSettings.effectiveFrom), desc(systemSettings.seq)];
const NEWEST_CONFIGURATION = [
  desc(strategyConfigurations.effectiveFrom),
  desc(strategyConfigurations.seq),
];

/**
 * Every declared setting as it is in force at `at` (epoch ms).
 * @throws InvalidInput SETTING_INVALID for a stored value that this build does not take
 */
export async function systemSettingsInForce(
  db: Pick<Database, 'selectDistinctOn'>,
  at: number,
): Promise<SystemSettings> {
  const rows = await db
    .selectDistinctOn([systemSettings.key])
    .from(systemSettings)
    .where(lte(systemSettings.effectiveFrom, at))
    .orderBy(systemSettings.key, ...NEWEST_SETTING);
  const stored = new Map(rows.map((row) => [row.key, row]));
  const inForce = (key: SettingKey): SettingInForce => {
    const row = stored.get(key) ?? null;
    const value = row === null ? settingOf(key).fallback : parseSettingValue(key, row.value);
    return { key, value, row };
  };
  return { all: SETTING_KEYS.map(inForce), inForce };
}

/** What a setting was set to, in the order in which it was said. */
export async function settingHistory(db: Database, key: SettingKey): Promise<SettingRow[]> {
  return db
    .select()
    .from(systemSettings)
    .where(eq(systemSettings.key, key))
    .orderBy(asc(systemSettings.seq));
}

/** Changes of settings that take effect after `at`, the first of them first. */
export async function settingsToCome(db: Database, at: number): Promise<SettingRow[]> {
  return db
    .select()
    .from(systemSettings)
    .where(gt(systemSettings.effectiveFrom, at))
    .orderBy(asc(systemSettings.effectiveFrom), asc(systemSettings.seq));
}

/** The parameters in force at `at` (epoch ms); null: the strategy's own defaults are. */
export async function strategyParametersInForce(
  db: Database,
  strategy: string,
  at: number,
): Promise<StrategyConfigurationRow | null> {
  const [row] = await db
    .select()
    .from(strategyConfigurations)
    .where(
      and(
        eq(strategyConfigurations.strategy, strategy),
        lte(strategyConfigurations.effectiveFrom, at),
      ),
    )
    .orderBy(...NEWEST_CONFIGURATION)
    .limit(1);
  return row ?? null;
}

/** The parameters in force at `at` (epoch ms) of every strategy that has any set. */
export async function allParametersInForce(
  db: Database,
  at: number,
): Promise<StrategyConfigurationRow[]> {
  return db
    .selectDistinctOn([strategyConfigurations.strategy])
    .from(strategyConfigurations)
    .where(lte(strategyConfigurations.effectiveFrom, at))
    .orderBy(strategyConfigurations.strategy, ...NEWEST_CONFIGURATION);
}

/** What the parameters of a strategy were set to, in the order in which it was said. */
export async function strategyParametersHistory(
  db: Database,
  strategy: string,
): Promise<StrategyConfigurationRow[]> {
  return db
    .select()
    .from(strategyConfigurations)
    .where(eq(strategyConfigurations.strategy, strategy))
    .orderBy(asc(strategyConfigurations.seq));
}
