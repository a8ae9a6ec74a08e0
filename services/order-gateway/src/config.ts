import { secret, url } from '@ballast/observability';
import { z } from 'zod';

/** Everything the gateway is told; checked once, before anything is opened. */
export const CONFIG = {
  BALLAST_DATABASE_URL: url('postgres', 'postgresql'),
  BALLAST_REDIS_URL: url('redis', 'rediss'),
  BALLAST_ACCOUNT: z.string().min(1).max(64),
  BALLAST_MODE: z.enum(['paper', 'live']),
  BALLAST_BYBIT_REST_URL: url('http', 'https'),
  BALLAST_BYBIT_PRIVATE_WS_URL: url('ws', 'wss'),
  BALLAST_BYBIT_API_KEY: z.string().min(8),
  BALLAST_BYBIT_API_SECRET: secret(),
  BALLAST_COMMAND_KEY_DASHBOARD: secret(),
  BALLAST_COMMAND_KEY_STRATEGY_WORKER: secret(),
  BALLAST_COMMAND_KEY_CLI: secret(),
  /** Settlement coin of the account. */
  BALLAST_ACCOUNT_CURRENCY: z.string().min(2).default('USDT'),
  /** Pause between two sweeps of the venue. */
  BALLAST_SWEEP_EVERY_MS: z.coerce.number().int().min(200).default(10_000),
};
