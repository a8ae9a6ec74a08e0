import type { Judgement } from '@ballast/backtest-core';
import { InvalidInput } from '@ballast/domain';
import { parametersOf, strategyNamed } from '@ballast/strategies';
import { z } from 'zod';
import type { Parameters } from '../sweep/vary.ts';
import { bestOf, judgeTried, sharpeOf } from './judge-tried.ts';
import { keyOf, type TriedCombination, type TriedSweep } from './tried-sweep.ts';

/** What a walk-forward with runs of its own left, as its report has it. */
export const keptWalkForward = z.looseObject({
  ...{ setting: z.string(), space: z.string() },
  outOfSample: z.looseObject({ returns: z.array(z.number()) }),
  trades: z.int(),
});
export type KeptWalkForward = z.infer<typeof keptWalkForward>;

export type PromotionCase = {
  /** The sweep whose best is to be promoted. */
  readonly judged: TriedSweep;
  /** Every other sweep of the strategy, whatever its bars: what was tried there counts too. */
  readonly others: readonly TriedSweep[];
  /** Null: the walk-forward is put together from the rows of the sweep. */
  readonly walkForward: KeptWalkForward | null;
};

export type Promotion = {
  readonly strategy: string;
  readonly ok: boolean;
  /** What was best of all that was tried on these bars; null where none has traded. */
  readonly candidate: { readonly parameters: Parameters; readonly trades: number } | null;
  /** Different combinations and settings that were tried, over all sweeps. */
  readonly trials: number;
  readonly sweeps: readonly string[];
  readonly outOfSampleFrom: 'walk-forward' | 'rows';
  /** There is one, and the candidate, of another sweep, was none of what it chose from. */
  readonly isWalkForwardOfOthers: boolean;
  readonly figures: Judgement['figures'];
  readonly failing: Judgement['failing'];
  /** What the operator may do now; nothing was switched. Empty where it was refused. */
  readonly next: readonly string[];
};

/**
 * Whether the best of what was tried may trade. It switches nothing.
 * @throws InvalidInput WALK_FORWARD_OTHER where that is of other bars, costs or combinations
 */
export function judgePromotion({ judged, others, walkForward }: PromotionCase): Promotion {
  const { setting, space, strategy } = judged;
  if (walkForward !== null && (walkForward.setting !== setting || walkForward.space !== space)) {
    const detail = 'the walk-forward is of other bars, costs or combinations than the sweep';
    throw new InvalidInput('WALK_FORWARD_OTHER', detail);
  }
  const all = distinct([judged, ...others]);
  const days = judged.rows[0]?.returns.length ?? 0;
  const isOfField = ({ setting: own, row }: Placed): boolean =>
    own === setting && row.returns.length === days;
  const field = all.filter(isOfField).map(({ row }) => row);
  const candidateRow = bestOf(field);
  const isOfJudged = candidateRow === null || judged.rows.includes(candidateRow);
  // What it earned by choosing says nothing of a combination that it could not choose.
  const walked = isOfJudged ? walkForward : null;
  const { best, judgement, trials } = judgeTried({
    field,
    elsewhere: all.filter((one) => !isOfField(one)).map(({ row }) => sharpeOf(row).value),
    outOfSample: walked && { ...walked.outOfSample, trades: walked.trades },
    seed: setting,
  });
  const candidate = best && { parameters: best.parameters, trades: best.entered };
  const { ok, figures, failing } = judgement;
  return {
    ...{ strategy, ok, candidate, trials, sweeps: [judged, ...others].map(({ name }) => name) },
    outOfSampleFrom: walked === null ? 'rows' : 'walk-forward',
    isWalkForwardOfOthers: walkForward !== walked,
    ...{ figures, failing },
    next: ok && best !== null ? nextSteps(strategy, best.parameters, { figures, trials }) : [],
  };
}

type Placed = { readonly setting: string; readonly row: TriedCombination };

/** Whoever repeats a sweep has tried nothing new: the first counts, of the sweep that is judged. */
function distinct(sweeps: readonly TriedSweep[]): Placed[] {
  const placed = sweeps.flatMap(({ setting, rows }) => rows.map((row) => ({ setting, row })));
  const keyed = new Map<string, Placed>();
  for (const one of placed) {
    const key = keyOf(one.setting, one.row.parameters);
    if (!keyed.has(key)) keyed.set(key, one);
  }
  return [...keyed.values()];
}

/**
 * Every parameter is named: what is not would stay as it is in force, and that is not what was
 * judged. So is the sell switch: in a backtest a strategy's own word closes what it has opened.
 */
function nextSteps(
  strategy: string,
  parameters: Parameters,
  { figures, trials }: { readonly figures: Judgement['figures']; readonly trials: number },
): string[] {
  const digits = (name: keyof Judgement['figures']): string =>
    figures[name].value?.toFixed(3) ?? `none (${figures[name].reason})`;
  const reason =
    `promoted: deflated Sharpe ${digits('deflatedSharpe')} of ${trials} trials, ` +
    `overfitting ${digits('overfittingProbability')}, p ${digits('permutationP')}, ` +
    `${figures.outOfSampleCount.value} days out of sample`;
  const whole = parametersOf(strategyNamed(strategy)).map(
    ({ name, byDefault }): [string, unknown] => [name, parameters[name] ?? byDefault],
  );
  const set = whole.map(([name, value]) => `--set ${name}=${String(value)}`);
  return [
    `strategy parameters ${strategy} ${set.join(' ')}`,
    `strategy ${strategy} --sell on`,
    `strategy ${strategy} --buy on`,
  ].map((words) => `ballast ${words} --reason "${reason}"`);
}
