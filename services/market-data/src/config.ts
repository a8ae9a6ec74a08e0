import { InvalidInput } from '@ballast/domain';
import { loadConfig, secret, url } from '@ballast/observability';
import { z } from 'zod';
import { parseKeptMonths } from './retention/kept-months.ts';
import { parseInstrumentChoice } from './universe/instrument-choice.ts';

const parsedBy = <T>(parse: (text: string) => T) =>
  z.string().transform((text, context) => {
    try {
      return parse(text);
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      context.addIssue({ code: 'custom', message: `${error.code}: ${error.message}` });
      return z.NEVER;
    }
  });

const list = <T extends string>(what: z.ZodType<T, string>) =>
  z
    .string()
    .transform((text) => text.split(',').map((one) => one.trim()))
    .pipe(z.array(what).min(1));

const FEEDS = ['bybit', 'finnhub', 'alpaca', 'ibkr'] as const;

const WHATEVER_FEEDS = {
  BALLAST_DATABASE_URL: url('postgres', 'postgresql'),
  BALLAST_REDIS_URL: url('redis', 'rediss'),
  /** What is streamed at the first start; `all`, or ids separated by commas. */
  BALLAST_INSTRUMENTS: parsedBy(parseInstrumentChoice),
  BALLAST_ACCOUNT: z.string().min(1).max(64),
  BALLAST_MODE: z.enum(['paper', 'live']),
  BALLAST_COMMAND_KEY_DASHBOARD: secret(),
  BALLAST_COMMAND_KEY_CLI: secret(),
  /** The operator's folder of files to be imported. */
  BALLAST_IMPORT_DIR: z.string().min(1),
  /** Which sources are listened to; of one instrument the first that is well is on the air. */
  BALLAST_FEEDS: list(z.enum(FEEDS)).default(['bybit']),
  /** Of them, those whose keys no other process has; see `switchedSource`. */
  BALLAST_FEEDS_WITH_OWN_KEY: list(z.enum(FEEDS)).optional(),
  /** Months by timeframe, such as `1m:24,5m:60`; what is not named is kept for good. */
  BALLAST_BARS_KEPT: parsedBy(parseKeptMonths).optional(),
  /** Months of open interest, funding and the like; unset: for good. */
  BALLAST_MICROSTRUCTURE_KEPT: z.coerce.number().int().min(1).max(1_200).optional(),
  /** Months of records of quality. */
  BALLAST_QUALITY_KEPT: z.coerce.number().int().min(1).max(1_200).default(3),
};

const BYBIT = {
  BALLAST_BYBIT_PUBLIC_WS_URL: url('ws', 'wss'),
  BALLAST_BYBIT_PUBLIC_REST_URL: url('http', 'https'),
};
const FINNHUB = {
  BALLAST_FINNHUB_WS_URL: url('ws', 'wss').default('wss://ws.finnhub.io'),
  /** Separated by commas; each carries 50 symbols. */
  BALLAST_FINNHUB_KEYS: list(z.string().min(8)),
};
const ALPACA = {
  BALLAST_ALPACA_DATA_WS_URL: url('ws', 'wss').default('wss://stream.data.alpaca.markets'),
  BALLAST_ALPACA_DATA_REST_URL: url('http', 'https').default('https://data.alpaca.markets'),
  /** Where what may be traded is listed. */
  BALLAST_ALPACA_REST_URL: url('http', 'https'),
  BALLAST_ALPACA_DATA_FEED: z.enum(['iex', 'sip']).default('iex'),
  BALLAST_ALPACA_API_KEY: z.string().min(8),
  BALLAST_ALPACA_API_SECRET: secret(),
};
const IBKR = {
  BALLAST_IBKR_HOST: z.string().min(1),
  BALLAST_IBKR_PORT: z.coerce.number().int().min(1).max(65_535),
  /** Another than the gateway's; the four after it are this service's too, see `IbkrSettings`. */
  BALLAST_IBKR_DATA_CLIENT_ID: z.coerce.number().int().min(1).max(999_995),
  /** Market-data lines of the login. */
  BALLAST_IBKR_LINES: z.coerce.number().int().min(2).max(10_000).default(100),
};

type ConfigOf<Shape extends z.ZodRawShape> = z.infer<z.ZodObject<Shape>>;

export type MarketDataConfig = ConfigOf<typeof WHATEVER_FEEDS> & {
  readonly bybit: ConfigOf<typeof BYBIT> | null;
  readonly finnhub: ConfigOf<typeof FINNHUB> | null;
  readonly alpaca: ConfigOf<typeof ALPACA> | null;
  readonly ibkr: ConfigOf<typeof IBKR> | null;
};

/** Checked once, before anything is opened; ends the process with 78 and each faulty name. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): MarketDataConfig {
  const whatever = loadConfig(WHATEVER_FEEDS, env);
  const feeds = new Set(whatever.BALLAST_FEEDS);
  return {
    ...whatever,
    bybit: feeds.has('bybit') ? loadConfig(BYBIT, env) : null,
    finnhub: feeds.has('finnhub') ? loadConfig(FINNHUB, env) : null,
    alpaca: feeds.has('alpaca') ? loadConfig(ALPACA, env) : null,
    ibkr: feeds.has('ibkr') ? loadConfig(IBKR, env) : null,
  };
}
