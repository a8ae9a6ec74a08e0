import {
  type Bar,
  barCloseTime,
  barOpenTime,
  type MarketEvent,
  type PublicTrade,
  type Timeframe,
} from '@ballast/domain';
import { compareDecimals, createTickCheck, isPositiveDecimal } from '../decimal-check.ts';
import type { FaultSink, FeedFault } from '../faults.ts';
import type { Route } from '../feed.ts';
import { floatDecimal } from '../float-decimal.ts';
import { printStep } from '../print-step.ts';
import { COLUMNS, type RecordedKind, type RecordedRow } from './recorded-file.ts';

const TIME = /^[1-9]\d{0,14}$/;
const PLAIN = /^\d{1,20}(?:\.\d{1,18})?$/;
const WITH_EXPONENT = /^\d+(?:\.\d+)?[eE][-+]?\d{1,2}$/;

export type RecordedWhat = {
  readonly route: Route;
  readonly kind: RecordedKind;
  /** Of bars. */
  readonly timeframe: Timeframe;
  /** What faults call the recording. */
  readonly label: string;
};

/** An event and the moment at which it became known: of a bar its end. */
export type TimedEvent = { readonly at: number; readonly event: MarketEvent };

/** Why a row is not used. */
class RowFault extends Error {
  readonly code: FeedFault;

  constructor(code: FeedFault, why: string) {
    super(why);
    this.code = code;
  }
}

/** Reads the rows of one recording, in order. */
export class RowReader {
  readonly #what: RecordedWhat;
  readonly #fault: FaultSink;
  readonly #isOnStep: (decimal: string) => boolean;
  #before = 0;

  constructor(what: RecordedWhat, fault: FaultSink) {
    this.#what = what;
    this.#fault = fault;
    this.#isOnStep = createTickCheck(printStep(what.route.instrument));
  }

  /** Null, after `fault` with the row's number, for one that cannot be used. */
  read({ row, fields }: RecordedRow): TimedEvent | null {
    try {
      return this.#event(row, fields);
    } catch (error) {
      if (!(error instanceof RowFault)) throw error;
      const { label, route } = this.#what;
      this.#fault(error.code, `${label} row ${row}: ${error.message}`, route.instrument.id);
      return null;
    }
  }

  #event(row: number, fields: readonly string[]): TimedEvent {
    const { kind, timeframe, route } = this.#what;
    if (fields.length !== COLUMNS[kind]) {
      throw new RowFault('FEED_FRAME_MALFORMED', `${fields.length} columns`);
    }
    if (kind === 'trades') {
      const trade = this.#trade(row, fields);
      return { at: trade.eventTime, event: { kind: 'trade', trade } };
    }
    const bar = this.#bar(fields);
    const { session } = route.instrument;
    // Outside the session it is known at its end by the clock.
    const at =
      barCloseTime(timeframe, session, bar.openTime) ??
      barCloseTime(timeframe, 'continuous', bar.openTime) ??
      bar.openTime;
    return { at, event: { kind: 'bar', bar } };
  }

  #trade(row: number, fields: readonly string[]): PublicTrade {
    const eventTime = timeOf(fields[0]);
    if (eventTime < this.#before) throw backwards(eventTime, this.#before);
    const price = this.#price(fields[1]);
    const quantity = decimal(fields[2]);
    if (!isPositiveDecimal(quantity))
      throw new RowFault('FEED_QUANTITY_INVALID', quoted(fields[2]));
    const side = fields[3]?.trim() ?? '';
    if (side !== '' && side !== 'buy' && side !== 'sell') {
      throw new RowFault('FEED_FIELD_INVALID', `side ${quoted(side)}`);
    }
    this.#before = eventTime;
    const { id: instrument } = this.#what.route.instrument;
    const what = { instrument, source: 'replay', venueTradeId: String(row) } as const;
    const takerSide = side === '' ? null : side;
    return { ...what, price, quantity, takerSide, eventTime, receivedTime: eventTime };
  }

  #bar(fields: readonly string[]): Bar {
    const { timeframe, route } = this.#what;
    const openTime = timeOf(fields[0]);
    if (openTime <= this.#before) throw backwards(openTime, this.#before);
    if (barOpenTime(timeframe, 'continuous', openTime) !== openTime) {
      throw new RowFault('FEED_TIME_INVALID', `${openTime} is no bound of ${timeframe}`);
    }
    const [open, high] = [this.#price(fields[1]), this.#price(fields[2])];
    const [low, close] = [this.#price(fields[3]), this.#price(fields[4])];
    if (compareDecimals(high, low) < 0) {
      throw new RowFault('FEED_PRICE_INVALID', `high ${high} below low ${low}`);
    }
    const volume = decimal(fields[5]);
    if (volume === null) throw new RowFault('FEED_QUANTITY_INVALID', quoted(fields[5]));
    this.#before = openTime;
    const what = { instrument: route.instrument.id, timeframe, openTime } as const;
    const prices = { open, high, low, close, volume, tradeCount: 0 };
    const origin = { source: 'replay', builtFrom: 'venue', missing: 0 } as const;
    return { ...what, ...prices, state: 'closed', ...origin };
  }

  #price(written: string | undefined): string {
    const text = decimal(written);
    if (!isPositiveDecimal(text)) throw new RowFault('FEED_PRICE_INVALID', quoted(written));
    if (!this.#isOnStep(text)) throw new RowFault('FEED_OFF_TICK', text);
    return text;
  }
}

function timeOf(written: string | undefined): number {
  const text = written?.trim() ?? '';
  if (!TIME.test(text)) throw new RowFault('FEED_TIME_INVALID', quoted(written));
  return Number(text);
}

function backwards(at: number, before: number): RowFault {
  return new RowFault('FEED_TIME_INVALID', `${at} after ${before}`);
}

/** Decimal text from zero up, or null; some recordings write small sizes with an exponent. */
function decimal(written: string | undefined): string | null {
  const text = written?.trim() ?? '';
  if (WITH_EXPONENT.test(text)) return floatDecimal(Number(text));
  return PLAIN.test(text) ? text : null;
}

function quoted(text: string | undefined): string {
  return `"${(text ?? '').slice(0, 40)}"`;
}
