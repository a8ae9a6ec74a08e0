import { z } from 'zod';

/**
 * The three stages of a strategy. `watchlist`: its soak runs, by signals that are made and stored in
 * any case; `buy`: they may open trades; `sell`: its word may close what it has opened. Protective exits
 * ask no switch.
 */
export const STRATEGY_SWITCHES = ['watchlist', 'buy', 'sell'] as const;
export type StrategySwitch = (typeof STRATEGY_SWITCHES)[number];

/** Parameters of one strategy: its schema is stricter. */
const PARAMETERS_MAX = 64;
const NAME = /^[A-Za-z][A-Za-z0-9]{0,63}$/;

const reason = z.string().min(1).max(500);
const strategy = z.string().min(1).max(64);
const value = z.union([z.number(), z.boolean(), z.string().max(200)]);
/** Of a setting or a parameter; what it means, its declaration says. */
export type ConfigurationValue = z.output<typeof value>;
/** From when on it is in force, epoch ms; absent: from its receipt on. */
const from = z.int().positive().optional();

export const strategyParametersWire = z
  .record(z.string().regex(NAME, 'not a name of a parameter'), value)
  .refine((given) => Object.keys(given).length <= PARAMETERS_MAX, {
    error: `more than ${PARAMETERS_MAX} parameters`,
  });
/** What is not named has the default of the strategy. */
export type StrategyParameters = z.output<typeof strategyParametersWire>;

/** Bodies of the commands about configuration that the supervisor carries out. */
export const CONFIGURATION_BODIES = {
  setStrategySwitch: z
    .strictObject({
      strategy,
      switch: z.enum(STRATEGY_SWITCHES),
      on: z.boolean(),
      /** Only to switch `buy` on: although its soak is not over. */
      override: z.boolean().optional(),
      reason,
    })
    .refine((body) => body.override !== true || (body.switch === 'buy' && body.on), {
      error: 'there is something to override only where buy is switched on',
      path: ['override'],
    }),
  /** `value` as the key's declaration wants it: `system-settings.ts`. */
  setSystemSetting: z.strictObject({ key: z.string().min(1).max(64), value, from, reason }),
  /** The whole configuration as it is to be. */
  setStrategyParameters: z.strictObject({
    strategy,
    parameters: strategyParametersWire,
    from,
    reason,
  }),
} as const;

/** Why a change of the configuration was not made. Stable: shown, counted, stored. */
export type ConfigurationRefusal =
  | 'SETTING_UNKNOWN'
  | 'SETTING_INVALID'
  | 'PARAMETERS_INVALID'
  | 'EFFECTIVE_IN_THE_PAST'
  /** The strategy has not been watched for as long as `strategy.soak_days` demands. */
  | 'SOAK_NOT_OVER';
