import { formatScaled, type Instrument, parseScaled } from '@ballast/domain';
import { createMarketModel, type MarketTick, nextTick } from '@ballast/sim-core';
import type { Listing } from '../instruments.ts';
import { minuteOf, type TickSource, type TimedTick } from './source.ts';

const HISTORY_MINUTES = 240;
/** Enough for a first price where the minutes of before are kept. */
const RESUMED_HISTORY_MINUTES = 1;
const MEAN_INTERVAL_MS = 160;
/** Mean value of a print in dollars: a market in which orders of this size are ordinary. */
const MEAN_PRINT_VALUE = 40_000;
const MINUTE_DEVIATION = 0.0006;

/**
 * Seeded market: runs through its history, which ends at the start price (or at `resumeTicks`,
 * where an earlier run stopped) with the last whole minute, and goes on live at `startedAt`.
 */
export function createModelSource(options: {
  readonly seed: string;
  readonly listing: Listing;
  readonly instrument: Instrument;
  readonly startedAt: number;
  readonly resumeTicks: number | null;
  /** Its minutes are there already, and the history is no more than a first price. */
  readonly isPastKept: boolean;
}): TickSource {
  const { listing, instrument, startedAt, resumeTicks } = options;
  const startTicks = Number(parseScaled(listing.startPrice) / instrument.tickSize);
  const endTicks = resumeTicks ?? startTicks;
  const lotValue = Number(listing.startPrice) * Number(formatScaled(instrument.lotSize));
  const shape = {
    // A resumed run does not repeat the path of the run before it.
    seed: `${options.seed}/${listing.symbol}/${resumeTicks ?? 'first'}`,
    startTicks,
    meanIntervalMs: listing.pace?.meanIntervalMs ?? MEAN_INTERVAL_MS,
    meanSizeLots: Math.max(1, Math.round(MEAN_PRINT_VALUE / lotValue)),
    minuteDeviation: MINUTE_DEVIATION,
  };
  const historyMinutes = options.isPastKept
    ? RESUMED_HISTORY_MINUTES
    : (listing.pace?.historyMinutes ?? HISTORY_MINUTES);
  const historyMs = historyMinutes * 60_000;
  // The path is a product of steps: begun as far from the end as a trial run moves, it ends there.
  const trial = createMarketModel({ ...shape, fromTicks: endTicks });
  while (trial.offsetMs < historyMs) nextTick(trial);
  const model = createMarketModel({ ...shape, fromTicks: endTicks * (endTicks / trial.latent) });
  // Minutes cut the history at the same ticks whatever the second of the start:
  // same seed, same bars.
  let origin = minuteOf(startedAt) - historyMs;
  let pending: MarketTick = nextTick(model);
  let last = pending.priceTicks;

  const take = (): TimedTick => {
    const taken = { at: origin + pending.offsetMs, tick: pending };
    last = pending.priceTicks;
    pending = nextTick(model);
    return taken;
  };

  return {
    *history() {
      while (pending.offsetMs < historyMs) yield take();
      origin = startedAt - historyMs;
    },
    due(now, limit) {
      const ticks: TimedTick[] = [];
      while (ticks.length < limit && origin + pending.offsetMs <= now) ticks.push(take());
      return ticks;
    },
    delay(ms) {
      origin += ms;
    },
    moveTo(priceTicks) {
      model.latent = priceTicks;
      const { offsetMs } = pending;
      pending = { ...nextTick(model), offsetMs };
      last = priceTicks;
    },
    mark: () => ({ kind: 'model', priceTicks: last }),
    ended: false,
  };
}
