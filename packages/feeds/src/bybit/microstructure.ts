import { InvalidInput, type MicrostructurePoint, parseScaled } from '@ballast/domain';
import { FeedError } from '../faults.ts';
import type { Route } from '../feed.ts';
import { getText } from '../history-request.ts';
import type { PolledKind, PolledMicrostructure } from '../polled-microstructure.ts';
import type { RateBudget } from '../token-bucket.ts';
import { field, readList, readTime } from './rest-list.ts';

const INVALID = 'HISTORY_POINT_INVALID';
const FIVE_MINUTES_MS = 300_000;
const HOUR_MS = 3_600_000;
/** The two shares are rounded each for itself; further from one they are not shares of it. */
const SHARES_APART = 10n ** 15n;
const ONE = 10n ** 18n;

type Listing = {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly stepMs: number;
  /** The most points that the venue tells at once. */
  readonly limit: number;
  readonly time: string;
  /** Decimal text; null for what cannot be one. */
  readonly value: (row: unknown) => string | null;
};

const LISTINGS: Readonly<Record<PolledKind, Listing>> = {
  'open-interest': {
    path: '/v5/market/open-interest',
    query: { intervalTime: '5min' },
    ...{ stepMs: FIVE_MINUTES_MS, limit: 200, time: 'timestamp' },
    value: (row) => atLeastZero(decimal(field(row, 'openInterest'))),
  },
  // A contract settles each hour or more seldom: never more points than hours.
  'funding-rate': {
    path: '/v5/market/funding/history',
    query: {},
    ...{ stepMs: HOUR_MS, limit: 200, time: 'fundingRateTimestamp' },
    value: (row) => decimal(field(row, 'fundingRate')),
  },
  'long-account-share': {
    path: '/v5/market/account-ratio',
    query: { period: '5min' },
    ...{ stepMs: FIVE_MINUTES_MS, limit: 500, time: 'timestamp' },
    value: (row) => longShare(decimal(field(row, 'buyRatio')), decimal(field(row, 'sellRatio'))),
  },
};

/**
 * Open interest, settled funding rates and shares of accounts of linear contracts from ByBit v5.
 * The venue tells neither when it publishes a point nor whether it has revised one. It lists no
 * volume of takers: that is made from public trades.
 */
export function openBybitMicrostructure({
  url,
  budget,
}: {
  /** The venue's REST host, for example https://api.bybit.com. */
  readonly url: string;
  readonly budget: RateBudget;
}): PolledMicrostructure {
  return {
    covers: (instrument) => instrument.startsWith('bybit.linear:'),
    stepMs: (kind) => LISTINGS[kind].stepMs,
    stretchMs: (kind) => LISTINGS[kind].limit * LISTINGS[kind].stepMs,
    async points(route, kind, from, to) {
      const { path, query, stepMs, limit, time, value } = LISTINGS[kind];
      const label = `bybit ${kind} of ${route.symbol}`;
      if (to - from > limit * stepMs) {
        throw new FeedError('HISTORY_RANGE', `${label}: more than ${limit} points at once`);
      }
      const address = new URL(path, url);
      address.search = new URLSearchParams({
        ...{ category: 'linear', symbol: route.symbol, ...query },
        ...{ startTime: String(from), endTime: String(to - 1), limit: String(limit) },
      }).toString();
      const text = await getText({ url: address, budget, label });
      const points = readList(text, label, INVALID)
        .map((row) => {
          const about = { symbol: field(row, 'symbol'), at: readTime(field(row, time)) };
          return toPoint(route, kind, label, { ...about, value: value(row) });
        })
        .filter(({ at }) => at >= from && at < to)
        .toSorted((a, b) => a.at - b.at);
      if (points.some(({ at }, index) => at === points[index - 1]?.at)) {
        throw new FeedError(INVALID, `${label}: a time is told twice`);
      }
      return points;
    },
  };
}

/** @throws FeedError HISTORY_POINT_INVALID */
function toPoint(
  { instrument, symbol }: Route,
  kind: PolledKind,
  label: string,
  told: { readonly symbol: unknown; readonly at: number | null; readonly value: string | null },
): MicrostructurePoint {
  const { at, value } = told;
  // Open interest names its symbol once, above its list.
  if (told.symbol !== undefined && told.symbol !== symbol) {
    throw new FeedError(INVALID, `${label}: it tells of another symbol`);
  }
  if (at === null) throw new FeedError(INVALID, `${label}: a point without a time`);
  if (value === null) throw new FeedError(INVALID, `${label}: no value at ${at}`);
  return { instrument: instrument.id, kind, at, value };
}

function decimal(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  try {
    parseScaled(value);
    return value;
  } catch (error) {
    if (error instanceof InvalidInput) return null;
    throw error;
  }
}

function atLeastZero(text: string | null): string | null {
  return text === null || text.startsWith('-') ? null : text;
}

function longShare(long: string | null, short: string | null): string | null {
  if (atLeastZero(long) === null || long === null || atLeastZero(short) === null) return null;
  const apart = parseScaled(long) + parseScaled(short ?? '0') - ONE;
  return apart > SHARES_APART || apart < -SHARES_APART ? null : long;
}
