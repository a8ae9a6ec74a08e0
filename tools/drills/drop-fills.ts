import { fills } from '@ballast/db';
import { Claims, type Drill, DrillUsage } from './drill.ts';
import { tally } from './tally.ts';
import { BTC, ETH, SOL, startTrading, SWEEP_EVERY_MS, type Trading } from './trading.ts';

/** Of one trade in each market: the gateway lets one at a time into a market. */
const ROUNDS_MIN = 25;
const ROUNDS_MAX = 150;
/** Fewer dropped pushes prove little. */
const DROPPED_MIN = 5;
const WISHES = [
  { instrument: ETH, quantity: '0.4' },
  { instrument: BTC, quantity: '0.02' },
  { instrument: SOL, quantity: '5' },
];

/**
 * The venue drops a share of its pushes of fills. Each fill is booked all the same, by a sweep or
 * by a question; how much later is printed.
 */
export const dropFills: Drill = async ({ rate = '5' }, say) => {
  const percent = Number(rate);
  if (!(percent > 0 && percent <= 100)) {
    throw new DrillUsage(`--rate ${rate}: must be a percentage above 0 and at most 100`);
  }
  const trading = await startTrading();
  const claims = new Claims(say);
  try {
    const { venue } = trading;
    await trading.takesRisk();
    await venue.fault('droppedFill', { rate: percent / 100 });
    let dropped = 0;
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      await openAndClose(trading);
      dropped = await venue.struck('droppedFill');
      if (round + 1 >= ROUNDS_MIN && dropped >= DROPPED_MIN) break;
    }
    await venue.clearFaults();
    const after = await tally(trading);
    claims.claim('enough pushes were dropped', dropped >= DROPPED_MIN, dropped);
    const whole = after.duplicates + after.lost + after.faults.length === 0;
    claims.claim(
      'each fill is booked once',
      after.fills >= 2 * ROUNDS_MIN * WISHES.length && whole,
      after,
    );
    const { held, failures, ok } = claims;
    const told = { ratePercent: percent, dropped, sweepEveryMs: SWEEP_EVERY_MS };
    return { ok, ...told, ...(await delays(trading)), ...after, claims: held, failures };
  } finally {
    await trading.stop();
  }
};

async function openAndClose(trading: Trading): Promise<void> {
  const { ledger, operator } = trading;
  const opened: string[] = [];
  for (const wish of WISHES) opened.push((await trading.open(wish)).tradeId);
  for (const tradeId of opened) await ledger.orderIs(tradeId, 'stop', 'working', 'filled');
  await operator.ask({ type: 'closeAll', body: { reason: 'drill' } });
  for (const tradeId of opened) await ledger.ended(tradeId);
}

/** From the execution at the venue to its row in the ledger, ms. */
async function delays({ db }: Trading) {
  const rows = await db.select().from(fills);
  const channels: Record<string, number> = {};
  for (const { channel } of rows) channels[channel] = (channels[channel] ?? 0) + 1;
  const sorted = rows
    .map(({ bookedAt, eventTime }) => bookedAt - eventTime)
    .toSorted((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { delayP50Ms: at(0.5), delayP99Ms: at(0.99), delayMaxMs: at(1), channels };
}
