import type { DatabaseRole } from '@ballast/db';
import type { LaunchOptions } from './options.ts';
import type { Secrets } from './secrets.ts';
import type { ReadyInfo } from './service-process.ts';

/** What a service's environment is made from. */
export interface EnvironmentContext {
  options: LaunchOptions;
  secrets: Secrets;
  databaseUrl(role: DatabaseRole): string;
  redisUrl(user: string): string;
  /** The port that an earlier service told when it became ready. */
  portOf(service: string): number;
  /** A text that an earlier service told when it became ready. */
  toldBy(service: string, name: string): string;
  /** What this service itself told at its last start: it keeps its port when it starts again. */
  previous: ReadyInfo | undefined;
}

export interface ServiceDefinition {
  name: string;
  phase: 2 | 3 | 4;
  /** Path of its main file in the checkout. */
  main: string;
  environment(context: EnvironmentContext): Record<string, string>;
}

export const PHASES = { 1: 'stores', 2: 'market data', 3: 'gateway and workers', 4: 'dashboard' };

/** Takes over when market-data ends; a platform may run without it. */
export const STANDBY = 'market-data-standby';

export const ACCOUNT = 'paper';
export const MODE = 'paper';

/** Real public prices; no key is needed there. */
const BYBIT_PUBLIC = {
  ws: 'wss://stream.bybit.com',
  rest: 'https://api.bybit.com',
};
const BYBIT_INSTRUMENTS = 'bybit.linear:BTCUSDT,bybit.linear:ETHUSDT,bybit.linear:SOLUSDT';

/** Every service, in the order of start. Each gets its own secrets and nobody else's. */
export const SERVICES: readonly ServiceDefinition[] = [
  {
    name: 'venue-simulator',
    phase: 2,
    main: 'services/venue-simulator/src/main.ts',
    environment: ({ options, secrets, previous }) => ({
      BALLAST_SIMULATOR_PORT: samePort(previous),
      BALLAST_SIMULATOR_API_KEY: secrets.get('simulator-api-key'),
      BALLAST_SIMULATOR_API_SECRET: secrets.get('simulator-api-secret'),
      BALLAST_SIMULATOR_SEED: String(options.seed),
      BALLAST_SIMULATOR_DATA_DIR: `${options.dataDir}/venue-simulator`,
      ...(options.speed === undefined ? {} : { BALLAST_SIMULATOR_SPEED: String(options.speed) }),
      ...(options.replay === undefined ? {} : { BALLAST_SIMULATOR_REPLAY: options.replay }),
      ...(options.instrument === undefined
        ? {}
        : { BALLAST_SIMULATOR_INSTRUMENT: options.instrument }),
      ...(options.feed === 'bybit' ? followBybit(options) : {}),
    }),
  },
  {
    name: 'market-data',
    phase: 2,
    main: 'services/market-data/src/main.ts',
    environment: marketData,
  },
  {
    name: 'supervisor',
    phase: 3,
    main: 'services/supervisor/src/main.ts',
    environment: ({ secrets, databaseUrl, redisUrl }) => ({
      BALLAST_DATABASE_URL: databaseUrl('supervisor'),
      BALLAST_REDIS_URL: redisUrl('supervisor'),
      BALLAST_ACCOUNT: ACCOUNT,
      BALLAST_MODE: MODE,
      BALLAST_COMMAND_KEY_DASHBOARD: secrets.get('command-key-dashboard'),
      BALLAST_COMMAND_KEY_CLI: secrets.get('command-key-cli'),
    }),
  },
  {
    name: 'order-gateway',
    phase: 3,
    main: 'services/order-gateway/src/main.ts',
    environment: ({ secrets, databaseUrl, redisUrl, portOf, toldBy }) => ({
      BALLAST_DATABASE_URL: databaseUrl('order-gateway'),
      BALLAST_REDIS_URL: redisUrl('order-gateway'),
      BALLAST_ACCOUNT: ACCOUNT,
      BALLAST_MODE: MODE,
      BALLAST_ACCOUNT_CURRENCY: toldBy('venue-simulator', 'accountCurrency'),
      BALLAST_BYBIT_REST_URL: `http://127.0.0.1:${portOf('venue-simulator')}`,
      BALLAST_BYBIT_PRIVATE_WS_URL: `ws://127.0.0.1:${portOf('venue-simulator')}/v5/private`,
      BALLAST_BYBIT_API_KEY: secrets.get('simulator-api-key'),
      BALLAST_BYBIT_API_SECRET: secrets.get('simulator-api-secret'),
      BALLAST_COMMAND_KEY_DASHBOARD: secrets.get('command-key-dashboard'),
      BALLAST_COMMAND_KEY_STRATEGY_WORKER: secrets.get('command-key-strategy-worker'),
      BALLAST_COMMAND_KEY_CLI: secrets.get('command-key-cli'),
    }),
  },
  {
    name: 'strategy-worker',
    phase: 3,
    main: 'services/strategy-worker/src/main.ts',
    environment: ({ secrets, databaseUrl, redisUrl }) => ({
      BALLAST_DATABASE_URL: databaseUrl('strategy-worker'),
      BALLAST_REDIS_URL: redisUrl('strategy-worker'),
      BALLAST_ACCOUNT: ACCOUNT,
      BALLAST_MODE: MODE,
      BALLAST_COMMAND_KEY_STRATEGY_WORKER: secrets.get('command-key-strategy-worker'),
    }),
  },
  {
    name: 'backtester',
    phase: 3,
    main: 'services/backtester/src/service/main.ts',
    environment: ({ secrets, databaseUrl, redisUrl }) => ({
      BALLAST_DATABASE_URL: databaseUrl('backtester'),
      BALLAST_REDIS_URL: redisUrl('backtester'),
      BALLAST_ACCOUNT: ACCOUNT,
      BALLAST_MODE: MODE,
      BALLAST_COMMAND_KEY_DASHBOARD: secrets.get('command-key-dashboard'),
      BALLAST_COMMAND_KEY_CLI: secrets.get('command-key-cli'),
    }),
  },
  {
    name: 'dashboard',
    phase: 4,
    main: 'services/dashboard/server/src/main.ts',
    environment: ({ options, secrets, databaseUrl, redisUrl, previous }) => ({
      BALLAST_DATABASE_URL: databaseUrl('dashboard'),
      BALLAST_REDIS_URL: redisUrl('dashboard'),
      BALLAST_DASHBOARD_HOST: '127.0.0.1',
      BALLAST_DASHBOARD_PORT: previous === undefined ? String(options.port) : samePort(previous),
      BALLAST_LOGIN_KEY: secrets.get('login-key'),
      BALLAST_COMMAND_KEY_DASHBOARD: secrets.get('command-key-dashboard'),
      BALLAST_ACCOUNT: ACCOUNT,
      BALLAST_MODE: MODE,
      BALLAST_PRICE_SOURCE: priceSource(options),
    }),
  },
  {
    name: STANDBY,
    phase: 4,
    main: 'services/market-data/src/main.ts',
    environment: marketData,
  },
];

