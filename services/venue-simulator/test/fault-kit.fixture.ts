import { setTimeout as delay } from 'node:timers/promises';
import type { FaultName } from '@ballast/sim-core';
import { expect, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import type { VenueName } from '../src/config.ts';
import type { OpenedVenue } from '../src/opened-venue.ts';
import { control, open, type Opened } from './simulator.fixture.ts';

/** One message of the private stream, in words that all venues share; `ack` is a request's. */
export type Told =
  | { readonly kind: 'ack'; readonly id: string }
  | { readonly kind: 'order'; readonly id: string; readonly status: string }
  | {
      readonly kind: 'fill';
      readonly execution: string;
      /** 0 as first told. */
      readonly revision: number;
      readonly quantity: number;
      readonly price: number;
    };

/** `none`: the request broke off without an answer. */
export type Answer = 'accepted' | 'none' | `refused ${number | string}`;

/** A client of one venue over its unmodified SDK. Quantities are in the units of its market. */
export type Client = {
  readonly told: Told[];
  /** Logged in and listening. @throws Error while the venue takes no connection */
  connect(): Promise<void>;
  /** How often the private connection has ended by itself. */
  breaks(): number;
  /** Without a price at market. */
  buy(id: string, quantity: number, price?: number): Promise<Answer>;
  cancel(id: string): Promise<Answer>;
  /** Ids of the open orders, as the venue lists them. */
  working(): Promise<string[]>;
  /** The position, as the venue lists it. */
  held(): Promise<number>;
  /** Execution ids, as the venue lists them. */
  executions(): Promise<string[]>;
  /** Sends a ping on a connection of the venue's; `pongs` counts the answers. */
  ping(): Promise<void>;
  pongs(): number;
  /** What the venue said at the last login is the next id of its session; 0 where it has none. */
  nextId(): number;
};

export type Kit = Client & {
  readonly simulator: Opened;
  readonly opened: OpenedVenue;
  /** What the venue answers to a refusal of that name. */
  readonly codes: Readonly<Partial<Record<FaultName, Answer>>>;
  /** Prices stand; a limit far below the market rests. */
  readonly restingPrice: number;
  /** Takes more than the best level. */
  readonly sweep: { readonly quantity: number; readonly price: number };
  readonly quantity: number;
  fault(fault: FaultName, more?: object): Promise<void>;
  post(body: object): Promise<void>;
  /** Fills and orders as told, without acks. */
  fills(): Extract<Told, { kind: 'fill' }>[];
  statuses(id: string): string[];
  connected(): Promise<void>;
};

export type VenueKit = {
  readonly name: VenueName;
  readonly symbol: string;
  readonly quantity: number;
  readonly codes: Kit['codes'];
  open(simulator: Opened): Client;
};

export const WAIT = { timeout: 10_000, interval: 10 };

/** A simulator of one venue with its prices standing still, and a client that listens. */
export async function openKit({ name, symbol, ...venueKit }: VenueKit): Promise<Kit> {
  const simulator = await open({
    BALLAST_SIMULATOR_VENUES: [name],
    BALLAST_SIMULATOR_INSTRUMENTS: 2,
  });
  const door = name === 'bybit' ? simulator.urls.rest : textOf(simulator.info, 'controlUrl');
  const opened = simulator.venues.get(name);
  const market = opened?.venue.markets.get(symbol);
  if (opened === undefined || market === undefined) throw new Error(`${name} is not open`);
  const post = (body: object): Promise<void> => control(door, body, `/control?venue=${name}`);
  await post({ action: 'freezePrices' });
  const unit = Number(market.instrument.lotSize) / 1e18;
  const tick = Number(market.instrument.tickSize) / 1e18;
  const { depthLots, askTicks } = market.lastTick;
  const client = venueKit.open(simulator);
  await client.connect();
  return {
    ...client,
    simulator,
    opened,
    codes: venueKit.codes,
    quantity: venueKit.quantity,
    restingPrice: Math.round(askTicks * 0.9) * tick,
    sweep: { quantity: (depthLots + 1) * unit, price: (askTicks + 5) * tick },
    post,
    fault: (fault, more = {}) => post({ fault, ...more }),
    fills: () => client.told.flatMap((one) => (one.kind === 'fill' ? [one] : [])),
    statuses: (id) =>
      client.told.flatMap((one) => (one.kind === 'order' && one.id === id ? [one.status] : [])),
    connected: () =>
      expect
        .poll(
          async () =>
            client.connect().then(
              () => 'yes',
              () => 'no',
            ),
          WAIT,
        )
        .toBe('yes'),
  };
}

/** A bare connection to a stream, for pings: the SDKs keep theirs to themselves. */
export function pinger(url: string): Pick<Client, 'ping' | 'pongs'> {
  let pongs = 0;
  let socket: WebSocket | null = null;
  const opened = async (): Promise<WebSocket> => {
    if (socket !== null) return socket;
    const fresh = new WebSocket(url);
    fresh.on('error', () => undefined);
    fresh.on('pong', () => (pongs += 1));
    onTestFinished(() => fresh.terminate());
    await new Promise((resolve) => fresh.once('open', resolve));
    socket = fresh;
    return fresh;
  };
  return {
    async ping() {
      const its = await opened();
      its.ping();
    },
    pongs: () => pongs,
  };
}

/** @throws Error when nothing comes in time */
export async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  const ended = new AbortController();
  const late = delay(ms, undefined, { signal: ended.signal }).then(() => {
    throw new Error(`nothing within ${ms} ms`);
  });
  late.catch(() => undefined);
  return Promise.race([promise, late]).finally(() => ended.abort());
}

export function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

export function textOf(value: unknown, name: string): string {
  const field = fieldOf(value, name);
  return typeof field === 'string' || typeof field === 'number' ? String(field) : '';
}
