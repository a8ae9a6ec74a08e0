import { alpacaBroker, type Broker, bybitBroker, ibkrBroker } from '@ballast/brokers';
import { type Database, reserveIbkrOrderId } from '@ballast/db';
import type { QuietWindow } from '@ballast/domain';
import type { GatewayConfig } from './config.ts';
import { parseQuietTime, quietWindowAt } from './venue/quiet-time.ts';

export type OpenedBroker = {
  readonly broker: Broker;
  /** The quiet time that is under way, or else the next; null for a venue without one. */
  quietWindow(): QuietWindow | null;
};

/** The adapter that BALLAST_BROKER names. Nothing is connected before its stream is opened. */
export function openBroker(
  config: GatewayConfig,
  parts: {
    readonly db: Pick<Database, 'pool'>;
    readonly now: () => number;
    readonly onBadRow: (code: string, detail: string, raw?: string) => void;
  },
): OpenedBroker {
  const { now, onBadRow } = parts;
  const shared = { account: config.BALLAST_ACCOUNT, now, onBadRow };
  switch (config.BALLAST_BROKER) {
    case 'bybit': {
      const broker = bybitBroker({
        ...shared,
        category: config.BALLAST_BYBIT_CATEGORY,
        key: config.BALLAST_BYBIT_API_KEY,
        secret: config.BALLAST_BYBIT_API_SECRET,
        restUrl: config.BALLAST_BYBIT_REST_URL,
        privateWsUrl: config.BALLAST_BYBIT_PRIVATE_WS_URL,
        coin: config.BALLAST_ACCOUNT_CURRENCY,
      });
      return { broker, quietWindow: () => null };
    }
    case 'alpaca': {
      const broker = alpacaBroker({
        ...shared,
        key: config.BALLAST_ALPACA_API_KEY,
        secret: config.BALLAST_ALPACA_API_SECRET,
        restUrl: config.BALLAST_ALPACA_REST_URL,
        streamUrl: config.BALLAST_ALPACA_STREAM_URL,
        shorting: config.BALLAST_SHORTING,
      });
      return { broker, quietWindow: () => null };
    }
    case 'ibkr':
      return openIbkr(config, shared, parts.db);
    default:
      return config satisfies never;
  }
}

function openIbkr(
  config: Extract<GatewayConfig, { BALLAST_BROKER: 'ibkr' }>,
  shared: Pick<Parameters<typeof ibkrBroker>[0], 'account' | 'now' | 'onBadRow'>,
  db: Pick<Database, 'pool'>,
): OpenedBroker {
  const { account, now } = shared;
  const { BALLAST_IBKR_CLIENT_ID: clientId, BALLAST_IBKR_TIME_ZONE: timeZone } = config;
  const quietTime = parseQuietTime(config.BALLAST_IBKR_QUIET_TIME);
  const windowAt = (at: number): QuietWindow | null => {
    const zone = { timeZone, reason: 'daily restart of TWS' };
    return quietTime === null ? null : quietWindowAt(quietTime, zone, at);
  };
  const broker = ibkrBroker({
    ...shared,
    host: config.BALLAST_IBKR_HOST,
    port: config.BALLAST_IBKR_PORT,
    clientId,
    accountCode: config.BALLAST_IBKR_ACCOUNT ?? null,
    shorting: config.BALLAST_SHORTING,
    timeZone,
    orderIds: {
      reserve: (clientOrderId, atLeast) =>
        reserveIbkrOrderId(db, { account, clientId }, { clientOrderId, atLeast, now: now() }),
    },
    quietWindow(at) {
      const window = windowAt(at);
      return window !== null && window.from <= at;
    },
  });
  return { broker, quietWindow: () => windowAt(now()) };
}
