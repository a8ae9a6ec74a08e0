import { isSessionOpen, sessionDay } from '@ballast/domain';
import { lotsText, priceText } from '../bybit/market-wire.ts';
import { aggregate, barsBetween, type MinuteBar } from '../klines.ts';
import type { Contract } from './contracts.ts';
import type { Frame } from './frame.ts';
import { type ListingRequest, requestIdOf } from './listing-requests.ts';
import { PUSH } from './message-ids.ts';
import { newYorkText, newYorkTime } from './new-york-clock.ts';
import { invalidRequest, TwsRefusal } from './refusal.ts';
import type { Session } from './session.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** 1970-01-05 was a Monday. */
const FIRST_MONDAY_MS = 4 * DAY_MS;
const WINDOW_MS = 10 * MINUTE_MS;
const SAME_WITHIN_MS = 15_000;
const PER_WINDOW_MAX = 60;
const UNIT_MS: Readonly<Record<string, number>> = {
  S: 1_000,
  D: DAY_MS,
  W: 7 * DAY_MS,
  M: 30 * DAY_MS,
  Y: 365 * DAY_MS,
};
const BAR_MS: Readonly<Record<string, number>> = {
  '1 min': MINUTE_MS,
  '2 mins': 2 * MINUTE_MS,
  '3 mins': 3 * MINUTE_MS,
  '5 mins': 5 * MINUTE_MS,
  '10 mins': 10 * MINUTE_MS,
  '15 mins': 15 * MINUTE_MS,
  '20 mins': 20 * MINUTE_MS,
  '30 mins': 30 * MINUTE_MS,
  '1 hour': HOUR_MS,
  '2 hours': 2 * HOUR_MS,
  '3 hours': 3 * HOUR_MS,
  '4 hours': 4 * HOUR_MS,
  '8 hours': 8 * HOUR_MS,
  '1 day': DAY_MS,
  '1W': 7 * DAY_MS,
  '1 week': 7 * DAY_MS,
};

/** Bars of trades up to a time, from the market's own minutes. @throws TwsRefusal */
export function history({ tws, session, fields, now }: ListingRequest): Frame[] {
  const reqId = requestIdOf(fields[1]);
  const [conId = '', symbol = '', secType = ''] = fields.slice(2);
  const contract = tws.contracts.find({ conId, symbol, secType, currency: fields[11] ?? '' });
  const [endText = '', barSize = '', duration = '', useRth, what = '', format, updates] =
    fields.slice(15);
  if (what !== 'TRADES') throw invalidRequest(`Incorrect what to show: ${what.slice(0, 40)}`);
  if (updates === '1') throw invalidRequest('keepUpToDate is not offered');
  const width = Object.hasOwn(BAR_MS, barSize) ? BAR_MS[barSize] : undefined;
  if (width === undefined) {
    const legal = Object.keys(BAR_MS).join(', ');
    throw invalidRequest(`Historical data bar size setting is invalid. Legal ones are: ${legal}`);
  }
  const end = endOf(endText, now);
  const start = end - durationOf(duration);
  pace(session, fields.slice(2).join('\0'), now, tws.options.historyPerTenMinutes);
  const bars = cut(contract, { start, end, width, isRegular: useRth === '1' });
  if (bars.length === 0) {
    throw refused(`HMDS query returned no data: ${contract.symbol}@SMART Trades`);
  }
  const rows = bars.flatMap((bar) => rowOf(contract, bar, width, format === '2'));
  const range = [newYorkText(start), newYorkText(end)];
  return [[PUSH.historicalData, reqId, ...range, bars.length, ...rows]];
}

/** Answers are given at once, so that there is never one to cancel. */
export function cancelHistory({ fields }: ListingRequest): Frame[] {
  requestIdOf(fields[2]);
  return [];
}

function cut(
  { market }: Contract,
  options: Record<'start' | 'end' | 'width', number> & { readonly isRegular: boolean },
): MinuteBar[] {
  const { start, end, width, isRegular } = options;
  const byDay = width >= DAY_MS;
  const minutes = barsBetween(market.klines, start, end - 1).filter(
    ({ openTime, trades }) =>
      trades > 0 && (!(isRegular || byDay) || isSessionOpen('us-equity', openTime)),
  );
  if (!byDay) return aggregate(minutes, (at) => at - (at % width));
  return aggregate(minutes, (at) => {
    const day = sessionDay('us-equity', at) * DAY_MS;
    return width === DAY_MS ? day : day - ((day - FIRST_MONDAY_MS) % width);
  });
}

/** date, open, high, low, close, volume, average price, trades. */
function rowOf({ market }: Contract, bar: MinuteBar, width: number, asSeconds: boolean): Frame {
  const day = new Date(bar.openTime).toISOString().slice(0, 10).replaceAll('-', '');
  const moment = asSeconds ? String(bar.openTime / 1_000) : newYorkText(bar.openTime);
  const prices = [bar.open, bar.high, bar.low, bar.close].map((ticks) => priceText(market, ticks));
  const average = (bar.turnover / bar.lots) * (Number(market.instrument.tickSize) / 1e18);
  const volume = lotsText(market, bar.lots);
  return [width >= DAY_MS ? day : moment, ...prices, volume, average.toFixed(4), bar.trades];
}

/** Too many in ten minutes, or the same again within 15 s. @throws TwsRefusal 162 */
function pace(
  { historyAsked }: Session,
  what: string,
  now: number,
  most: number = PER_WINDOW_MAX,
): void {
  while ((historyAsked[0]?.at ?? now) <= now - WINDOW_MS) historyAsked.shift();
  const again = historyAsked.some((past) => past.what === what && past.at > now - SAME_WITHIN_MS);
  if (again || historyAsked.length >= most) {
    throw refused('Historical data request pacing violation');
  }
  historyAsked.push({ at: now, what });
}

const refused = (why: string): TwsRefusal =>
  new TwsRefusal(162, `Historical Market Data Service error message:${why}`);

/** Empty is now; `yyyymmdd-hh:mm:ss` is UTC; with a blank, a zone may follow. @throws TwsRefusal */
function endOf(text: string, now: number): number {
  if (text === '') return now;
  const match = /^(\d{4})(\d\d)(\d\d)([- ])(\d\d:\d\d:\d\d)(?: (\S+))?$/.exec(text);
  const [, year, month, day, gap, clock, zone] = match ?? [];
  const at = Date.parse(`${year}-${month}-${day}T${clock}Z`);
  const isUtc = gap === '-' || zone === 'UTC';
  const isNewYork = zone === 'US/Eastern' || zone === 'America/New_York' || zone === undefined;
  if (match === null || Number.isNaN(at) || !(isUtc || isNewYork)) {
    throw new TwsRefusal(10_314, 'End Date/Time: The date, time, or time-zone entered is invalid.');
  }
  return isUtc ? at : newYorkTime(at);
}

/** @throws TwsRefusal 321 */
function durationOf(text: string): number {
  const [, many = '', unit = ''] = /^(\d{1,6}) ([SDWMY])$/.exec(text) ?? [];
  const ms = Number(many) * (UNIT_MS[unit] ?? 0);
  if (ms > 0) return ms;
  throw invalidRequest(`Historical data duration is invalid: ${text.slice(0, 20)}`);
}