/** Both processes of market-data are told the same: which of them is active, they find out. */
function marketData({
  options,
  secrets,
  databaseUrl,
  redisUrl,
  portOf,
}: EnvironmentContext): Record<string, string> {
  const simulator = `127.0.0.1:${portOf('venue-simulator')}`;
  const real = options.feed === 'bybit';
  return {
    BALLAST_DATABASE_URL: databaseUrl('market-data'),
    BALLAST_REDIS_URL: redisUrl('market-data'),
    BALLAST_ACCOUNT: ACCOUNT,
    BALLAST_MODE: MODE,
    BALLAST_COMMAND_KEY_DASHBOARD: secrets.get('command-key-dashboard'),
    BALLAST_COMMAND_KEY_CLI: secrets.get('command-key-cli'),
    BALLAST_IMPORT_DIR: `${options.dataDir}/import`,
    BALLAST_BYBIT_PUBLIC_WS_URL: real ? BYBIT_PUBLIC.ws : `ws://${simulator}`,
    BALLAST_BYBIT_PUBLIC_REST_URL: real ? BYBIT_PUBLIC.rest : `http://${simulator}`,
    BALLAST_INSTRUMENTS: real ? (options.instrument ?? BYBIT_INSTRUMENTS) : 'all',
    ...(real ? operatorFeeds() : {}),
  };
}

/** The port of the last run, which others were told; any free one at the first start. */
function samePort(previous: ReadyInfo | undefined): string {
  const port = previous?.['port'];
  return typeof port === 'number' ? String(port) : '0';
}

/** With real prices the simulator fills orders at those prices. */
function followBybit(options: LaunchOptions): Record<string, string> {
  return {
    BALLAST_SIMULATOR_FOLLOW_URL: BYBIT_PUBLIC.ws,
    BALLAST_BYBIT_PUBLIC_REST_URL: BYBIT_PUBLIC.rest,
    BALLAST_INSTRUMENTS: bybitOnly(options.instrument) ?? BYBIT_INSTRUMENTS,
  };
}

/** The simulator follows ByBit alone, whatever else is listened to. */
function bybitOnly(instruments: string | undefined): string | undefined {
  const own = instruments?.split(',').filter((id) => id.trim().startsWith('bybit.'));
  return own === undefined || own.length === 0 ? undefined : own.join(',');
}

const FEED_VARIABLE = /^BALLAST_(FEEDS$|FINNHUB_|ALPACA_|IBKR_)/;

/** Sources beside ByBit, with their keys, as the operator has set them: for market-data alone. */
function operatorFeeds(): Record<string, string> {
  const feeds: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (FEED_VARIABLE.test(name) && value !== undefined) feeds[name] = value;
  }
  return feeds;
}

function priceSource(options: LaunchOptions): string {
  if (options.feed === 'bybit') return 'bybit';
  return options.replay === undefined ? 'simulated' : 'replay';
}
