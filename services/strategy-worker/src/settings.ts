import { parseScaled, QUOTE_STALE_AFTER_MS } from '@ballast/domain';
import { fraction, loadConfig, secret, url } from '@ballast/observability';
import { gateConfiguration } from '@ballast/strategies';
import { z } from 'zod';

/** Share of the equity that one position may be worth at most: ours. */
const NOTIONAL_FRACTION = '0.1';

/** Everything the worker is told through its environment; a fault ends the process with exit 78. */
export function loadSettings() {
  const env = loadConfig({
    BALLAST_DATABASE_URL: url('postgres', 'postgresql'),
    BALLAST_REDIS_URL: url('redis', 'rediss'),
    BALLAST_ACCOUNT: z.string().min(1).max(64),
    BALLAST_MODE: z.enum(['paper', 'live']),
    BALLAST_COMMAND_KEY_STRATEGY_WORKER: secret(),
    BALLAST_STALE_AFTER_MS: z.coerce
      .number()
      .int()
      .min(100)
      .max(60_000)
      .default(QUOTE_STALE_AFTER_MS),
    BALLAST_STRATEGY_COOLDOWN_MS: z.coerce.number().int().min(0).max(86_400_000).default(900_000),
    BALLAST_STRATEGY_RISK_FRACTION: fraction(0.05).default('0.0025'),
  });
  return {
    databaseUrl: env.BALLAST_DATABASE_URL,
    redisUrl: env.BALLAST_REDIS_URL,
    account: env.BALLAST_ACCOUNT,
    mode: env.BALLAST_MODE,
    commandKey: env.BALLAST_COMMAND_KEY_STRATEGY_WORKER,
    gates: gateConfiguration({
      quoteAgeMaxMs: env.BALLAST_STALE_AFTER_MS,
      cooldownMs: env.BALLAST_STRATEGY_COOLDOWN_MS,
    }),
    sizing: {
      riskFraction: parseScaled(env.BALLAST_STRATEGY_RISK_FRACTION),
      notionalFraction: parseScaled(NOTIONAL_FRACTION),
    },
  };
}
