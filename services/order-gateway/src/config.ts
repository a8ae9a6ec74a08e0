import { loadConfig, secret, url } from '@ballast/observability';
import { BRAKE_COOLING_MS } from '@ballast/order-core';
import { z } from 'zod';
import { parseQuietTime } from './venue/quiet-time.ts';

const flag = z
  .enum(['true', 'false'])
  .default('false')
  .transform((text) => text === 'true');

/** Whatever the venue. */
export const CONFIG = {
  BALLAST_DATABASE_URL: url('postgres', 'postgresql'),
  BALLAST_REDIS_URL: url('redis', 'rediss'),
  BALLAST_ACCOUNT: z.string().min(1).max(64),
  BALLAST_MODE: z.enum(['paper', 'live']),
  BALLAST_COMMAND_KEY_DASHBOARD: secret(),
  BALLAST_COMMAND_KEY_STRATEGY_WORKER: secret(),
  BALLAST_COMMAND_KEY_CLI: secret(),
  /** Settlement coin of the account. */
  BALLAST_ACCOUNT_CURRENCY: z
    .string()
    .regex(/^[A-Z0-9]{2,10}$/, 'must be a currency such as USDT')
    .default('USDT'),
  /** From the verified flat on, how long nothing lifts the brake. */
  BALLAST_BRAKE_COOLING_MS: z.coerce.number().int().min(1_000).default(BRAKE_COOLING_MS),
  /** Where incidents are posted as JSON; unset, nobody is paged. */
  BALLAST_PAGE_URL: url('http', 'https').optional(),
  /** Pause between two sweeps of the venue. */
  BALLAST_SWEEP_EVERY_MS: z.coerce.number().int().min(200).default(10_000),
};

const BYBIT = {
  BALLAST_BROKER: z.literal('bybit').default('bybit'),
  BALLAST_BYBIT_CATEGORY: z.enum(['linear', 'spot']).default('linear'),
  BALLAST_BYBIT_REST_URL: url('http', 'https'),
  BALLAST_BYBIT_PRIVATE_WS_URL: url('ws', 'wss'),
  BALLAST_BYBIT_API_KEY: z.string().min(8),
  BALLAST_BYBIT_API_SECRET: secret(),
};

const ALPACA = {
  BALLAST_BROKER: z.literal('alpaca'),
  BALLAST_ALPACA_REST_URL: url('http', 'https'),
  BALLAST_ALPACA_STREAM_URL: url('ws', 'wss'),
  BALLAST_ALPACA_API_KEY: z.string().min(8),
  BALLAST_ALPACA_API_SECRET: secret(),
  /** May the account go short? */
  BALLAST_SHORTING: flag,
};

const IBKR = {
  BALLAST_BROKER: z.literal('ibkr'),
  BALLAST_IBKR_HOST: z.string().min(1),
  BALLAST_IBKR_PORT: z.coerce.number().int().min(1).max(65_535),
  /** The same at each start: order numbers belong to it. 0 would also get orders made by hand. */
  BALLAST_IBKR_CLIENT_ID: z.coerce.number().int().min(1).max(999_999),
  /** Unset: the only account of the login. */
  BALLAST_IBKR_ACCOUNT: z.string().optional(),
  BALLAST_IBKR_TIME_ZONE: z
    .string()
    .refine(isTimeZone, 'must be a time zone such as America/New_York')
    .default('America/New_York'),
  /** When TWS or IB Gateway restarts each day, in its time zone. */
  BALLAST_IBKR_QUIET_TIME: z
    .string()
    .refine((text) => parseQuietTime(text) !== null, 'must be times such as 23:40-00:10')
    .default('23:40-00:10'),
  BALLAST_SHORTING: flag,
};

const SHAPES = { bybit: BYBIT, alpaca: ALPACA, ibkr: IBKR };
type ConfigOf<Venue> = z.infer<z.ZodObject<typeof CONFIG & Venue>>;

/** Everything the gateway is told, with the variables of the chosen venue and of no other. */
export type GatewayConfig =
  | ConfigOf<typeof BYBIT>
  | ConfigOf<typeof ALPACA>
  | ConfigOf<typeof IBKR>;

/** Checked once, before anything is opened; ends the process with 78 and each faulty name. */
export function gatewayConfig(env: NodeJS.ProcessEnv = process.env): GatewayConfig {
  const { BALLAST_BROKER: broker } = loadConfig(
    { BALLAST_BROKER: z.enum(['bybit', 'alpaca', 'ibkr']).default('bybit') },
    env,
  );
  switch (broker) {
    case 'bybit':
      return loadConfig({ ...CONFIG, ...SHAPES.bybit }, env);
    case 'alpaca':
      return loadConfig({ ...CONFIG, ...SHAPES.alpaca }, env);
    case 'ibkr':
      return loadConfig({ ...CONFIG, ...SHAPES.ibkr }, env);
    default:
      return broker satisfies never;
  }
}

function isTimeZone(name: string): boolean {
  try {
    Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
