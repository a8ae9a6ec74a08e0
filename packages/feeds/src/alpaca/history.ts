import {
  type Bar,
  sessionDay,
  type Timeframe,
  TIMEFRAME_MS,
  type TradingSession,
} from '@ballast/domain';
import { FeedError } from '../faults.ts';
import type { Route } from '../feed.ts';
import { getText } from '../history-request.ts';
import { createBarCheck, type History, requireTimeframe, type ToldBar } from '../history.ts';
import { createDigitParser, plainDigits } from '../json-number.ts';
import { printStep } from '../print-step.ts';
import type { RateBudget } from '../token-bucket.ts';
import type { AlpacaCredentials } from './stream-protocol.ts';

const PAGE_SIZE = 10_000;
/** One-letter names of a bar's numbers. */
const parse = createDigitParser(['o', 'h', 'l', 'c', 'v', 'n']);
const PAGES_MAX = 10_000;
const HALF_DAY_MS = 43_200_000;
/**
 * Wider bars of stocks hold the extended hours, and those of pairs lie on another clock than ours.
 */
const OFFERED: Readonly<Record<TradingSession, Partial<Record<Timeframe, string>>>> = {
  'us-equity': { '1m': '1Min', '5m': '5Min', '15m': '15Min', '1d': '1Day' },
  continuous: { '1m': '1Min', '5m': '5Min', '15m': '15Min', '1h': '1Hour' },
};

export type AlpacaHistoryOptions = {
  /** The venue's data host, for example https://data.alpaca.markets. */
  readonly url: string;
  readonly credentials: AlpacaCredentials;
  readonly budget: RateBudget;
  /** Whose trades: stocks only. */
  readonly feed: 'iex' | 'sip';
  /** Epoch ms. */
  readonly now?: () => number;
};

/** Bars of Alpaca, prices as they were traded (not adjusted for splits). */
export function openAlpacaHistory(options: AlpacaHistoryOptions): History {
  const { credentials, budget, now = Date.now } = options;
  const headers = {
    'APCA-API-KEY-ID': credentials.key,
    'APCA-API-SECRET-KEY': credentials.secret,
  };

  async function* bars(
    route: Route,
    timeframe: Timeframe,
    from: number,
    to: number,
  ): AsyncGenerator<Bar[]> {
    requireTimeframe(history, route, timeframe);
    const { session } = route.instrument;
    const label = `alpaca bars of ${route.symbol}`;
    const step = printStep(route.instrument);
    let before = from - 1;
    let token: string | null = null;
    for (let page = 0; page < PAGES_MAX; page += 1) {
      const check = createBarCheck({
        route,
        timeframe,
        source: 'alpaca',
        step,
        opensAtLastClose: false,
        from,
        to,
        now: now(),
      });
      const address = addressOf(options, { route, timeframe, from, to }, token);
      const answer = readPage(
        await getText({ url: address, headers, budget, label }),
        route.symbol,
        label,
      );
      const found: Bar[] = [];
      for (const row of answer.rows) {
        const bar = check(toldBar(row, timeframe, session, label));
        if (bar === null) continue;
        if (bar.openTime <= before) {
          throw new FeedError('HISTORY_BAR_INVALID', `${label}: ${bar.openTime} is not in order`);
        }
        before = bar.openTime;
        found.push(bar);
      }
      if (found.length > 0) yield found;
      if (answer.next === null) return;
      if (answer.next === token) throw new FeedError('HISTORY_REFUSED', `${label}: pages repeat`);
      token = answer.next;
    }
    throw new FeedError('HISTORY_REFUSED', `${label}: more than ${PAGES_MAX} pages`);
  }

  const history: History = {
    source: 'alpaca',
    timeframes: ({ instrument: { session } }) =>
      (['1m', '5m', '15m', '1h', '1d'] as const).filter((one) => one in OFFERED[session]),
    // IEX is one exchange of sixteen; pairs are traded at the venue itself.
    hearsAll: ({ instrument: { session } }) => session !== 'us-equity' || options.feed === 'sip',
    bars,
    close: () => Promise.resolve(),
  };
  return history;
}

/** Of one page; without a token the first. */
function addressOf(
  { url, feed }: Pick<AlpacaHistoryOptions, 'url' | 'feed'>,
  { route, timeframe, from, to }: Asked,
  token: string | null,
): URL {
  const { session } = route.instrument;
  const isStock = session === 'us-equity';
  const address = new URL(isStock ? '/v2/stocks/bars' : '/v1beta3/crypto/us/bars', url);
  address.search = new URLSearchParams({
    symbols: route.symbol,
    timeframe: OFFERED[session][timeframe] ?? '',
    start: new Date(from).toISOString(),
    // The venue's end is part of the range, and its days begin at New York's midnight.
    end: new Date(timeframe === '1d' ? to + HALF_DAY_MS : to - 1).toISOString(),
    limit: String(PAGE_SIZE),
    sort: 'asc',
    ...(isStock ? { adjustment: 'raw', feed } : {}),
    ...(token === null ? {} : { page_token: token }),
  }).toString();
  return address;
}

type Asked = {
  readonly route: Route;
  readonly timeframe: Timeframe;
  readonly from: number;
  readonly to: number;
};

type Page = { readonly rows: readonly unknown[]; readonly next: string | null };

function readPage(text: string, symbol: string, label: string): Page {
  let body: unknown;
  try {
    body = parse(text);
  } catch {
    throw new FeedError('HISTORY_BAR_INVALID', `${label}: answer is no JSON`);
  }
  const lists = field(body, 'bars');
  const next = field(body, 'next_page_token') ?? null;
  // Without a bar in the range, the venue leaves the symbol or the whole list out.
  const rows = field(lists, symbol) ?? [];
  const isToken = next === null || (typeof next === 'string' && next !== '');
  if ((lists !== null && typeof lists !== 'object') || !Array.isArray(rows) || !isToken) {
    throw new FeedError('HISTORY_BAR_INVALID', `${label}: answer is not of its form`);
  }
  return { rows, next };
}

function toldBar(
  row: unknown,
  timeframe: Timeframe,
  session: TradingSession,
  label: string,
): ToldBar {
  const written = field(row, 't');
  const at =
    typeof written === 'string' && WRITTEN_TIME.test(written) ? Date.parse(written) : Number.NaN;
  if (!Number.isSafeInteger(at)) {
    throw new FeedError('HISTORY_BAR_INVALID', `${label}: a bar without a time`);
  }
  // A day's bar is named by New York's midnight; at its noon there is no doubt about the day.
  const isDay = timeframe === '1d';
  const openTime = isDay ? sessionDay(session, at + HALF_DAY_MS) * TIMEFRAME_MS['1d'] : at;
  return {
    openTime,
    open: plainDigits(field(row, 'o')),
    high: plainDigits(field(row, 'h')),
    low: plainDigits(field(row, 'l')),
    close: plainDigits(field(row, 'c')),
    volume: plainDigits(field(row, 'v')),
    tradeCount: Number(plainDigits(field(row, 'n')) ?? 0),
  };
}

const WRITTEN_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
