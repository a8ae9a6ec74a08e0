import { alpacaTargets } from './alpaca-targets.ts';
import { bybitTargets } from './bybit-targets.ts';
import { finnhubTargets } from './finnhub-targets.ts';
import { ibkrTargets } from './ibkr-targets.ts';
import { replayTargets } from './replay-targets.ts';
import type { FuzzTarget } from './target.ts';

export { type FuzzFinding, type FuzzTally, fuzzRound } from './run.ts';

/** Every parser of this package. @param recorded folder of recorded frames; may be missing */
export function fuzzTargets(recorded: string): FuzzTarget[] {
  return [
    ...bybitTargets(recorded),
    ...finnhubTargets(recorded),
    ...alpacaTargets(),
    ...ibkrTargets(),
    ...replayTargets(),
  ];
}
