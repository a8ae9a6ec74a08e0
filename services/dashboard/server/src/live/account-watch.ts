import type { BrakeRow } from '@ballast/db';
import { MISSING_BARS_STALE_MS, type MissingBars, missingBars } from '@ballast/domain';
import type { Heartbeat, Logger } from '@ballast/observability';
import { createBrakeReading } from './brake-reading.ts';
import { type BrakeView, unreadableBrake, withLiveVenues } from './brake-view.ts';
import { type FeedState, feedState, type Portfolio, portfolioState } from './portfolio.ts';

const EVERY_MS = 1_000;
const UNREADABLE = unreadableBrake('its state cannot be read');

export type AccountView = {
  /** Epoch ms by the server's clock, the same for all below. */
  readonly at: number;
  readonly portfolio: Portfolio | null;
  readonly feed: FeedState | null;
  /** As market-data said within the last minutes; null when it did not. */
  readonly missingBars: MissingBars | null;
  readonly brake: BrakeView;
  readonly heartbeats: readonly Heartbeat[];
  /** What could not be read this time, in words. */
  readonly faults: readonly string[];
};

export type AccountSources = {
  readonly now: () => number;
  readonly account: string;
  readonly portfolio: () => Promise<unknown>;
  readonly feed: () => Promise<unknown>;
  readonly missingBars: () => Promise<unknown>;
  readonly heartbeats: () => Promise<readonly Heartbeat[]>;
  readonly brake: () => Promise<BrakeRow | null>;
  readonly log: Logger;
};

export type AccountWatch = ReturnType<typeof createAccountWatch>;

/** One reading a second, shared by everybody who looks, and none while nobody does. */
export function createAccountWatch(sources: AccountSources) {
  const listeners = new Set<(view: AccountView) => void>();
  const brake = createBrakeReading(sources.brake, sources.now);
  let timer: NodeJS.Timeout | null = null;
  let reading = false;

  async function tick(): Promise<void> {
    if (reading) return;
    reading = true;
    try {
      const view = await readAccount(sources, brake);
      for (const listener of listeners) listener(view);
    } finally {
      reading = false;
    }
  }

  return {
    read: () => readAccount(sources, brake),
    listen(listener: (view: AccountView) => void): () => void {
      listeners.add(listener);
      timer ??= setInterval(() => void tick(), EVERY_MS);
      void tick();
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) stop();
      };
    },
    close: stop,
  };

  function stop(): void {
    if (timer !== null) clearInterval(timer);
    timer = null;
  }
}

async function readAccount(
  sources: AccountSources,
  readBrake: () => Promise<BrakeView>,
): Promise<AccountView> {
  const faults: string[] = [];
  async function attempt<T>(what: string, read: () => Promise<T>, otherwise: T): Promise<T> {
    try {
      return await read();
    } catch (error) {
      faults.push(`${what} cannot be read`);
      sources.log.warn({ err: error, what }, 'account source cannot be read');
      return otherwise;
    }
  }
  const [portfolio, feed, missing, heartbeats, brake] = await Promise.all([
    attempt('portfolio', () => parsePortfolio(sources), null),
    attempt('feed state', async () => nullOr(feedState, await sources.feed()), null),
    attempt('missing bars', async () => nullOr(missingBars, await sources.missingBars()), null),
    attempt('heartbeats', sources.heartbeats, []),
    attempt('brake', readBrake, UNREADABLE),
  ]);
  const shown = withLiveVenues(brake, portfolio?.brake ?? null);
  const at = sources.now();
  const isFresh = missing !== null && at - missing.at <= MISSING_BARS_STALE_MS;
  const bars = isFresh ? missing : null;
  return { at, portfolio, feed, missingBars: bars, brake: shown, heartbeats, faults };
}

async function parsePortfolio(sources: AccountSources): Promise<Portfolio | null> {
  const portfolio = nullOr(portfolioState, await sources.portfolio());
  if (portfolio !== null && portfolio.account !== sources.account) {
    throw new Error(`portfolio of account "${portfolio.account}"`);
  }
  return portfolio;
}

function nullOr<T>(schema: { parse(value: unknown): T }, value: unknown): T | null {
  if (value === null || value === undefined) return null;
  return schema.parse(typeof value === 'string' ? JSON.parse(value) : value);
}
