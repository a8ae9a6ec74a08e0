import { trading } from '@alpacahq/alpaca-trade-api/rest';
import { createLogger } from '@ballast/observability';
import { onTestFinished } from 'vitest';
import { type AlpacaFrontEnd, createAlpacaFrontEnd } from '../src/alpaca/front-end.ts';
import type { AlpacaOptions } from '../src/alpaca/options.ts';
import { openJournal } from '../src/journal.ts';
import type { LoggedRequest } from '../src/request-log.ts';
import { moveMarket, openVenue, type Venue } from '../src/venue.ts';
import { type ScriptedFaults, scriptedFaults, stillMarket } from './still-market.fixture.ts';

export const KEY = 'alpaca-test-key';
export const SECRET = 'alpaca-test-secret-of-no-account';

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

export async function openAlpaca(
  given: Partial<AlpacaOptions> = {},
  dataDirectory?: string,
): Promise<OpenedAlpaca> {
  const now = given.now ?? Date.now;
  const markets = ['AAPL', 'MSFT'].map((symbol) => stillMarket('alpaca', symbol, now()));
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
