import { barsBetween, loadGaps } from '@ballast/db';
import { type Bar, parseInstrumentId, parseScaled } from '@ballast/domain';
import { z } from 'zod';
import type { Trading } from './trading.ts';

const row = z.tuple([
  ...[z.number(), z.string(), z.string(), z.string(), z.string(), z.string(), z.number()],
] as const);
const record = z.object({
  markets: z.array(z.object({ instrument: z.string(), bars: z.array(row) })),
});
type Row = z.infer<typeof row>;
type Markets = readonly { readonly bars: readonly unknown[] }[];

const MINUTE_MS = 60_000;

type Stretch = { readonly from: number; readonly to: number };

/** What the simulated venue itself says of its minutes (open times, epoch ms), by instrument. */
export async function venueRecord({ venue }: Pick<Trading, 'venue'>, { from, to }: Stretch) {
  const response = await fetch(`${venue.url}/control/bars?from=${from}&to=${to}`);
  return record.parse(await response.json()).markets;
}

/**
 * Whether the venue has ended all minutes of `range` in all markets. It does so a moment after the
 * clock; what is stored of a minute that it has not ended yet would look invented.
 */
export function hasEnded(markets: Markets, { from, to }: Stretch): boolean {
  const due = (to - from) / MINUTE_MS + 1;
  return markets.every(({ bars }) => bars.length === due);
}

/** Each stored minute held against the venue's own record, which no feed has touched. */
export async function compareWithRecord(
  { venue, db }: Pick<Trading, 'venue' | 'db'>,
  range: Stretch,
) {
  const markets = await venueRecord({ venue }, range);
  const wrong: string[] = [];
  const missing: string[] = [];
  const invented: string[] = [];
  const byState: Record<string, number> = {};
  let bars = 0;
  for (const market of markets) {
    const stored = await barsBetween(db, parseInstrumentId(market.instrument), '1m', range);
    const ours = new Map(stored.map((bar) => [bar.openTime, bar]));
    for (const truth of market.bars) {
      const bar = ours.get(truth[0]);
      const where = `${market.instrument} ${new Date(truth[0]).toISOString()}`;
      if (bar === undefined) missing.push(where);
      else if (!isSame(bar, truth)) wrong.push(`${where} ${bar.state} ${bar.builtFrom}`);
      if (bar !== undefined) byState[bar.state] = (byState[bar.state] ?? 0) + 1;
      ours.delete(truth[0]);
      bars += 1;
    }
    for (const openTime of ours.keys()) {
      invented.push(`${market.instrument} ${new Date(openTime).toISOString()}`);
    }
  }
  const gaps = await loadGaps(db, { ...range, timeframe: '1m' });
  const openGaps = gaps.filter(({ endedAt }) => endedAt === null).length;
  const figures = { instruments: markets.length, bars, hasEnded: hasEnded(markets, range) };
  return { ...figures, wrong, missing, invented, openGaps, byState };
}

function isSame(bar: Bar, [, open, high, low, close, volume]: Row): boolean {
  const ours = [bar.open, bar.high, bar.low, bar.close, bar.volume];
  const theirs = [open, high, low, close, volume];
  return ours.every((text, index) => parseScaled(text) === parseScaled(theirs[index] ?? '0'));
}
