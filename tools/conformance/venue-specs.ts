import { alpacaBroker, type Broker, bybitBroker, ibkrBroker } from '@ballast/brokers';
import type { VenueFacts } from '@ballast/brokers/conformance';
import { instrumentId, type InstrumentId } from '@ballast/domain';
import type { WordChange } from './proxy.ts';

export const VENUES = ['bybit', 'alpaca', 'ibkr'] as const;
export type VenueName = (typeof VENUES)[number];

export type Login = { readonly key: string; readonly secret: string };

/** What the kit has to be told of each simulated venue. */
export type VenueSpec = {
  readonly instrument: InstrumentId;
  readonly tickSize: string;
  readonly quantity: string;
  /** Where each case begins. */
  readonly price: string;
  readonly facts: VenueFacts;
  /** Which of the simulator's addresses ends with the port that adapters connect to. */
  readonly portName: string;
  readonly oddWord: WordChange;
  isPlacement(request: { readonly method: string; readonly path: string }): boolean;
  open(to: { readonly port: number } & Login, said: (text: string) => void): Broker;
  /** One that the venue does not know. */
  openStranger(to: { readonly port: number }, said: (text: string) => void): Broker;
};

const FACTS = {
  answersHttp: true,
  checksClock: false,
  keysExpire: true,
  corrects: true,
  countsInSession: false,
  holdsForExits: false,
} as const satisfies VenueFacts;

const ACCOUNT = 'conformance';
/** Of nobody, and to be seen nowhere. */
export const STRANGER: Login = {
  key: 'canaryKeyOfAStranger01',
  secret: 'canarySecretOfAStranger0123456789abcdef',
};

const bybit = (
  { port, key, secret }: { port: number } & Login,
  said: (text: string) => void,
): Broker =>
  bybitBroker({
    account: ACCOUNT,
    category: 'linear',
    key,
    secret,
    restUrl: `http://127.0.0.1:${port}`,
    privateWsUrl: `ws://127.0.0.1:${port}/v5/private`,
    coin: 'USDT',
    now: () => Date.now(),
    onBadRow: (code, detail) => said(`${code} ${detail}`),
  });

const alpaca = (
  { port, key, secret }: { port: number } & Login,
  said: (text: string) => void,
): Broker =>
  alpacaBroker({
    account: ACCOUNT,
    key,
    secret,
    restUrl: `http://127.0.0.1:${port}`,
    streamUrl: `ws://127.0.0.1:${port}/stream`,
    shorting: true,
    onBadRow: (code, detail) => said(`${code} ${detail}`),
  });

/** Durable as long as the run: all adapters of it share the numbers. */
function orderNumbers() {
  const given = new Map<string, number>();
  let last = 0;
  return {
    async reserve(clientOrderId: string, atLeast: number): Promise<number> {
      const number = given.get(clientOrderId) ?? Math.max(last + 1, atLeast);
      given.set(clientOrderId, number);
      last = Math.max(last, number);
      return number;
    },
  };
}

const NUMBERS = orderNumbers();
const CLIENT_ID = 7;

const ibkr = (
  { port, accountCode }: { port: number; accountCode: string | null },
  said: (text: string) => void,
): Broker =>
  ibkrBroker({
    account: ACCOUNT,
    host: '127.0.0.1',
    port,
    clientId: CLIENT_ID,
    accountCode,
    shorting: true,
    timeZone: 'UTC',
    orderIds: NUMBERS,
    // The case before may not have left yet.
    timing: { retryRefusedMs: 250 },
    now: () => Date.now(),
    onBadRow: (code, detail) => said(`${code} ${detail}`),
  });

export const SPECS: Readonly<Record<VenueName, VenueSpec>> = {
  bybit: {
    instrument: instrumentId('bybit', 'linear', 'BTCUSDT'),
    tickSize: '0.1',
    quantity: '0.01',
    price: '96500',
    facts: { ...FACTS, checksClock: true, corrects: false },
    portName: 'port',
    oddWord: { from: '"orderStatus":"New"', to: '"orderStatus":"Odd"' },
    isPlacement: ({ path }) => path === '/v5/order/create',
    open: bybit,
    openStranger: ({ port }, said) => bybit({ port, ...STRANGER }, said),
  },
  alpaca: {
    instrument: instrumentId('alpaca', 'stock', 'AAPL'),
    tickSize: '0.01',
    quantity: '10',
    price: '228.5',
    facts: { ...FACTS, holdsForExits: true },
    portName: 'alpacaPort',
    oddWord: { from: '"status":"new"', to: '"status":"odd"' },
    isPlacement: ({ method, path }) => method === 'POST' && path === '/v2/orders',
    open: alpaca,
    openStranger: ({ port }, said) => alpaca({ port, ...STRANGER }, said),
  },
  ibkr: {
    instrument: instrumentId('ibkr', 'stock', 'AAPL'),
    tickSize: '0.01',
    quantity: '10',
    price: '228.5',
    facts: { ...FACTS, answersHttp: false, keysExpire: false, countsInSession: true },
    portName: 'twsPort',
    oddWord: { from: 'Submitted', to: 'Subnitted' },
    isPlacement: ({ path }) => /place/i.test(path),
    open: ({ port }, said) => ibkr({ port, accountCode: null }, said),
    openStranger: ({ port }, said) => ibkr({ port, accountCode: 'DU9999999' }, said),
  },
};
