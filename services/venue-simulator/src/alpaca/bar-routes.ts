import { isSessionOpen, sessionDay, sessionOfDay } from '@ballast/domain';
import { aggregate, barsBetween, type MinuteBar } from '../klines.ts';
import type { Market } from '../market.ts';
import { barFields } from './market-wire.ts';
import { time } from './order-record.ts';
import { AlpacaRefusal, CODE } from './refusal.ts';
import type { Answer, Asked, Route } from './rest.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** The session opens so long after midnight of New York. */
const OPEN_AFTER_MS = 9.5 * HOUR_MS;
const PAGE_USUAL = 1_000;
const PAGE_MOST = 10_000;
const SYMBOLS_MAX = 200;
const FEEDS = ['iex', 'sip'];
const TIMEFRAME = /^(\d{1,2})(Min|T|Hour|H|Day|D)$/;
const WIDEST = { minute: 59, hour: 23, day: 1 };

type Row = { readonly symbol: string; readonly at: number; readonly bar: MinuteBar };

/** History from the market's own minutes; a minute without a trade has no bar here either. */
export const BAR_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    url: '/v2/stocks/bars',
    kind: 'query',
    act: (asked) => bars(asked, (asked.query['symbols'] ?? '').split(','), false),
  },
  {
    method: 'GET',
    url: '/v2/stocks/:id/bars',
    kind: 'query',
    act: (asked) => bars(asked, [asked.id], true),
  },
];

/** One page over all symbols, by symbol and then by time. @throws AlpacaRefusal 400 */
function bars(
  { server, query, now }: Asked,
  symbols: readonly string[],
  isSingle: boolean,
): Answer {
  if (symbols.length > SYMBOLS_MAX) throw faulty('symbols: too many');
  if (!FEEDS.includes(query['feed'] ?? 'sip')) throw faulty(`invalid feed: ${query['feed']}`);
  const order = query['sort'] ?? 'asc';
  if (order !== 'asc' && order !== 'desc') throw faulty(`invalid sort: ${order}`);
  const range = {
    from: timeOf(query['start'], 'start') ?? Math.floor(now / DAY_MS) * DAY_MS,
    to: timeOf(query['end'], 'end') ?? now,
  };
  const cut = timeframeOf(query['timeframe'] ?? '');
  const rows = symbols.toSorted().flatMap((symbol): Row[] => {
    const market = server.desk.venue.markets.get(symbol);
    if (market === undefined) return [];
    const told = cut(market, range).map((bar) => ({ symbol, at: bar.openTime, bar }));
    return order === 'asc' ? told : told.toReversed();
  });
  const from = placeOf(rows, query['page_token']);
  const page = rows.slice(from, from + limitOf(query['limit']));
  const next = from + page.length < rows.length ? tokenOf(page.at(-1)) : null;
  const named: Record<string, object[]> = {};
  for (const { symbol, at, bar } of page) {
    const market = server.desk.venue.markets.get(symbol);
    if (market === undefined) continue;
    const its = (named[symbol] ??= []);
    its.push({ t: time(at).replace('.000Z', 'Z'), ...barFields(market, bar) });
  }
  const [symbol = ''] = symbols;
  const told = isSingle ? { bars: named[symbol] ?? [], symbol } : { bars: named };
  return { status: 200, json: { ...told, next_page_token: next } };
}

type Cut = (market: Market, range: { readonly from: number; readonly to: number }) => MinuteBar[];

/** How a timeframe is cut from minutes that have ended. @throws AlpacaRefusal 400 */
function timeframeOf(text: string): Cut {
  const [, many = '', unit = ''] = TIMEFRAME.exec(text) ?? [];
  const count = Number(many);
  const kind = unit.startsWith('D') ? 'day' : unit.startsWith('H') ? 'hour' : 'minute';
  if (!(count >= 1) || count > WIDEST[kind]) throw faulty(`invalid timeframe: ${text}`);
  if (kind === 'day') return (market, range) => between(aggregate(daily(market), midnight), range);
  const width = count * (kind === 'hour' ? HOUR_MS : MINUTE_MS);
  return (market, range) => {
    const minutes = traded(market, range.from - (range.from % width), range.to + width);
    return between(
      aggregate(minutes, (at) => at - (at % width)),
      range,
    );
  };
}

/** Minutes of the regular sessions. */
function daily(market: Market): MinuteBar[] {
  return traded(market, 0, Number.MAX_SAFE_INTEGER).filter(({ openTime }) =>
    isSessionOpen('us-equity', openTime),
  );
}

/** Midnight in New York of a minute's session. */
function midnight(minute: number): number {
  const hours = sessionOfDay('us-equity', sessionDay('us-equity', minute));
  return (hours?.open ?? minute) - OPEN_AFTER_MS;
}

function traded(market: Market, from: number, to: number): MinuteBar[] {
  const running = market.klines.running?.openTime;
  return barsBetween(market.klines, from, to).filter(
    ({ openTime, trades }) => trades > 0 && openTime !== running,
  );
}

function between(
  rows: readonly MinuteBar[],
  { from, to }: { readonly from: number; readonly to: number },
): MinuteBar[] {
  return rows.filter(({ openTime }) => openTime >= from && openTime <= to);
}

/** Base64 of the last row that was told. */
function tokenOf(row: Row | undefined): string | null {
  return row === undefined ? null : Buffer.from(`${row.symbol}|${row.at}`).toString('base64');
}

/** @throws AlpacaRefusal 400 */
function placeOf(rows: readonly Row[], token: string | undefined): number {
  if (token === undefined || token === '') return 0;
  const told = Buffer.from(token, 'base64').toString('utf8');
  const last = rows.findIndex(({ symbol, at }) => `${symbol}|${at}` === told);
  if (last === -1) throw faulty('invalid page_token');
  return last + 1;
}

/** RFC 3339, or a date. @throws AlpacaRefusal 400 */
function timeOf(text: string | undefined, name: string): number | undefined {
  if (text === undefined || text === '') return undefined;
  const at = /^\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:\d\d))?$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  if (Number.isNaN(at)) throw faulty(`invalid ${name}: ${text.slice(0, 40)}`);
  return at;
}

/** @throws AlpacaRefusal 400 */
function limitOf(text: string | undefined): number {
  if (text === undefined || text === '') return PAGE_USUAL;
  const limit = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > PAGE_MOST) throw faulty(`invalid limit: 1 to ${PAGE_MOST}`);
  return limit;
}

function faulty(message: string): AlpacaRefusal {
  return new AlpacaRefusal(400, CODE.body, message);
}
