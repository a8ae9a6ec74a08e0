import { trading } from '@alpacahq/alpaca-trade-api/rest';
import { instrumentId, parseQuantity, parseScaled } from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import {
  CLEAN_PUSH,
  CLEAN_REQUEST,
  type FaultPort,
  NO_FAULTS,
  type PushFate,
  type RequestFate,
} from '@ballast/sim-core';
import { onTestFinished } from 'vitest';
import { type AlpacaFrontEnd, createAlpacaFrontEnd } from '../src/alpaca/front-end.ts';
import type { AlpacaOptions } from '../src/alpaca/options.ts';
import { openJournal } from '../src/journal.ts';
import { type Market, openMarket } from '../src/market.ts';
import type { LoggedRequest } from '../src/request-log.ts';
import { moveMarket, openVenue, type Venue } from '../src/venue.ts';

export const KEY = 'alpaca-test-key';
export const SECRET = 'alpaca-test-secret-of-no-account';
/** AAPL stands still at 200.00 until it is moved by hand. */
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

export type OpenedAlpaca = {
  readonly venue: Venue;
  readonly frontEnd: AlpacaFrontEnd;
  readonly urls: Awaited<ReturnType<AlpacaFrontEnd['listen']>>;
  readonly faults: ScriptedFaults;
  readonly requests: LoggedRequest[];
  readonly counts: string[];
  readonly failures: Error[];
  /** Walks AAPL to a price in cents, print by print. */
  move(ticks: number): void;
};

function marketOf(symbol: string, now: number): Market {
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
      yield { at: now - 1, tick };
    },
    due: () => [],
    delay: () => undefined,
    moveTo: () => undefined,
    mark: () => null,
    ended: false,
  };
  const instrument = {
    id: instrumentId('alpaca', 'stock', symbol),
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
  } as const;
  return openMarket(instrument, source, now);
}

export async function openAlpaca(
  given: Partial<AlpacaOptions> = {},
  dataDirectory?: string,
): Promise<OpenedAlpaca> {
  const now = given.now ?? Date.now;
  const markets = ['AAPL', 'MSFT'].map((symbol) => marketOf(symbol, now()));
  const journal = openJournal(dataDirectory, createLogger('alpaca-test', 'fatal'));
  const venue = openVenue('1', markets, journal, now());
  venue.account.feeRates = { maker: 0n, taker: 0n };
  const faults = scriptedFaults();
  const [requests, counts] = [new Array<LoggedRequest>(), new Array<string>()];
  const failures: Error[] = [];
  const frontEnd = createAlpacaFrontEnd({
    venue,
    faults,
    now,
    credentials: { key: KEY, secret: SECRET },
    count: (_frontEnd, code) => counts.push(code),
    fail: (error) => failures.push(error),
    remember: (request) => requests.push(request),
    requestsPerMinute: 10_000,
    ...given,
  });
  const urls = await frontEnd.listen(0);
  onTestFinished(async () => {
    await frontEnd.close();
    journal.close();
  });
  const [market] = markets;
  return {
    venue,
    frontEnd,
    urls,
    faults,
    requests,
    counts,
    failures,
    move(ticks) {
      if (market !== undefined) moveMarket(venue, market, ticks, now());
    },
  };
}

/** The SDK's REST clients, unmodified. */
export function clientsOf({ urls }: Pick<OpenedAlpaca, 'urls'>, secret = SECRET) {
  const configuration = new trading.Configuration({
    basePath: urls.restUrl,
    keyId: KEY,
    secret,
    timeoutMs: 500,
  });
  return {
    orders: new trading.OrdersApi(configuration),
    positions: new trading.PositionsApi(configuration),
    accounts: new trading.AccountsApi(configuration),
    activities: new trading.AccountActivitiesApi(configuration),
    clock: new trading.ClockApi(configuration),
    calendar: new trading.CalendarApi(configuration),
    assets: new trading.AssetsApi(configuration),
  };
}

/** What the SDK posts for an order in AAPL; a limit price makes it a limit order. */
export function order(
  side: 'buy' | 'sell',
  qty: number,
  limitPrice?: string,
  more: Readonly<{ clientOrderId?: string; timeInForce?: 'gtc' | 'day' | 'ioc' }> = {},
) {
  const common = { symbol: 'AAPL', side, qty: String(qty), timeInForce: 'gtc', ...more } as const;
  const kind =
    limitPrice === undefined
      ? ({ type: 'market' } as const)
      : ({ type: 'limit', limitPrice } as const);
  return { postOrderRequest: { ...common, ...kind } };
}
