import { loadConfig, secret, url } from '@ballast/observability';
import { z } from 'zod';

const flag = z
  .enum(['true', 'false'])
  .default('false')
  .transform((text) => text === 'true');

/** Finnhub is a feed only: it takes no orders. */
export const VENUES = ['bybit', 'alpaca', 'ibkr', 'finnhub'] as const;
export type VenueName = (typeof VENUES)[number];

const port = z.coerce.number().int().min(0).max(65_535).default(0);

const shape = {
  /** Comma separated; each has an account and markets of its own. */
  BALLAST_SIMULATOR_VENUES: z
    .string()
    .default('bybit')
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(VENUES)).min(1)),
  /** ByBit's, and the control routes'. */
  BALLAST_SIMULATOR_PORT: port,
  BALLAST_SIMULATOR_ALPACA_PORT: port,
  BALLAST_SIMULATOR_TWS_PORT: port,
  BALLAST_SIMULATOR_FINNHUB_PORT: port,
  BALLAST_SIMULATOR_API_KEY: z.string().min(8),
  BALLAST_SIMULATOR_API_SECRET: secret(),
  BALLAST_SIMULATOR_SEED: z.string().default('1'),
  BALLAST_SIMULATOR_REPLAY: z.string().optional(),
  /** File seconds per wall second. */
  BALLAST_SIMULATOR_SPEED: z
    .union([z.literal('auto'), z.coerce.number().positive().max(10_000_000)])
    .default('auto'),
  BALLAST_SIMULATOR_INSTRUMENT: z.string().optional(),
  /** How many contracts the simulated market of ByBit has; without it those that have names. */
  BALLAST_SIMULATOR_INSTRUMENTS: z.coerce.number().int().min(1).max(5_000).optional(),
  BALLAST_SIMULATOR_DATA_DIR: z.string().optional(),
  BALLAST_SIMULATOR_FOLLOW_URL: url('ws', 'wss').optional(),
  BALLAST_BYBIT_PUBLIC_REST_URL: url('http', 'https').optional(),
  BALLAST_INSTRUMENTS: z.string().optional(),
  BALLAST_SIMULATOR_CONTROL: flag,
};

export type SimulatorConfig = z.infer<z.ZodObject<typeof shape>>;

/** A setting, or what it points to, that cannot be used; `variable` is to be named on exit 78. */
export class ConfigFault extends Error {
  readonly variable: string;

  constructor(variable: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ConfigFault';
    this.variable = variable;
  }
}

/** Reads the environment; ends the process with 78 and the variable's name on a fault. */
export function simulatorConfig(): SimulatorConfig {
  return loadConfig(shape);
}

/** Where prices come from. @throws ConfigFault for settings that contradict each other */
export function priceSourceOf(
  config: SimulatorConfig,
):
  | { readonly kind: 'simulated' }
  | { readonly kind: 'replay'; readonly file: string }
  | { readonly kind: 'bybit'; readonly wsUrl: string; readonly restUrl: string } {
  const file = config.BALLAST_SIMULATOR_REPLAY;
  const wsUrl = config.BALLAST_SIMULATOR_FOLLOW_URL;
  if (file !== undefined && wsUrl !== undefined) {
    throw new ConfigFault('BALLAST_SIMULATOR_REPLAY', 'excludes BALLAST_SIMULATOR_FOLLOW_URL');
  }
  if (file !== undefined) return { kind: 'replay', file };
  if (wsUrl === undefined) return { kind: 'simulated' };
  const restUrl = config.BALLAST_BYBIT_PUBLIC_REST_URL;
  if (restUrl !== undefined) return { kind: 'bybit', wsUrl, restUrl };
  throw new ConfigFault('BALLAST_BYBIT_PUBLIC_REST_URL', 'is missing, to follow prices');
}
