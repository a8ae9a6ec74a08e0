import { type Database, endGap, loadGaps, recordLook, saveInstruments } from '@ballast/db';
import {
  barOpenTime,
  type Instrument,
  instrumentId,
  type Timeframe,
  TIMEFRAME_MS,
  TIMEFRAMES,
} from '@ballast/domain';
import { INSTRUMENTS } from './rows.ts';

const DAY_MS = 86_400_000;
const DAYS_KEPT = 40;
/** Runs of missing bars: so many bars before now, so many bars. */
const HOLES: Record<string, readonly [timeframe: Timeframe, ago: number, bars: number][]> = {
  ETHUSDT: [
    ['1m', 130, 10],
    ['1m', 4_000, 1],
    ['5m', 27, 2],
  ],
  SOLUSDT: [['5m', 900, 3]],
  DOGEUSDT: [['1h', 60, 12]],
};

/**
 * How much of the bars is there, every colour of the grid in it.
 * @param more instruments beside the sample's, each with all that it should have; they are given
 */
export async function seedCoverage(
  db: Database,
  now: number,
  more = 0,
): Promise<readonly Instrument[]> {
  const [like] = INSTRUMENTS;
  if (like === undefined) throw new Error('the sample has no instrument');
  const others = Array.from({ length: more }, (_, index) => ({
    ...like,
    id: instrumentId('bybit', 'linear', `COIN${String(index + 1).padStart(3, '0')}USDT`),
  }));
  await saveInstruments(db, others, now);
  for (const instrument of [...INSTRUMENTS, ...others]) await looked(db, instrument, now);
  const [quiet] = await loadGaps(db, { instrument: idOf('XRPUSDT'), from: 0, to: now });
  const without = { outcome: 'empty', source: 'bybit' } as const;
  if (quiet !== undefined) await endGap(db, quiet, { rest: [], without, now });
  return others;
}

const idOf = (symbol: string) => instrumentId('bybit', 'linear', symbol);

async function looked(db: Database, { id, session }: Instrument, now: number): Promise<void> {
  const symbol = id.slice(id.indexOf(':') + 1);
  for (const timeframe of TIMEFRAMES) {
    // Nobody looks for the wide bars of this one, and nobody has looked at that one for an hour.
    if (symbol === '1000PEPEUSDT' && TIMEFRAME_MS[timeframe] > TIMEFRAME_MS['15m']) continue;
    const until = symbol === 'LINKUSDT' ? now - 3_600_000 : now - 20_000;
    const holes = symbol === 'XRPUSDT' ? ([['1m', 300, 4]] as const) : (HOLES[symbol] ?? []);
    const step = TIMEFRAME_MS[timeframe];
    const checkedUntil = barOpenTime(timeframe, session, until);
    await recordLook(db, {
      ...{ instrument: id, timeframe, checkedUntil, now: now - 60_000 },
      fromTime: barOpenTime(timeframe, session, now - DAYS_KEPT * DAY_MS),
      gaps: holes
        .filter(([name]) => name === timeframe)
        .map(([, ago, bars]) => {
          const from = checkedUntil - ago * step;
          return { from, to: from + (bars - 1) * step, bars };
        }),
    });
  }
}
