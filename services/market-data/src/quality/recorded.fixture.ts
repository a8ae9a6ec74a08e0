import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import {
  type Bar,
  type DataSource,
  type Instrument,
  type InstrumentId,
  instrumentWire,
  type PublicTrade,
  type Quote,
  type Timeframe,
} from '@ballast/domain';
import type { FeedEvent } from '@ballast/feeds';
import { createLogger } from '@ballast/observability';
import { onTestFinished } from 'vitest';
import { createQualityWatch } from './quality-watch.ts';
import type { QualityRecord } from './record-book.ts';

const DATA = new URL('../../../../../shared/data/', import.meta.url);
/** Tests on recordings say so in their names and are left out without them. */
export const absent = !existsSync(DATA);
/** From a venue to us. */
const TRANSIT_MS = 40;
const FRAMES = 'frames/binance/BTCUSDT_usdm_20240808.frames.gz';
const QUOTES = 'frames/ibkr-tws/reqMktData_ticks_20220107.csv.gz';
/** The clock of who recorded the frames was behind by this much. */
export const FRAMES_BEHIND_MS = 1_300;

export function listed(id: string, session: Instrument['session'] = 'continuous'): Instrument {
  return instrumentWire.parse({
    ...{ id, baseCurrency: 'X', quoteCurrency: 'USD', tickSize: '0.00000001', lotSize: '0.001' },
    ...{ minQuantity: '0.001', maxQuantity: '1000000', minNotional: '1', multiplier: '1', session },
  });
}

export const [BTC, IBM] = [listed('bybit.linear:BTCUSDT'), listed('alpaca.stock:IBM', 'us-equity')];
const ALL = [BTC, IBM];

const read = new Map<string, readonly string[]>();

export function linesOf(file: string): readonly string[] {
  const known = read.get(file);
  if (known !== undefined) return known;
  const bytes = readFileSync(new URL(file, DATA));
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
  const lines = text.trim().split('\n');
  read.set(file, lines);
  return lines;
}

/** A recording of trades (`ts,price,size,side`); each row's number is its trade's id. */
export function recordedTrades(
  file: string,
  { id }: Pick<Instrument, 'id'> = BTC,
  source: DataSource = 'bybit',
): PublicTrade[] {
  return linesOf(file)
    .slice(1)
    .map((line, index) => {
      const [ts = '', price = '', quantity = ''] = line.split(',');
      const times = { eventTime: Number(ts), receivedTime: Number(ts) + TRANSIT_MS };
      const what = { instrument: id, source, venueTradeId: String(index), takerSide: null };
      return { ...what, price, quantity, ...times };
    });
}

/** Best prices and trades of BTCUSDT in five minutes as they came over a socket, by both clocks. */
export function recordedFrames(
  addedMs = FRAMES_BEHIND_MS,
  lines = Number.POSITIVE_INFINITY,
): FeedEvent[] {
  let last: string | null = null;
  return linesOf(FRAMES)
    .slice(0, lines)
    .flatMap((line): FeedEvent[] => {
      // The depth of the book, half of all bytes, is of no use here.
      if (line.includes('depthUpdate')) return [];
      const { data } = JSON.parse(line.slice(line.indexOf(' ') + 1));
      const receivedTime = Number(line.slice(0, 13)) + addedMs;
      const about = { instrument: BTC.id, source: 'bybit', receivedTime } as const;
      if (data?.e === 'trade') {
        last = data.p;
        const what = { venueTradeId: String(data.t), takerSide: null, eventTime: data.T };
        return [asTrade({ ...about, ...what, price: data.p, quantity: data.q })];
      }
      if (data?.e !== 'bookTicker' || last === null) return [];
      const sides = { bid: data.b, bidQuantity: data.B, ask: data.a, askQuantity: data.A };
      return [asQuote({ ...about, ...sides, last, eventTime: data.E })];
    });
}

