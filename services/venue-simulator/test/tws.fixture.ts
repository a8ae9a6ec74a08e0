import { createLogger } from '@ballast/observability';
import {
  type Contract,
  EventName,
  type Execution,
  IBApi,
  type Order,
  OrderAction,
  OrderType,
  SecType,
  TimeInForce,
} from '@stoqey/ib';
import { onTestFinished } from 'vitest';
import { openJournal } from '../src/journal.ts';
import type { LoggedRequest } from '../src/request-log.ts';
import { createTwsFrontEnd, type TwsFrontEnd } from '../src/tws/front-end.ts';
import type { TwsOptions } from '../src/tws/options.ts';
import { moveMarket, openVenue, type Venue } from '../src/venue.ts';
import { type ScriptedFaults, scriptedFaults, stillMarket } from './still-market.fixture.ts';

export type OpenedTws = {
  readonly venue: Venue;
  readonly frontEnd: TwsFrontEnd;
  readonly port: number;
  readonly faults: ScriptedFaults;
  readonly requests: LoggedRequest[];
  readonly counts: string[];
  readonly failures: Error[];
  /** Walks AAPL to a price in cents, print by print. */
  move(ticks: number): void;
};

export async function openTws(given: Partial<TwsOptions> = {}): Promise<OpenedTws> {
  const now = given.now ?? Date.now;
  const markets = ['AAPL', 'MSFT', 'BRK.B'].map((symbol) => stillMarket('ibkr', symbol, now()));
  const journal = openJournal(undefined, createLogger('tws-test', 'fatal'));
  const venue = openVenue('1', markets, journal, now());
  const faults = scriptedFaults();
  const requests: LoggedRequest[] = [];
  const counts: string[] = [];
  const failures: Error[] = [];
  const frontEnd = createTwsFrontEnd({
    venue,
    faults,
    now,
    count: (_frontEnd, code) => counts.push(code),
    fail: (error) => failures.push(error),
    remember: (request) => requests.push(request),
    messagesPerSecond: 1_000,
    ...given,
  });
  const { port } = await frontEnd.listen(0);
  onTestFinished(() => frontEnd.close());
  const [market] = markets;
  return {
    venue,
    frontEnd,
    port,
    faults,
    requests,
    counts,
    failures,
    move(ticks) {
      if (market !== undefined) moveMarket(venue, market, ticks, now());
    },
  };
}

export type Heard = { readonly name: string; readonly args: readonly unknown[] };

/** The SDK's client, unmodified, and all that it told. */
export type Client = {
  readonly api: IBApi;
  readonly heard: Heard[];
  named(name: EventName): readonly (readonly unknown[])[];
};

const NOISE = new Set<string>([
  EventName.sent,
  EventName.received,
  EventName.result,
  EventName.all,
]);

/** Not yet connected. */
export function clientOf(port: number, clientId = 7): Client {
  const api = new IBApi({ host: '127.0.0.1', port, clientId, maxReqPerSec: 1_000 });
  const heard: Heard[] = [];
  api.on(EventName.all, (name: string, args: readonly unknown[]) => {
    if (!NOISE.has(name)) heard.push({ name, args });
  });
  onTestFinished(() => void api.disconnect());
  return {
    api,
    heard,
    named: (name) => heard.filter((event) => event.name === name).map(({ args }) => args),
  };
}

/** The next event of a name. */
export function next({ api }: Client, name: EventName): Promise<void> {
  return new Promise((resolve) => {
    const heard = (told: string): void => {
      if (told !== name) return;
      api.off(EventName.all, heard);
      resolve();
    };
    api.on(EventName.all, heard);
  });
}

export async function connect(port: number, clientId = 7): Promise<Client> {
  const client = clientOf(port, clientId);
  const ready = next(client, EventName.nextValidId);
  client.api.connect();
  await ready;
  return client;
}

export const AAPL: Contract = {
  symbol: 'AAPL',
  secType: SecType.STK,
  exchange: 'SMART',
  currency: 'USD',
};

export function limit(
  side: 'BUY' | 'SELL',
  quantity: number,
  price: number,
  more: Partial<Order> = {},
): Order {
  return {
    action: side === 'BUY' ? OrderAction.BUY : OrderAction.SELL,
    totalQuantity: quantity,
    lmtPrice: price,
    tif: TimeInForce.GTC,
    transmit: true,
    ...more,
    orderType: OrderType.LMT,
  };
}

export function stop(
  side: 'BUY' | 'SELL',
  quantity: number,
  price: number,
  more: Partial<Order> = {},
): Order {
  const { lmtPrice: _none, ...order } = limit(side, quantity, 0, more);
  return { ...order, orderType: OrderType.STP, auxPrice: price };
}

/** `<status> <filled>` of one order as told, with repeats left out. */
export function statusesOf(client: Client, orderId: number): string[] {
  const told = client
    .named(EventName.orderStatus)
    .filter(([id]) => id === orderId)
    .map(([, status, filled]) => [status, filled].map(String).join(' '));
  return told.filter((text, index) => text !== told[index - 1]);
}

/** `<id> <code>` of each error told. */
export function errorsOf(client: Client): string[] {
  return client.named(EventName.error).map(([, code, id]) => [id, code].map(String).join(' '));
}

/** As pushed, not as listed. */
export function executionsOf(client: Client): Execution[] {
  const rows: Execution[] = [];
  for (const [reqId, , execution] of client.named(EventName.execDetails)) {
    if (reqId === -1 && typeof execution === 'object' && execution !== null) rows.push(execution);
  }
  return rows;
}
