import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { createTradeFeed, type TradeFeed } from '../trade-feed.ts';
import type { VenueListener } from '../venue.ts';
import { cancel } from '../venue.ts';
import { serveConnection } from './connection.ts';
import { openContracts } from './contracts.ts';
import { forget, openDesk } from './desk.ts';
import { tellMarket } from './market-data.ts';
import { DEFAULT_ACCOUNT, type TwsOptions } from './options.ts';
import { isWorking } from './order-record.ts';
import { tellRecord } from './order-updates.ts';
import { systemFrame } from './refusal.ts';
import { releaseWaiting } from './submit.ts';
import { tellQuote, tellTrades } from './tick-by-tick.ts';
import { rememberAccount, type Tws } from './tws.ts';
import { tellEvents } from './updates.ts';

const HOST = '127.0.0.1';

export type TwsFrontEnd = {
  /** On loopback; 0 takes any free port. */
  listen(port: number): Promise<{ readonly host: string; readonly port: number }>;
  close(): Promise<void>;
  /** All connections at once, as a network does. */
  breakConnections(): void;
  /**
   * The daily restart: every connection ends, none is taken for `ms`, then all is as before.
   * `rollBackIds`: clients are told ids again that they have used. Done when it listens again.
   */
  restart(options: { readonly ms: number; readonly rollBackIds: boolean }): Promise<void>;
  /** The working orders are gone, and nobody is told. */
  loseState(): void;
  /** The orderRef of one of the matcher's orders; '' for none. */
  clientOrderIdOf(orderId: string): string;
  /** The venue's own line behind this gateway: 1100, 1102, or 1101 when data lines are lost. */
  tellLink(state: 'lost' | 'restored' | 'restoredWithoutData'): void;
  /** The session ends: day orders end with it. */
  endDay(): void;
};

export function createTwsFrontEnd(options: TwsOptions): TwsFrontEnd {
  const tws = openTws(options);
  const breakConnections = (): void => {
    for (const session of tws.sessions) session.destroy();
  };
  const { listener, feed } = listen(tws, breakConnections);
  let server: Server | null = null;
  let port = 0;
  let closed = false;
  let endPause = (): void => undefined;

  const open = async (wanted: number): Promise<void> => {
    server = createServer((socket) => serveConnection(tws, socket));
    server.listen(wanted, HOST);
    await once(server, 'listening');
    const address = server.address();
    port = typeof address === 'object' && address !== null ? address.port : wanted;
  };
  const stop = async (): Promise<void> => {
    const stopping = server;
    server = null;
    if (stopping === null) return;
    const stopped = once(stopping, 'close');
    stopping.close();
    breakConnections();
    await stopped;
  };
  return {
    async listen(wanted) {
      options.venue.listeners.add(listener);
      await open(wanted);
      return { host: HOST, port };
    },
    async close() {
      closed = true;
      options.venue.listeners.delete(listener);
      feed.close();
      endPause();
      await stop();
    },
    breakConnections,
    async restart({ ms, rollBackIds }) {
      await stop();
      if (rollBackIds) tws.desk.nextValid.clear();
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        endPause = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      if (!closed) await open(port);
    },
    loseState: () => loseState(tws),
    clientOrderIdOf: (orderId) => tws.desk.byVenueId.get(orderId)?.view.asked.orderRef ?? '',
    tellLink: (state) => tellLink(tws, state),
    endDay: () => endDay(tws),
  };
}

/** What the markets and the account tell, to who has asked for it. */
function listen(
  tws: Tws,
  breakConnections: () => void,
): { readonly listener: VenueListener; readonly feed: TradeFeed } {
  const { options } = tws;
  const feed = createTradeFeed({
    venue: options.venue,
    faults: options.faults,
    send: (message) => tellTrades(tws, message),
    breakConnections,
  });
  const listener: VenueListener = {
    onMarket(change) {
      guarded(options, () => {
        tellMarket(tws, change.market);
        feed.tell(change);
        if (change.trades.length > 0) tellQuote(tws, change.market);
        releaseWaiting(tws.desk, options.now());
      });
    },
    onAccount: (events) => guarded(options, () => tellEvents(tws, events)),
  };
  return { listener, feed };
}

function openTws(options: TwsOptions): Tws {
  const { venue } = options;
  const contracts = openContracts(venue);
  const tws: Tws = {
    options,
    account: options.account ?? DEFAULT_ACCOUNT,
    venue,
    contracts,
    desk: openDesk({
      venue,
      contracts,
      isOpen: options.isOpen ?? (() => true),
      tell: (record, refusal) => tellRecord(tws, record, refusal),
    }),
    sessions: new Set(),
    executions: [],
    pastAccounts: [],
  };
  rememberAccount(tws, options.now());
  return tws;
}

function loseState({ desk, venue, options }: Tws): void {
  for (const record of desk.records.values()) {
    if (!isWorking(record.view)) continue;
    const { venueId } = record;
    forget(desk, record);
    if (venueId !== null) cancel(venue, venueId, options.now());
  }
}

function endDay({ desk, venue, options }: Tws): void {
  for (const { view, venueId } of desk.records.values()) {
    if (!isWorking(view) || view.asked.timeInForce !== 'DAY' || venueId === null) continue;
    cancel(venue, venueId, options.now());
  }
}

const LINK_TEXTS = {
  lost: [1100, 'Connectivity between IBKR and Trader Workstation has been lost.'],
  restored: [1102, 'Connectivity has been restored - data maintained.'],
  restoredWithoutData: [1101, 'Connectivity has been restored - data lost.'],
} as const;

function tellLink(tws: Tws, state: keyof typeof LINK_TEXTS): void {
  const [code, text] = LINK_TEXTS[state];
  for (const session of tws.sessions) {
    if (state === 'restoredWithoutData') {
      session.lines.clear();
      session.tickLines.clear();
    }
    if (session.clientId !== null) session.send([systemFrame(code, text)]);
  }
}

function guarded(options: TwsOptions, act: () => void): void {
  try {
    act();
  } catch (error) {
    options.fail(error instanceof Error ? error : new Error(String(error)));
  }
}