/** Forty minutes of a line of quotes of IBKR: 0 to 4 are bid size, bid, ask, ask size, last. */
export function recordedQuotes({ id }: Pick<Instrument, 'id'>): Quote[] {
  const known = ['', '', '', '', ''];
  return linesOf(QUOTES)
    .slice(1)
    .flatMap((line) => {
      const [ts, price = '', size = '', field] = line.split(',').map((text) => text.trim());
      const [at, number] = [Number(ts), Number(field)];
      if (number > 4) return [];
      known[number] = number === 0 || number === 3 ? size : price;
      if (number === 1) known[0] = size;
      if (number === 2) known[3] = size;
      const [bidQuantity = '', bid = '', ask = '', askQuantity = '', last = ''] = known;
      if ([bid, ask, last].includes('')) return [];
      const about = { instrument: id, source: 'ibkr', eventTime: at, receivedTime: at } as const;
      return [{ ...about, bid, bidQuantity, ask, askQuantity, last }];
    });
}

/** A recording of bars (`ts,open,high,low,close,volume`). */
export function recordedBars(
  file: string,
  timeframe: Timeframe,
  instrument: InstrumentId = BTC.id,
): Bar[] {
  return linesOf(file)
    .slice(1)
    .map((line) => {
      const [ts, open = '', high = '', low = '', close = '', volume = ''] = line.split(',');
      const what = { instrument, timeframe, openTime: Number(ts), tradeCount: 0, missing: 0 };
      const origin = { state: 'closed', source: 'bybit', builtFrom: 'venue' } as const;
      return { ...what, ...origin, open, high, low, close, volume };
    });
}

export const asTrade = (trade: PublicTrade): FeedEvent => ({ kind: 'trade', trade });
export const asQuote = (quote: Quote): FeedEvent => ({ kind: 'quote', quote });
export const asBar = (bar: Bar): FeedEvent => ({ kind: 'bar', bar });

function heardAt(event: FeedEvent): number {
  if (event.kind === 'trade') return event.trade.receivedTime;
  if (event.kind === 'quote') return event.quote.receivedTime;
  return event.kind === 'bar' ? event.bar.openTime : event.receivedTime;
}

const sourceOf = (event: FeedEvent): DataSource => {
  if (event.kind === 'trade') return event.trade.source;
  if (event.kind === 'quote') return event.quote.source;
  return event.kind === 'bar' ? event.bar.source : event.source;
};

/** A watch with a clock that stands where the last event came, and what it has stored. */
export function openWatch(
  options: {
    instruments?: () => readonly Instrument[];
    save?: (records: readonly QualityRecord[]) => Promise<void>;
  } = {},
) {
  const stored = new Map<string, QualityRecord>();
  const clock = { at: 0 };
  const watch = createQualityWatch({
    instruments: () => ALL,
    now: () => clock.at,
    log: createLogger('quality', 'silent'),
    save: async (records) => {
      for (const record of records) {
        const { rule, source, instrument, foundAt } = record;
        stored.set(`${rule} ${source} ${instrument} ${foundAt}`, record);
      }
    },
    ...options,
  });
  onTestFinished(() => watch.stop());
  return {
    watch,
    clock,
    play(events: readonly FeedEvent[]): void {
      for (const event of events) {
        clock.at = heardAt(event);
        watch.onEvents(sourceOf(event), [event]);
      }
    },
    async records(): Promise<QualityRecord[]> {
      await watch.flush();
      return [...stored.values()];
    },
  };
}

/** What the rules found in a stream of events. */
export async function judged(events: readonly FeedEvent[]): Promise<QualityRecord[]> {
  const { play, records } = openWatch();
  play(events);
  return records();
}

/** The rules that were broken, once each, in order of their names. */
export const rulesOf = (records: readonly QualityRecord[]): string[] =>
  [...new Set(records.map(({ rule }) => rule))].toSorted();
