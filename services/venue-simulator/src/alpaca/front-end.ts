import { setTimeout as wait } from 'node:timers/promises';
import { type Price, ZERO_QUANTITY } from '@ballast/domain';
import { CLEAN_PUSH } from '@ballast/sim-core';
import { correctExecution } from '../corrections.ts';
import type { FrontEnd } from '../front-end.ts';
import { createOutbox } from '../outbox.ts';
import { rememberAccounts } from '../past-accounts.ts';
import { forgetOrders, type VenueListener } from '../venue.ts';
import { createDataStream, DATA_PATH } from './data-stream.ts';
import { endDay, forgetLive, openDesk } from './desk.ts';
import type { AlpacaOptions } from './options.ts';
import { createRateLimit } from './rate-limit.ts';
import { createRest } from './rest.ts';
import { type AlpacaServer, isAway } from './server.ts';
import { openStreams } from './sockets.ts';
import { createTradingStream, TRADING_PATH } from './trading-stream.ts';
import { createReporter, type TradeUpdate } from './updates.ts';

const HOST = '127.0.0.1';
/** As at the venue. */
const REQUESTS_PER_MINUTE = 200;

export type AlpacaFrontEnd = Omit<FrontEnd, 'listen'> & {
  /** On loopback; 0 takes any free port. */
  listen(port: number): Promise<{
    readonly port: number;
    readonly restUrl: string;
    readonly streamUrl: string;
    readonly dataUrl: string;
    /** The same two, as the process announces them. */
    readonly tradingStreamUrl: string;
    readonly dataStreamUrl: string;
  }>;
  /** The session ends: day orders expire. */
  endDay(): void;
};

/** One port for REST, the trading stream and the data stream. Loopback only. */
export function createAlpacaFrontEnd(options: AlpacaOptions): AlpacaFrontEnd {
  const { venue, now, fail } = options;
  const desk = openDesk(venue, options.shorting ?? true);
  const trading = createTradingStream(options);
  const data = createDataStream(options, () => streams.break(DATA_PATH));
  const outbox = createOutbox<TradeUpdate>(
    (update) => trading.tell(update.data),
    () => streams.break(TRADING_PATH),
  );
  const reporter = createReporter(desk, now);
  const send = (updates: readonly TradeUpdate[]): void => {
    for (const update of updates) sendOne(options, outbox, reporter, update);
  };
  const server: AlpacaServer = {
    options,
    desk,
    past: rememberAccounts(venue, now),
    rateLimit: createRateLimit(options.requestsPerMinute ?? REQUESTS_PER_MINUTE),
    tell: (record) => guarded(fail, () => send(reporter.tell(record))),
    awayUntil: 0,
  };
  const app = createRest(server);
  const paths = { [TRADING_PATH]: trading, [DATA_PATH]: data };
  const streams = openStreams(options, app.server, paths, () => isAway(server));
  const listener: VenueListener = {
    onMarket: (change) => guarded(fail, () => data.change(change)),
    onAccount: (events) => guarded(fail, () => send(reporter.report(events))),
  };
  venue.listeners.add(listener);
  const closing = new AbortController();
  return {
    async listen(wanted) {
      await app.listen({ port: wanted, host: HOST });
      const address = app.server.address();
      const port = typeof address === 'object' && address !== null ? address.port : wanted;
      const streamUrl = `ws://${HOST}:${port}${TRADING_PATH}`;
      const dataUrl = `ws://${HOST}:${port}${DATA_PATH}`;
      const announced = { tradingStreamUrl: streamUrl, dataStreamUrl: dataUrl };
      return { port, restUrl: `http://${HOST}:${port}`, streamUrl, dataUrl, ...announced };
    },
    breakConnections() {
      streams.break();
      app.server.closeAllConnections();
    },
    async restart({ ms }) {
      server.awayUntil = now() + ms;
      streams.break();
      await wait(ms, undefined, { signal: closing.signal }).catch(() => undefined);
    },
    loseState() {
      forgetLive(desk);
      forgetOrders(venue, now());
    },
    endDay: () => endDay(desk, now()),
    async close() {
      closing.abort();
      venue.listeners.delete(listener);
      server.past.close();
      outbox.close();
      data.close();
      streams.close();
      await app.close();
    },
  };
}

/** One message as its fate has it, and the correction of its fill when there is one. */
function sendOne(
  { venue, faults }: AlpacaOptions,
  outbox: ReturnType<typeof createOutbox<TradeUpdate>>,
  reporter: ReturnType<typeof createReporter>,
  update: TradeUpdate,
): void {
  const fate = faults.push(update.kind);
  outbox.push(update, fate);
  const { execution } = update;
  if (fate.corrected === null || execution === null) return;
  const tick = venue.account.instruments.get(execution.instrument)?.tickSize ?? 0n;
  const isBust = fate.corrected === 'bust';
  const corrected = correctExecution(venue, execution, {
    price: (isBust ? execution.price : execution.price + tick) as Price,
    quantity: isBust ? ZERO_QUANTITY : execution.quantity,
  });
  const { delayMs } = fate;
  outbox.push(reporter.correct(update, corrected), { ...CLEAN_PUSH, delayMs });
}

function guarded(fail: AlpacaOptions['fail'], act: () => void): void {
  try {
    act();
  } catch (error) {
    fail(error instanceof Error ? error : new Error(String(error)));
  }
}
