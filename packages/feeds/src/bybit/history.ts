import { type Bar, type Timeframe, TIMEFRAME_MS } from '@ballast/domain';
import { FeedError } from '../faults.ts';
import type { Route } from '../feed.ts';
import { getText } from '../history-request.ts';
import { createBarCheck, type History, requireTimeframe, type ToldBar } from '../history.ts';
import type { RateBudget } from '../token-bucket.ts';
import { bybitPrintStep } from './print-step.ts';
import { readList, readTime } from './rest-list.ts';

const PAGE_SIZE = 1_000;
const INTERVALS: Readonly<Record<Timeframe, string>> = {
  '1m': '1',
  '5m': '5',
  '15m': '15',
  '1h': '60',
  '4h': '240',
  '1d': 'D',
  '1w': 'W',
};
const OFFERED: readonly Timeframe[] = ['1m', '5m', '15m', '1h', '4h', '1d', '1w'];

export type BybitHistoryOptions = {
  /** The venue's REST host, for example https://api.bybit.com. */
  readonly url: string;
  readonly budget: RateBudget;
  /** Epoch ms. */
  readonly now?: () => number;
};

/** Bars of linear contracts from ByBit v5. */
export function openBybitHistory({ url, budget, now = Date.now }: BybitHistoryOptions): History {
  async function* bars(
    route: Route,
    timeframe: Timeframe,
    from: number,
    to: number,
  ): AsyncGenerator<Bar[]> {
    requireTimeframe(history, route, timeframe);
    const label = `bybit bars of ${route.symbol}`;
    const printStep = bybitPrintStep(route.instrument.tickSize);
    const step = TIMEFRAME_MS[timeframe];
    // Pages are stretches of time: the venue tells the newest of a stretch when it holds too many.
    for (let start = from; start < to; start += PAGE_SIZE * step) {
      const end = Math.min(start + PAGE_SIZE * step, to);
      const address = new URL('/v5/market/kline', url);
      address.search = new URLSearchParams({
        category: 'linear',
        symbol: route.symbol,
        interval: INTERVALS[timeframe],
        start: String(start),
        end: String(end - 1),
        limit: String(PAGE_SIZE),
      }).toString();
      // Before it is asked: a bar may end while the answer is on its way, and is in it as it was.
      const asked = now();
      const text = await getText({ url: address, budget, label });
      const rows = readList(text, label, 'HISTORY_BAR_INVALID');
      const what = { route, timeframe, source: 'bybit', step: printStep } as const;
      const check = createBarCheck({
        ...what,
        opensAtLastClose: true,
        from: start,
        to: end,
        now: asked,
      });
      const found = rows
        .map((row) => check(toldBar(row, label)))
        .filter((bar) => bar !== null)
        .toSorted((a, b) => a.openTime - b.openTime);
      if (found.some((bar, index) => bar.openTime === found[index - 1]?.openTime)) {
        throw new FeedError('HISTORY_BAR_INVALID', `${label}: a bar is told twice`);
      }
      if (found.length > 0) yield found;
    }
  }

  const history: History = {
    source: 'bybit',
    timeframes: () => OFFERED,
    hearsAll: () => true,
    bars,
    close: () => Promise.resolve(),
  };
  return history;
}

/** Start, open, high, low, close, volume, all as text. */
function toldBar(row: unknown, label: string): ToldBar {
  const fields: readonly unknown[] = Array.isArray(row) ? row : [];
  const [start, open, high, low, close, volume] = fields.map((value) =>
    typeof value === 'string' ? value : null,
  );
  const openTime = readTime(start);
  if (openTime === null) {
    throw new FeedError('HISTORY_BAR_INVALID', `${label}: a bar without a time`);
  }
  const prices = { open: open ?? null, high: high ?? null, low: low ?? null, close: close ?? null };
  return { openTime, ...prices, volume: volume ?? null, tradeCount: 0 };
}
