import type { Bar } from '@ballast/domain';
import type { TrackWord } from './instrument-track.ts';

export type SaidWord = { readonly bar: Bar; readonly word: TrackWord };

/** Rising bars, those that open at one time together. */
export function ofOneTime(bars: readonly Bar[]): readonly (readonly Bar[])[] {
  const groups = new Map<number, Bar[]>();
  for (const bar of bars) {
    const group = groups.get(bar.openTime);
    if (group === undefined) groups.set(bar.openTime, [bar]);
    else group.push(bar);
  }
  return [...groups.values()];
}

/**
 * What was said at one time in the order in which it is decided: leaves first, then of each
 * strategy its entries with the best score first. Scores of different strategies are not compared.
 */
export function inOrder(said: readonly SaidWord[]): readonly SaidWord[] {
  const names = [...new Set(said.map(({ word }) => word.strategy))];
  return said.toSorted((a, b) => {
    const leavesFirst = Number(b.word.word === 'leave') - Number(a.word.word === 'leave');
    if (leavesFirst !== 0) return leavesFirst;
    const strategy = names.indexOf(a.word.strategy) - names.indexOf(b.word.strategy);
    return strategy === 0 ? b.word.score - a.word.score : strategy;
  });
}
