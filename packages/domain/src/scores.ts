import { z } from 'zod';

/** Why there is no score. `NO_RANGE`: the market stands still, there is nothing to measure by. */
const unscored = z.discriminatedUnion('reason', [
  z.object({ reason: z.literal('WARMING_UP'), bars: z.number(), needed: z.number() }),
  z.object({ reason: z.literal('FACT_UNKNOWN'), facts: z.array(z.string()) }),
  z.object({ reason: z.literal('NO_RANGE') }),
  z.object({ reason: z.literal('NOT_WATCHED') }),
  z.object({ reason: z.literal('NOT_IN_UNIVERSE') }),
]);
const points = z.record(z.string(), z.number());

/**
 * What a score is made of, the greatest part first, or why there is none. `score`: 0 to 100, or
 * null; `parts`: as stored beside it, points by name, or a reason. What is neither is given as it
 * is.
 */
export function scoreText(score: number | null, parts: unknown): string {
  const made = points.safeParse(parts);
  if (score === null || !made.success) return whyNot(parts);
  const parted = Object.entries(made.data).toSorted(([, one], [, other]) => other - one);
  const texts = parted.map(([name, part]) => `${name} ${part.toFixed(1)}`);
  return `${score.toFixed(1)} = ${texts.join(' + ')}`;
}

function whyNot(parts: unknown): string {
  const why = unscored.safeParse(parts);
  if (!why.success) return `no score: ${JSON.stringify(parts)}`;
  switch (why.data.reason) {
    case 'WARMING_UP':
      return `no score: ${why.data.bars} of ${why.data.needed} bars that it needs`;
    case 'FACT_UNKNOWN':
      return `no score: ${why.data.facts.join(', ')} not known`;
    case 'NO_RANGE':
      return 'no score: the market stands still';
    case 'NOT_WATCHED':
      return 'no score: its watchlist switch is off';
    case 'NOT_IN_UNIVERSE':
      return 'no score: it is not in the universe any more';
  }
}
