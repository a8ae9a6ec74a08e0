import { barsBetween, loadGaps } from '@ballast/db';
import { type Bar, parseInstrumentId, parseScaled } from '@ballast/domain';
import { z } from 'zod';
import { Claims, type Drill, DrillUsage } from './drill.ts';
import { startTrading, type Trading } from './trading.ts';
import { until } from './until.ts';

const MINUTE_MS = 60_000;
const MINUTES_DEFAULT = 5;
const MINUTES_MAX = 120;
const INSTRUMENTS_DEFAULT = 100;
const INSTRUMENTS_MAX = 600;
/** One fault after the other, each for some seconds, over and over. */
const FAULT_MS = 4_000;
const FAULTS = [
  { fault: 'droppedTrade', rate: 0.02 },
  { fault: 'silentFeed', ms: 15_000 },
  { fault: 'duplicateTrade', rate: 0.05 },
  { fault: 'lateTrade', rate: 0.02 },
  { fault: 'midBatchFeedDisconnect', count: 1 },
  { fault: 'reorderedTrades', rate: 0.05 },
  { fault: 'malformedFrame', rate: 0.02 },
  { fault: 'halfOpenFeed', ms: 15_000 },
  { fault: 'futureTrade', rate: 0.01 },
] as const;
/** Gaps are looked for and filled this long after the faults have ended. */
const SETTLED_WITHIN_MS = 240_000;

const row = z.tuple([
  ...[z.number(), z.string(), z.string(), z.string(), z.string(), z.string(), z.number()],
] as const);
const record = z.object({
  markets: z.array(z.object({ instrument: z.string(), bars: z.array(row) })),
});
type Row = z.infer<typeof row>;

/**
 * market-data alone at a venue whose public feed has every fault by turns. Afterwards each minute
 * that is stored is compared with the venue's own record, which no feed has touched.
 */
export const feedFaults: Drill = async ({ minutes, instruments }, say) => {
  const lasting = wholeNumber('--minutes', minutes, MINUTES_DEFAULT, MINUTES_MAX);
  const count = wholeNumber('--instruments', instruments, INSTRUMENTS_DEFAULT, INSTRUMENTS_MAX);
  const trading = await startTrading(['venue-simulator', 'market-data'], {
    'venue-simulator': { BALLAST_SIMULATOR_INSTRUMENTS: String(count) },
    'market-data': { BALLAST_INSTRUMENTS: 'all' },
  });
  const claims = new Claims(say);
  try {
    const from = Math.ceil(Date.now() / MINUTE_MS) * MINUTE_MS;
    const to = from + (lasting - 1) * MINUTE_MS;
    const struck = await trouble(trading, to + MINUTE_MS, say);
    const compared = await settled(trading, { from, to }, count);
    for (const [name, times] of Object.entries(struck)) {
      claims.claim(`${name} struck`, times > 0, times);
    }
    claims.claim('as many instruments as asked for', compared.instruments === count, compared);
    claims.claim('no stored minute is wrong', compared.wrong.length === 0, compared.wrong);
    claims.claim('no minute is missing', compared.missing.length === 0, compared.missing);
    claims.claim('no minute was invented', compared.invented.length === 0, compared.invented);
    claims.claim('no gap is open', compared.openGaps === 0, compared.openGaps);
    const { held, failures, ok } = claims;
    const figures = { minutes: lasting, instruments: count, bars: compared.bars, struck };
    return { ok, ...figures, ...compared.byState, claims: held, failures };
  } finally {
    await trading.stop();
  }
};

function wholeNumber(name: string, text: string | undefined, none: number, max: number): number {
  const value = text === undefined ? none : Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= max) return value;
  throw new DrillUsage(`${name} ${text}: must be a whole number from 1 to ${max}`);
}

/** Faults by turns until `end` (epoch ms). @returns how often each struck */
async function trouble({ venue }: Trading, end: number, say: (line: string) => void) {
  for (let turn = 0; Date.now() < end - FAULT_MS; turn += 1) {
    const next = FAULTS[turn % FAULTS.length];
    if (next === undefined) throw new Error('no faults to choose from');
    const { fault, ...how } = next;
    await venue.fault(fault, how);
    const over = Date.now() + FAULT_MS;
    await until(`${fault} for ${FAULT_MS} ms`, async () => Date.now() >= over);
    await venue.clearFaults();
    if (turn % FAULTS.length === 0) say(`round ${turn / FAULTS.length + 1} of faults`);
  }
  await until('the last minute has ended', async () => Date.now() >= end, end - Date.now() + 1_000);
  const struck: Record<string, number> = {};
  for (const { fault } of FAULTS) struck[fault] = await venue.struck(fault);
  return struck;
}

/** Waits until nothing differs, or as long as filling may take, and gives what was found then. */
async function settled(trading: Trading, range: { from: number; to: number }, count: number) {
  const end = Date.now() + SETTLED_WITHIN_MS;
  for (;;) {
    const found = await compare(trading, range);
    const whole = found.wrong.length + found.missing.length + found.openGaps === 0;
    if ((whole && found.instruments === count) || Date.now() > end) return found;
    const over = Date.now() + 5_000;
    await until('a little later', async () => Date.now() >= over);
  }
}

async function compare({ venue, db }: Trading, range: { from: number; to: number }) {
  const url = `${venue.url}/control/bars?from=${range.from}&to=${range.to}`;
  const response = await fetch(url);
  const { markets } = record.parse(await response.json());
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
  return { instruments: markets.length, bars, wrong, missing, invented, openGaps, byState };
}

function isSame(bar: Bar, [, open, high, low, close, volume]: Row): boolean {
  const ours = [bar.open, bar.high, bar.low, bar.close, bar.volume];
  const theirs = [open, high, low, close, volume];
  return ours.every((text, index) => parseScaled(text) === parseScaled(theirs[index] ?? '0'));
}
