import { type Database, loadGaps } from '@ballast/db';
import {
  type Bar,
  type Instrument,
  instrumentId,
  parseQuantity,
  parseScaled,
  TIMEFRAME_MS,
} from '@ballast/domain';
import type { History } from '@ballast/feeds';
import type { KeptBars } from '../src/sources/kept-bars.ts';

export const MIDNIGHT = Date.parse('2026-11-02T00:00Z');
export const MINUTE = 60_000;

export function instrumentOf(symbol: string): Instrument {
  const id = instrumentId('bybit', 'linear', symbol);
  const quantities = { minQuantity: parseQuantity('1'), maxQuantity: parseQuantity('9') };
  return {
    ...{ id, baseCurrency: 'BTC', quoteCurrency: 'USDT', ...quantities, minNotional: 0n },
    ...{ tickSize: parseScaled('1'), lotSize: parseScaled('1'), multiplier: parseScaled('1') },
    ...{ sector: 'crypto', session: 'continuous' },
  };
}

export function stockOf(symbol: string): Instrument {
  const id = instrumentId('alpaca', 'stock', symbol);
  return { ...instrumentOf(symbol), id, session: 'us-equity' };
}

/** Timeframe and first open time of each gap that is open, as text. */
export async function openGaps(
  db: Database,
  { id: instrument }: Instrument,
  until: number,
): Promise<string[]> {
  const gaps = await loadGaps(db, { instrument, from: 0, to: until });
  return gaps
    .filter(({ endedAt }) => endedAt === null)
    .map(({ timeframe, fromTime }) => `${timeframe} ${new Date(fromTime).toISOString()}`);
}

/** A venue that has kept every bar but those of `lacks`, and asks `before` at each page. */
export function keptBy(
  instrument: Instrument,
  before: (from: number) => Promise<void> | void,
  lacks: (openTime: number) => boolean = () => false,
  hearsAll = true,
): KeptBars {
  const history: History = {
    source: 'bybit',
    timeframes: () => ['1m', '1h'],
    hearsAll: () => hearsAll,
    async *bars({ instrument: { id } }, timeframe, from, to) {
      await before(from);
      const bars: Bar[] = [];
      for (let openTime = from; openTime < to; openTime += TIMEFRAME_MS[timeframe]) {
        if (lacks(openTime)) continue;
        bars.push({
          ...{ instrument: id, timeframe, openTime, state: 'backfilled', source: 'bybit' },
          ...{ open: '1', high: '2', low: '1', close: '2', volume: '3', tradeCount: 0 },
          ...{ builtFrom: 'venue', missing: 0 },
        });
      }
      yield bars;
    },
    close: async () => undefined,
  };
  return { history, route: { instrument, symbol: instrument.id } };
}
