import { instrumentId, parseQuantity, parseScaled, type Instrument } from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import {
  CLEAN_PUSH,
  CLEAN_REQUEST,
  type FaultPort,
  NO_FAULTS,
  type PushFate,
  type RequestFate,
} from '@ballast/sim-core';
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
import { openMarket } from '../src/market.ts';
import type { LoggedRequest } from '../src/request-log.ts';
import { createTwsFrontEnd, type TwsFrontEnd } from '../src/tws/front-end.ts';
import type { TwsOptions } from '../src/tws/options.ts';
import { moveMarket, openVenue, type Venue } from '../src/venue.ts';

/** A market that stands still at 200.00 until it is moved by hand. */
function stock(symbol: string): Instrument {
  return {
    id: instrumentId('ibkr', 'stock', symbol),
    baseCurrency: symbol,
    quoteCurrency: 'USD',
    tickSize: parseScaled('0.01'),
    lotSize: parseScaled('1'),
    minQuantity: parseQuantity('1'),
    maxQuantity: parseQuantity('100000'),
    minNotional: 0n,
    multiplier: parseScaled('1'),
    sector: null,
    session: 'exchange',
  };
}

export const START_TICKS = 20_000;
const DEPTH_LOTS = 500;

/** Faults by hand: each list gives its fates in turn, and then all is clean. */
export type ScriptedFaults = FaultPort & {
  readonly requests: Partial<RequestFate>[];
  readonly pushes: Partial<PushFate>[];
  socketState: 'open' | 'silent' | 'halfOpen';
  ageMs: number;
};

function scriptedFaults(): ScriptedFaults {
  const faults: ScriptedFaults = {
    ...NO_FAULTS,
    requests: [],
    pushes: [],
    socketState: 'open',
    ageMs: 0,
    request: () => ({ ...CLEAN_REQUEST, ...faults.requests.shift() }),
    push: () => ({ ...CLEAN_PUSH, ...faults.pushes.shift() }),
    listingAgeMs: () => faults.ageMs,
    socket: () => faults.socketState,
  };
  return faults;
}

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
  const markets = ['AAPL', 'MSFT', 'BRK.B'].map((symbol) => {
    const tick = {
      offsetMs: 0,
      priceTicks: START_TICKS,
      sizeLots: 100,
      taker: 'buy',
      bidTicks: START_TICKS - 1,
      askTicks: START_TICKS,
      depthLots: DEPTH_LOTS,
    } as const;
    const source = {
      *history() {
        yield { at: now() - 1, tick };
      },
      due: () => [],
      delay: () => undefined,
      moveTo: () => undefined,
      mark: () => null,
      ended: false,
    };
    return openMarket(stock(symbol), source, now());
  });
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
