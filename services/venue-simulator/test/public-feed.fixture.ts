import { decode, encode } from '@msgpack/msgpack';
import { EventName, TickByTickDataType } from '@stoqey/ib';
import { expect, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import type { VenueName } from '../src/config.ts';
import type { AnyFaultName } from '../src/fault-meanings.ts';
import type { OpenedVenue } from '../src/opened-venue.ts';
import { moveMarket } from '../src/venue.ts';
import { fieldOf, textOf, WAIT } from './fault-kit.fixture.ts';
import { control, KEY, open, type Opened, SECRET } from './simulator.fixture.ts';
import { AAPL, clientOf, next } from './tws.fixture.ts';

/** A public trade as a client read it; `at` in ms, whole seconds at TWS. */
export type Heard = { readonly price: number; readonly size: number; readonly at: number };

/** A client of one venue's public feed, without any of the platform's own code. */
export type PublicClient = {
  readonly trades: Heard[];
  /** Messages that are no trade, by their kind. */
  readonly others: { readonly kind: string; readonly body: unknown }[];
  /** Frames that could not be read. */
  unreadable(): number;
  breaks(): number;
  connect(): Promise<void>;
  ping(): void;
  pongs(): number;
};

export type PublicKit = PublicClient & {
  readonly simulator: Opened;
  readonly opened: OpenedVenue;
  /** Walks the market up by so many ticks, each of them a trade; gives the prices. */
  move(ticks: number): number[];
  fault(fault: AnyFaultName, more?: object): Promise<void>;
  clear(): Promise<void>;
  counted(fault: AnyFaultName): number;
};

export type PublicVenue = {
  readonly name: VenueName;
  readonly symbol: string;
  client(simulator: Opened): PublicClient;
};

/** A simulator whose market stands still until it is moved, and a client that listens. */
export async function openPublicKit({ name, symbol, client }: PublicVenue): Promise<PublicKit> {
  const simulator = await open({
    BALLAST_SIMULATOR_VENUES: [name],
    BALLAST_SIMULATOR_INSTRUMENTS: 1,
  });
  const door = name === 'bybit' ? simulator.urls.rest : textOf(simulator.info, 'controlUrl');
  const opened = simulator.venues.get(name);
  const market = opened?.venue.markets.get(symbol);
  if (opened === undefined || market === undefined) throw new Error(`${name} is not open`);
  const post = (body: object): Promise<void> => control(door, body, `/control?venue=${name}`);
  await post({ action: 'freezePrices' });
  const its = client(simulator);
  await its.connect();
  const tick = Number(market.instrument.tickSize) / 1e18;
  return {
    ...its,
    simulator,
    opened,
    move(ticks) {
      const from = market.lastTick.priceTicks;
      moveMarket(opened.venue, market, from + ticks, Date.now());
      return Array.from({ length: ticks }, (_none, index) =>
        Number(((from + index + 1) * tick).toFixed(8)),
      );
    },
    fault: (fault, more = {}) => post({ fault, ...more }),
    clear: () => post({ clear: 'all' }),
    counted: (fault) => opened.plan.counts.get(fault) ?? 0,
  };
}

type Reader = (data: Buffer) => readonly Record<string, unknown>[] | null;

/** Over a bare socket. `login` is sent at the opening; connected once `isReady` holds. */
function socketClient(options: {
  readonly url: string;
  readonly login: readonly (string | Uint8Array)[];
  readonly read: Reader;
  readonly tradeOf: (message: Record<string, unknown>) => Heard | null;
  readonly isReady: (others: PublicClient['others']) => boolean;
}): PublicClient {
  const trades: Heard[] = [];
  const others: { kind: string; body: unknown }[] = [];
  const seen = { unreadable: 0, breaks: 0, pongs: 0 };
  let socket: WebSocket | null = null;
  const accept = (message: Record<string, unknown>): void => {
    const trade = options.tradeOf(message);
    const kind = textOf(message, 'T') || textOf(message, 'type') || textOf(message, 'op');
    if (trade === null) others.push({ kind, body: message });
    else if (Number.isFinite(trade.price)) trades.push(trade);
    else seen.unreadable += 1;
  };
  return {
    trades,
    others,
    unreadable: () => seen.unreadable,
    breaks: () => seen.breaks,
    pongs: () => seen.pongs,
    ping: () => socket?.ping(),
    async connect() {
      const fresh = new WebSocket(options.url, { perMessageDeflate: false });
      onTestFinished(() => fresh.terminate());
      others.length = 0;
      fresh.on('error', () => undefined);
      fresh.on('pong', () => (seen.pongs += 1));
      fresh.on('close', () => (seen.breaks += 1));
      fresh.on('message', (data: Buffer) => {
        const messages = options.read(data);
        if (messages === null) seen.unreadable += 1;
        else messages.forEach(accept);
      });
      await new Promise((resolve) => fresh.once('open', resolve));
      for (const frame of options.login) fresh.send(frame);
      await expect.poll(() => options.isReady(others), WAIT).toBe(true);
      socket = fresh;
    },
  };
}

function readJson(data: Buffer): Record<string, unknown>[] | null {
  try {
    const parsed: unknown = JSON.parse(data.toString('utf8'));
    const items = fieldOf(parsed, 'data');
    if (!isObject(parsed)) return null;
    return Array.isArray(items) ? items.filter(isObject) : [parsed];
  } catch {
    return null;
  }
}

function readMsgpack(data: Buffer): Record<string, unknown>[] | null {
  try {
    const decoded: unknown = decode(data);
    return Array.isArray(decoded) ? decoded.filter(isObject) : null;
  } catch {
    return null;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const numberOf = (value: unknown): number =>
  typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN;

export const BYBIT: PublicVenue = {
  name: 'bybit',
  symbol: 'BTCUSDT',
  client: ({ urls }) =>
    socketClient({
      url: urls.publicWs,
      login: [JSON.stringify({ op: 'subscribe', args: ['publicTrade.BTCUSDT'] })],
      read: readJson,
      isReady: (others) => others.some(({ kind }) => kind === 'subscribe'),
      tradeOf: (item) =>
        'BT' in item
          ? { price: numberOf(item['p']), size: numberOf(item['v']), at: numberOf(item['T']) }
          : null,
    }),
};

export const ALPACA: PublicVenue = {
  name: 'alpaca',
  symbol: 'AAPL',
  client: ({ info }) =>
    socketClient({
      url: textOf(info, 'alpacaDataStreamUrl'),
      login: [
        encode({ action: 'auth', key: KEY, secret: SECRET }),
        encode({ action: 'subscribe', trades: ['AAPL'], updatedBars: ['AAPL'] }),
      ],
      read: readMsgpack,
      isReady: (others) => others.some(({ kind }) => kind === 'subscription'),
      tradeOf: (item) =>
        item['T'] === 't'
          ? { price: numberOf(item['p']), size: numberOf(item['s']), at: timeOf(item['t']) }
          : null,
    }),
};

const timeOf = (value: unknown): number => (value instanceof Date ? value.getTime() : Number.NaN);

export const FINNHUB: PublicVenue = {
  name: 'finnhub',
  symbol: 'AAPL',
  client: ({ info }) =>
    socketClient({
      url: `${textOf(info, 'finnhubWsUrl')}/?token=${KEY}`,
      // Nothing acknowledges a subscription: the error that follows it says that it was read.
      login: [JSON.stringify({ type: 'subscribe', symbol: 'AAPL' }), '{"type":"?"}'],
      read: readJson,
      isReady: (others) => others.some(({ kind }) => kind === 'error'),
      tradeOf: (item) =>
        's' in item
          ? { price: numberOf(item['p']), size: numberOf(item['v']), at: numberOf(item['t']) }
          : null,
    }),
};

const REQUEST = 41;

export const IBKR: PublicVenue = {
  name: 'ibkr',
  symbol: 'AAPL',
  client({ info }) {
    const trades: Heard[] = [];
    const seen = { unreadable: 0, breaks: 0, pongs: 0 };
    let ping = (): void => undefined;
    return {
      trades,
      others: [],
      unreadable: () => seen.unreadable,
      breaks: () => seen.breaks,
      pongs: () => seen.pongs,
      ping: () => ping(),
      async connect() {
        const client = clientOf(Number(textOf(info, 'twsPort')));
        const { api } = client;
        api.on(EventName.disconnected, () => (seen.breaks += 1));
        api.on(EventName.currentTime, () => (seen.pongs += 1));
        api.on(EventName.error, () => (seen.unreadable += 1));
        api.on(EventName.tickByTickAllLast, (_id, _type, time, price, size) => {
          const trade = { price, size: Number(size), at: Number(time) * 1_000 };
          if (Number.isFinite(price)) trades.push(trade);
          else seen.unreadable += 1;
        });
        const ready = next(client, EventName.nextValidId);
        api.connect();
        await ready;
        api.reqTickByTickData(REQUEST, AAPL, TickByTickDataType.AllLast, 0, false);
        const answered = next(client, EventName.currentTime);
        api.reqCurrentTime();
        await answered;
        seen.pongs = 0;
        ping = () => void api.reqCurrentTime();
      },
    };
  },
};
