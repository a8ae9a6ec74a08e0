import type { Bar, Timeframe } from '@ballast/domain';
import { FeedError } from '../faults.ts';
import type { Route } from '../feed.ts';
import { createBarCheck, type History, requireTimeframe } from '../history.ts';
import { printStep } from '../print-step.ts';
import type { RateBudget } from '../token-bucket.ts';
import { createHistoryLogin } from './history-login.ts';
import { toldBar } from './history-rows.ts';
import { historyWindows } from './history-windows.ts';
import type { LinkTarget } from './link.ts';

const ANSWER_MS = 60_000;
const IDLE_MS = 10_000;
const OFFERED: readonly Timeframe[] = ['1m', '5m', '15m', '1d'];

export type IbkrHistoryOptions = LinkTarget & {
  /** The venue takes 60 requests for history in ten minutes. */
  readonly budget: RateBudget;
  /** For a login and for each answer. */
  readonly answerMs?: number;
  /** A login that nobody has used for this long is let go of. */
  readonly idleMs?: number;
  /** Epoch ms. */
  readonly now?: () => number;
};

/**
 * Bars of stocks from TWS or IB Gateway, over a login of its own that is made when first needed.
 * The venue adjusts its prices for splits. Hours would begin at half past, so they are not offered.
 */
export function openIbkrHistory(options: IbkrHistoryOptions): History {
  const { budget, now = Date.now, answerMs = ANSWER_MS, idleMs = IDLE_MS } = options;
  const contractIds = new Map<string, number>();
  const login = createHistoryLogin(options, { answerMs, idleMs });

  async function contractIdOf(route: Route): Promise<number> {
    const known = contractIds.get(route.symbol);
    if (known !== undefined) return known;
    const link = await login.link();
    const { symbol, instrument } = route;
    const { contractId } = await link.contract({ symbol, currency: instrument.quoteCurrency });
    contractIds.set(route.symbol, contractId);
    return contractId;
  }

  async function* barsOf(
    route: Route,
    timeframe: Timeframe,
    from: number,
    to: number,
  ): AsyncGenerator<Bar[]> {
    requireTimeframe(history, route, timeframe);
    const { session } = route.instrument;
    const step = printStep(route.instrument);
    const what = { route, timeframe, source: 'ibkr', step, opensAtLastClose: false } as const;
    for (const window of historyWindows(timeframe, session, from, to)) {
      const contractId = await contractIdOf(route);
      await budget.take(1);
      const link = await login.link();
      const check = createBarCheck({ ...what, from: window.from, to: window.to, now: now() });
      const rows = await link.rows(contractId, timeframe, window);
      const found = rows.map((row) => check(toldBar(row, timeframe))).filter((bar) => bar !== null);
      if (found.some((bar, index) => bar.openTime <= (found[index - 1]?.openTime ?? 0))) {
        throw new FeedError('HISTORY_BAR_INVALID', `ibkr bars of ${route.symbol} are not in order`);
      }
      if (found.length > 0) yield found;
    }
  }

  async function* bars(...asked: Parameters<typeof barsOf>): AsyncGenerator<Bar[]> {
    const done = login.use();
    try {
      yield* barsOf(...asked);
    } finally {
      done();
    }
  }

  const history: History = {
    source: 'ibkr',
    timeframes: ({ instrument }) => (instrument.session === 'us-equity' ? OFFERED : []),
    hearsAll: () => true,
    bars,
    close: () => login.close(),
  };
  return history;
}
