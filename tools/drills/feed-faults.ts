import { compareWithRecord } from './bar-record.ts';
import { Claims, type Drill, wholeNumber } from './drill.ts';
import { startTrading, type Trading } from './trading.ts';
import { until } from './until.ts';

const MINUTE_MS = 60_000;
const MINUTES = { none: 5, max: 120 };
const INSTRUMENTS = { none: 100, max: 600 };
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
/**
 * What breaks the connection strikes in every fifth round alone: a minute in which it was broken is
 * stored as the venue tells it, so that no other fault could make it wrong.
 */
const BREAKING = 'midBatchFeedDisconnect';
const BREAKING_EVERY = 5;
/** Gaps are looked for and filled this long after the faults have ended. */
const SETTLED_WITHIN_MS = 240_000;

/**
 * market-data alone at a venue whose public feed has every fault by turns. Afterwards each minute
 * that is stored is compared with the venue's own record, which no feed has touched.
 */
export const feedFaults: Drill = async ({ minutes, instruments }, say) => {
  const lasting = wholeNumber('--minutes', minutes, MINUTES);
  const count = wholeNumber('--instruments', instruments, INSTRUMENTS);
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
    judge(claims, compared, { count, isLong: lasting >= MINUTES.none });
    const { held, failures, ok } = claims;
    const figures = { minutes: lasting, instruments: count, bars: compared.bars, struck };
    return { ok, ...figures, ...compared.byState, claims: held, failures };
  } finally {
    await trading.stop();
  }
};

type Compared = Awaited<ReturnType<typeof compareWithRecord>>;

function judge(
  claims: Claims,
  compared: Compared,
  { count, isLong }: { readonly count: number; readonly isLong: boolean },
): void {
  const { wrong, missing, invented, openGaps, byState } = compared;
  claims.claim('as many instruments as asked for', compared.instruments === count, compared);
  claims.claim('the venue has ended every minute', compared.hasEnded, compared.bars);
  claims.claim('no stored minute is wrong', wrong.length === 0, wrong);
  claims.claim('no minute is missing', missing.length === 0, missing);
  claims.claim('no minute was invented', invented.length === 0, invented);
  claims.claim('no gap is open', openGaps === 0, openGaps);
  // A short run may have no minute without a broken connection.
  if (!isLong) return;
  // Each round loses trades: what was made of them alone must have been found wrong.
  claims.claim('bars of trades were corrected', (byState['corrected'] ?? 0) > 0, byState);
}

/** Faults by turns until `end` (epoch ms). @returns how often each struck */
async function trouble({ venue }: Trading, end: number, say: (line: string) => void) {
  for (let turn = 0; Date.now() < end - FAULT_MS; turn += 1) {
    const next = FAULTS[turn % FAULTS.length];
    if (next === undefined) throw new Error('no faults to choose from');
    const { fault, ...how } = next;
    const round = Math.floor(turn / FAULTS.length);
    if (fault === BREAKING && round % BREAKING_EVERY !== 0) continue;
    await venue.fault(fault, how);
    const over = Date.now() + FAULT_MS;
    await until(`${fault} for ${FAULT_MS} ms`, async () => Date.now() >= over);
    await venue.clearFaults();
    if (turn % FAULTS.length === 0) say(`round ${round + 1} of faults`);
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
    const found = await compareWithRecord(trading, range);
    const whole = found.wrong.length + found.missing.length + found.openGaps === 0;
    const settled = whole && found.hasEnded && found.instruments === count;
    if (settled || Date.now() > end) return found;
    const over = Date.now() + 5_000;
    await until('a little later', async () => Date.now() >= over);
  }
}
