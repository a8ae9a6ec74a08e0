import type { Metrics } from '@ballast/observability';
import type { Outcome } from './entry-decision.ts';
import type { TrackWord } from './instrument-track.ts';

/** What the worker counts of itself. */
export type WorkerCounts = ReturnType<typeof createCounts>;

export function countOutcome(
  counts: WorkerCounts,
  { strategy, word }: Pick<TrackWord, 'strategy' | 'word'>,
  outcome: Outcome,
): void {
  if (outcome.kind === 'idle') return;
  if (outcome.kind === 'repeated') return counts.repeatedSignals.inc({ strategy });
  counts.signals.inc({ strategy });
  if (outcome.kind === 'blocked') counts.blocked.inc({ gate: outcome.gate });
  else if (outcome.kind === 'unsent') counts.unsent.inc({ strategy });
  else if (word === 'leave') counts.leaves.inc({ strategy });
  else counts.asked.inc({ strategy });
}

export function createCounts(metrics: Metrics) {
  const named = (name: string, help: string, labels?: string[]) =>
    metrics.counter(`ballast_strategy_worker_${name}_total`, help, labels);
  return {
    bars: named('bars', 'Closed bars read from the stream'),
    wideBars: named('wide_bars', 'Closed bars wider than a minute read from the store', [
      'timeframe',
    ]),
    repeatedBars: named('bars_repeated', 'Bars that had been seen already'),
    holes: named('bar_holes', 'Bars with a hole before them'),
    malformedBars: named('bars_malformed', 'Bars that could not be read'),
    unknownInstrument: named('bars_unknown_instrument', 'Bars nobody knows'),
    signals: named('signals', 'Signals stored', ['strategy']),
    repeatedSignals: named('signals_repeated', 'Decided earlier', ['strategy']),
    blocked: named('signals_blocked', 'Signals blocked', ['gate']),
    asked: named('trades_asked', 'Trades asked for', ['strategy']),
    leaves: named('leaves_asked', 'Trades asked to be closed', ['strategy']),
    unsent: named('trades_not_sent', 'Asked, but not on the bus', ['strategy']),
  };
}
