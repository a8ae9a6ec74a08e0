import type { Bus } from '@ballast/bus';
import type { Database } from '@ballast/db';
import { type Bar, parseScaled } from '@ballast/domain';
import { createMetrics, type Logger } from '@ballast/observability';
import { gateConfiguration, type GateLimits } from '@ballast/strategies';
import { decide } from '../src/decide.ts';
import type { DecisionContext } from '../src/entry-decision.ts';
import { createMarketHost } from '../src/market-host.ts';
import { ACCOUNT, eventsAt, MINUTE, START } from './worker-stores.fixture.ts';

export type Timing = {
  readonly quoteAgeMs?: number;
  readonly barDelayMs?: number;
  readonly limits?: Partial<GateLimits>;
  readonly riskFraction?: string;
};

/** A host whose clock stands `barDelayMs` after the close of the bar that it is given. */
export function clockedHost(
  { db, bus, log, key }: { db: Database; bus: Bus; log: Logger; key: string },
  { quoteAgeMs = 100, barDelayMs = 500, limits = {}, riskFraction = '0.0025' }: Timing,
) {
  let now = START;
  const metrics = createMetrics('test');
  const context: DecisionContext = {
    db,
    bus,
    log,
    account: ACCOUNT,
    mode: 'paper',
    commandKey: key,
    now: () => now,
    gates: { settings: {}, limits: { ...gateConfiguration().limits, ...limits } },
    sizing: {
      riskFraction: parseScaled(riskFraction),
      notionalFraction: parseScaled('0.1'),
    },
  };
  const host = createMarketHost({
    ...context,
    metrics,
    decide: (input) => decide(context, input),
  });
  return {
    host,
    metrics,
    async at(bar: Bar, to: typeof host) {
      now = bar.openTime + MINUTE + barDelayMs;
      await to.accept(eventsAt(bar, now - quoteAgeMs));
    },
    /** Looks for wide bars `afterMs` after the moment `time`, at a quote of this bar's close. */
    async look(time: number, { quoteOf, afterMs = 15_000 }: { quoteOf: Bar; afterMs?: number }) {
      now = time + afterMs;
      const quotes = eventsAt(quoteOf, now - quoteAgeMs).filter(({ kind }) => kind === 'quote');
      await host.accept(quotes);
      await host.look();
    },
    async warmUpAt(time: number) {
      now = time;
      return host.warmUp();
    },
  };
}
