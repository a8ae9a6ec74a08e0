import {
  type Bus,
  FEED_STATE,
  latestQuotes,
  openBus,
  readHeartbeats,
  readMarket,
  readState,
  sendCommand,
} from '@ballast/bus';
import {
  type Database,
  lastTradeEventSeq,
  loadRiskFacts,
  newestBrakeState,
  openDatabase,
  passwordHashInForce,
  tradeEventsAfter,
} from '@ballast/db';
import {
  listingStateName,
  MARKET_VENUES,
  MISSING_BARS_STATE,
  TIMEFRAME_MS,
  type TradingMode,
} from '@ballast/domain';
import type { Logger } from '@ballast/observability';
import type { Dashboard } from './api/dashboard.ts';
import { createCommandDesk } from './commands/command-desk.ts';
import type { PriceSource } from './config.ts';
import { createAccountWatch } from './live/account-watch.ts';
import type { LiveSources } from './live/live-stream.ts';
import { createMarketBoard } from './live/market-board.ts';
import { createStreamBook } from './live/stream-book.ts';
import { createTradeWatch } from './live/trade-watch.ts';
import { isPasswordSet } from './session/password-set.ts';
import { createSessions } from './session/sessions.ts';
import { createListingBoard } from './universe/listing-board.ts';

const DATABASE_CONNECTIONS = 8;

export type PlatformSettings = {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly commandKey: string;
  readonly account: string;
  readonly mode: TradingMode;
  readonly priceSource: PriceSource;
};

export type PlatformHooks = {
  readonly log: Logger;
  onClose(close: () => Promise<void> | void, label: string): void;
  fail(error: Error): void;
};

/** Opens everything the dashboard reads, and the one stream it may write. */
export async function openPlatform(
  settings: PlatformSettings,
  hooks: PlatformHooks,
): Promise<Dashboard> {
  const { account, mode, priceSource } = settings;
  const { log, onClose } = hooks;
  const now = Date.now;
  const db = openDatabase(settings.databaseUrl, {
    max: DATABASE_CONNECTIONS,
    onError: (error) => log.warn({ err: error }, 'idle database connection broke'),
  });
  onClose(() => db.close(), 'database');
  const bus = openBus(settings.redisUrl, 'dashboard', log);
  onClose(() => bus.close(), 'bus');

  const live = await openLive(settings, hooks, { db, bus, now });
  const sessions = createSessions(now);
  onClose(sessions.close, 'sessions');

  return {
    db,
    account,
    mode,
    now,
    sessions,
    riskFacts: (instrument, window) => loadRiskFacts(db, account, instrument, window),
    live,
    listings: createListingBoard(
      () => Promise.all(MARKET_VENUES.map((venue) => readState(bus, listingStateName(venue)))),
      now,
    ),
    desk: createCommandDesk({
      account,
      mode,
      now,
      send: (wire) => sendCommand(bus, wire, settings.commandKey),
    }),
    sessionView: async ({ operator, method }) => ({
      operator,
      method,
      account,
      mode,
      priceSource,
      passwordSet: await isPasswordSet(
        () => passwordHashInForce(db, now()),
        (error) => log.warn({ err: error }, 'password cannot be read'),
      ),
      now: now(),
    }),
  };
}

/** The three sources of the live stream. */
async function openLive(
  settings: PlatformSettings,
  hooks: PlatformHooks,
  parts: { db: Database; bus: Bus; now: () => number },
): Promise<LiveSources> {
  const { account } = settings;
  const { log, onClose } = hooks;
  const { db, bus, now } = parts;
  const market = createMarketBoard();
  onClose(market.close, 'market board');
  for (const quote of (await latestQuotes(bus)).values()) market.applyQuote(quote);
  const reader = readMarket(settings.redisUrl, {
    venues: MARKET_VENUES,
    // From the start of this minute, so that the forming bar is whole.
    from: `${now() - (now() % TIMEFRAME_MS['1m'])}-0`,
    onBatch: (events) => market.apply(events),
    onFail: hooks.fail,
    log,
    name: 'dashboard-market',
  });
  onClose(() => reader.stop(), 'market reader');

  const accountWatch = createAccountWatch({
    now,
    account,
    log,
    portfolio: () => readState(bus, 'portfolio'),
    feed: () => readState(bus, FEED_STATE),
    missingBars: () => readState(bus, MISSING_BARS_STATE),
    heartbeats: () => readHeartbeats(bus),
    brake: () => newestBrakeState(db, account),
  });
  onClose(accountWatch.close, 'account watch');
  const trades = createTradeWatch({
    after: (seq, limit) => tradeEventsAfter(db, account, seq, limit),
    lastSeq: () => lastTradeEventSeq(db),
    log,
  });
  onClose(trades.close, 'trade watch');
  const streams = createStreamBook(() => crypto.randomUUID());
  return { now, market, account: accountWatch, trades, streams };
}
