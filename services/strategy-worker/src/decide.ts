import { type DecisionContext, decideEntry, type Outcome } from './entry-decision.ts';
import type { Market } from './gates/verdict.ts';
import type { TrackWord } from './instrument-track.ts';
import { decideLeave } from './leave-decision.ts';

/** What becomes of one word of a strategy. */
export function decide(
  context: DecisionContext,
  { judged, ...market }: Market & { readonly judged: TrackWord },
): Promise<Outcome> {
  return judged.word === 'leave'
    ? decideLeave(context, { bar: market.bar, word: judged })
    : decideEntry(context, { ...market, judged });
}
