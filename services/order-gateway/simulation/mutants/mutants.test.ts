import { expect, test } from 'vitest';
import { MUTANTS } from './list.ts';
import { CONTROL, runMutant } from './run.ts';

/** Days that are short, and many: most defects show within the first minutes of the right one. */
const HOURS = 2;
const SEEDS = 600;
const CONTROL_SEEDS = 20;
const TIMEOUT_MS = 240_000;

test(
  'the simulation sees nothing where nothing is changed',
  async () => {
    expect(MUTANTS.length).toBeGreaterThanOrEqual(20);
    const outcome = await runMutant(CONTROL, { from: 1, seeds: CONTROL_SEEDS, hours: HOURS });
    expect(outcome.violation).toBeNull();
  },
  TIMEOUT_MS,
);

test.each(MUTANTS)(
  'a deliberate defect is seen: $name',
  async (mutant) => {
    const outcome = await runMutant(mutant, { from: mutant.seenBy, seeds: SEEDS, hours: HOURS });
    expect(outcome).toMatchObject({ killed: true, seed: expect.any(Number) });
  },
  TIMEOUT_MS,
);
