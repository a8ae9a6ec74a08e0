import { type Instrument, symbolOf } from '@ballast/domain';
import { z } from 'zod';
import type { Desk } from './desk.ts';
import { assetId, time } from './order-record.ts';
import { invalid, notFound } from './refusal.ts';
import type { Answer, Asked, Route } from './rest.ts';

const DAY_MS = 86_400_000;
/** Days in one answer of the calendar. */
const DAYS_MAX = 3_660;
/** A date, or as the SDK sends it, a time on that date. */
const day = z.union([z.iso.date(), z.iso.datetime()]).transform((text) => text.slice(0, 10));
const calendarQuery = z.object({ start: day.optional(), end: day.optional() });

const ok = (json: unknown): Answer => ({ status: 200, json });

/** The simulated market has one session a day, from midnight to midnight UTC, every day. */
export const MARKET_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    url: '/v2/clock',
    kind: null,
    act({ server: { options }, now }) {
      const next = time(Math.floor(now / DAY_MS) * DAY_MS + DAY_MS);
      const is_open = options.isOpen?.() ?? true;
      return ok({ timestamp: time(now), is_open, next_open: next, next_close: next });
    },
  },
  { method: 'GET', url: '/v2/calendar', kind: null, act: (asked) => ok(calendar(asked)) },
  {
    method: 'GET',
    url: '/v2/assets',
    kind: null,
    act: ({ server: { desk } }) => ok(listed(desk).map((one) => assetJson(desk, one))),
  },
  {
    method: 'GET',
    url: '/v2/assets/:id',
    kind: null,
    act({ server: { desk }, id }) {
      const found = listed(desk).find((one) => {
        const symbol = symbolOf(one.id);
        return symbol === id || assetId(symbol) === id;
      });
      if (found === undefined) throw notFound(`asset not found for ${id}`);
      return ok(assetJson(desk, found));
    },
  },
];

/** Today when nothing else is asked for. */
function calendar({ query, now }: Asked): Readonly<Record<string, string>>[] {
  const parsed = calendarQuery.safeParse(query);
  if (!parsed.success) throw invalid(`invalid query: ${parsed.error.issues[0]?.path.join('.')}`);
  const today = time(now).slice(0, 10);
  const first = Date.parse(parsed.data.start ?? today);
  const last = Date.parse(parsed.data.end ?? parsed.data.start ?? today);
  const days = Math.floor((last - first) / DAY_MS) + 1;
  if (days > DAYS_MAX) throw invalid(`invalid query: at most ${DAYS_MAX} days`);
  return Array.from({ length: Math.max(0, days) }, (_none, index) => {
    const date = time(first + index * DAY_MS).slice(0, 10);
    const session = { session_open: '0000', session_close: '2400' };
    return { date, open: '00:00', close: '24:00', ...session, settlement_date: date };
  });
}

function listed({ venue }: Desk): Instrument[] {
  return [...venue.markets.values()].map(({ instrument }) => instrument);
}

function assetJson(desk: Desk, instrument: Instrument): Readonly<Record<string, unknown>> {
  const symbol = symbolOf(instrument.id);
  return {
    id: assetId(symbol),
    class: 'us_equity',
    exchange: 'NASDAQ',
    symbol,
    name: symbol,
    status: 'active',
    tradable: true,
    marginable: true,
    shortable: desk.shorting,
    easy_to_borrow: desk.shorting,
    fractionable: false,
  };
}
