import { setTimeout as delay } from 'node:timers/promises';
import { type InstrumentId, parseInstrumentId } from '@ballast/domain';
import { z } from 'zod';
import { controlVenue } from '../proof/venue-control.ts';
import { barList, type DashboardClient, instrumentList } from './dashboard-client.ts';

const MINUTE_MS = 60_000;
/** The demo is over within a minute, with all that comes after the bar's end. */
const ENDS_WITHIN_MS = 42_000;
/** So far the market is moved: as no minute of the model goes. */
const MOVE = 0.03;
/** Of the mean that a price is stretched away from, by default. */
const MEAN_BARS = 20;
/** The bar must hold the move, and the worker have warmed up before its end. */
const LEAD_MS = 2_000;
const DECIDED_WITHIN_MS = 8_000;
const ASK_EVERY_MS = 200;

const decisions = z.array(z.object({ instrument: z.string(), barOpenTime: z.number() }));

/** A bar on whose close a strategy has something to say. */
export type Stirred = { readonly instrument: InstrumentId; readonly barOpenTime: number };

/** The minute's bar, if the market can still be moved in it and its end can be waited for. */
export function barInTime(startedAt: number, now: number): number | null {
  const barOpenTime = now - (now % MINUTE_MS);
  const endsAt = barOpenTime + MINUTE_MS;
  return endsAt - now < LEAD_MS || endsAt - startedAt > ENDS_WITHIN_MS ? null : barOpenTime;
}

/**
 * A price on the other side of the mean, as a float: of a stretch that is under way on one side the
 * strategies have said already what there is to say. @param closes oldest first
 */
export function stretchedAway(closes: readonly number[]): number | null {
  const last = closes.at(-1);
  if (last === undefined) return null;
  const mean = closes.reduce((sum, close) => sum + close, 0) / closes.length;
  return last > mean ? last * (1 - MOVE) : last * (1 + MOVE);
}

/**
 * Moves the market of an instrument that the demo does not trade, so that the strategies decide on
 * this minute's bar; their switches are off, and the decision is a blocked one. Null where there is
 * none but the traded instrument, or where no bar ends in the demo's time.
 */
export async function stirMarket(
  client: DashboardClient,
  venueUrl: string,
  { wanted, startedAt, now }: { wanted: string | undefined; startedAt: number; now: number },
): Promise<Stirred | null> {
  const barOpenTime = barInTime(startedAt, now);
  if (barOpenTime === null) return null;
  const list = await client.query('instruments.list', undefined, instrumentList);
  // Without a wish the first is traded.
  const other = list
    .slice(wanted === undefined ? 1 : 0)
    .find(({ id, symbol }) => id !== wanted && symbol !== wanted);
  if (other === undefined) return null;
  const instrument = parseInstrumentId(other.id);
  const bars = await client.query('bars.recent', { instrument, limit: MEAN_BARS }, barList);
  const to = stretchedAway(bars.map(({ close }) => Number(close)));
  if (to === null) return null;
  const price = to.toFixed(other.tickSize.split('.')[1]?.length ?? 0);
  await controlVenue(venueUrl, '/control/price', { symbol: other.symbol, price });
  return { instrument, barOpenTime };
}

/** Waits until a strategy has decided on that bar. @returns false where none has in time */
export async function hasDecided(
  client: DashboardClient,
  { instrument, barOpenTime }: Stirred,
): Promise<boolean> {
  const end = barOpenTime + MINUTE_MS + DECIDED_WITHIN_MS;
  for (;;) {
    const recent = await client.query('signals.recent', { limit: 50 }, decisions);
    const isOurs = recent.some(
      (one) => one.instrument === instrument && one.barOpenTime === barOpenTime,
    );
    if (isOurs || Date.now() > end) return isOurs;
    await delay(ASK_EVERY_MS);
  }
}
