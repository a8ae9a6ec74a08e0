import { type Bar, TIMEFRAME_MS } from '@ballast/domain';
import { numericBar, type Opinion, type StrategyRun, unbrokenEnd } from '@ballast/strategies';

const STEP_MS = TIMEFRAME_MS['1m'];

export type TrackOpinion = { readonly strategy: StrategyRun['name']; readonly opinion: Opinion };

export type TrackResult =
  | { readonly kind: 'repeated' }
  | { readonly kind: 'hole' }
  | { readonly kind: 'stepped'; readonly opinions: readonly TrackOpinion[] };

/** The live strategies of one instrument, fed with bars that follow each other without a hole. */
export type InstrumentTrack = {
  /** Begins anew from stored bars, oldest first; opinions on them are history and not given. */
  warmUp(stored: readonly Bar[]): void;
  /** @throws InvalidInput when the bar cannot be read; the track stays as it was. */
  accept(bar: Bar): TrackResult;
  /** Every strategy has seen its warm-up. */
  isWarm(): boolean;
  barsSeen(): number;
  /** The newest bar seen is the one right before `bar`. */
  precedes(bar: Bar): boolean;
};

export function createTrack(start: () => StrategyRun[]): InstrumentTrack {
  let runs = start();
  let lastOpenTime: number | null = null;
  let bars = 0;

  function step(bar: Bar): TrackOpinion[] {
    const numeric = numericBar(bar);
    const opinions: TrackOpinion[] = [];
    for (const run of runs) {
      const opinion = run.step(numeric);
      if (opinion !== null) opinions.push({ strategy: run.name, opinion });
    }
    lastOpenTime = bar.openTime;
    bars += 1;
    return opinions;
  }

  return {
    warmUp(stored) {
      runs = start();
      lastOpenTime = null;
      bars = 0;
      for (const bar of unbrokenEnd(stored)) step(bar);
    },
    accept(bar) {
      if (lastOpenTime !== null && bar.openTime <= lastOpenTime) return { kind: 'repeated' };
      if (lastOpenTime !== null && bar.openTime !== lastOpenTime + STEP_MS) return { kind: 'hole' };
      return { kind: 'stepped', opinions: step(bar) };
    },
    isWarm: () => runs.every((run) => bars >= run.warmUp),
    barsSeen: () => bars,
    precedes: (bar) => lastOpenTime === bar.openTime - STEP_MS,
  };
}
