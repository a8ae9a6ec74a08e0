import { expect, test } from 'vitest';
import { changingFacts, ENTERS, sayingsOn, walk } from '../bars.fixture.ts';
import { ALL_STRATEGIES } from '../registry.ts';

/** The share of all bars that an entry's bar outscores, and that the bar before it does. */
const ON_ENTRY_MIN = 0.7;
const BEFORE_ENTRY_MIN = 0.5;

test.each(ALL_STRATEGIES)('$name scores highest where it is near an entry', (strategy) => {
  const model = strategy.model();
  const [scores, entries, before]: [number[], number[], number[]] = [[], [], []];
  for (let seed = 1; seed <= 4; seed += 1) {
    const said = sayingsOn(model, walk(model.warmUp + 1_500, seed), changingFacts);
    for (const { row, says, score } of said.slice(model.warmUp + 1)) {
      scores.push(score);
      if ((says & ENTERS) === 0) continue;
      entries.push(score);
      before.push(said[row - 1]?.score ?? NaN);
    }
  }
  scores.sort((a, b) => a - b);
  expect(entries.length).toBeGreaterThan(10);
  expect(meanPlace(entries, scores)).toBeGreaterThan(ON_ENTRY_MIN);
  expect(meanPlace(before, scores)).toBeGreaterThan(BEFORE_ENTRY_MIN);
});

function meanPlace(some: readonly number[], ascending: readonly number[]): number {
  const places = some.map((one) => ascending.filter((score) => score < one).length);
  return places.reduce((sum, place) => sum + place, 0) / some.length / ascending.length;
}
