import { expect, test } from 'vitest';
import { MUTANTS } from './list.ts';
import { runMutants } from './run.ts';

const SEEDS = 150;
const HOURS = 12;
const TIMEOUT_MS = 560_000;

test(
  'every deliberate defect is seen',
  async () => {
    expect(MUTANTS.length).toBeGreaterThanOrEqual(20);
    const options = { from: 1, seeds: SEEDS, hours: HOURS, lanes: 1 };
    const ended = await runMutants(options, () => undefined);
    console.log(
      `mutants: ${ended.map(({ mutant, seed }) => `${mutant} (seed ${seed})`).join('; ')}`,
    );
    expect(ended.filter(({ killed }) => !killed).map(({ mutant }) => mutant)).toEqual([]);
    expect(ended).toHaveLength(MUTANTS.length);
  },
  TIMEOUT_MS,
);
