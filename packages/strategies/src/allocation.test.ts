import { expect, test } from 'vitest';
import { changingFacts, walk } from './bars.fixture.ts';
import { ALL_STRATEGIES } from './registry.ts';

const CHUNKS = 20;
const STEPS = 10_000;
/**
 * A step makes nothing. The engine puts a fractional number that crosses a call, where it has not
 * made the called function part of the code, into an object of 16 bytes: up to nine of them were
 * seen. Coarse, therefore: what is caught is a step that makes lists or objects.
 */
const BYTES_MAX = 16 * 16;

test.each(ALL_STRATEGIES)('$name steps 200,000 bars without making anything', (strategy) => {
  const model = strategy.model();
  const columns = walk(STEPS, 17);
  const facts = changingFacts(0);
  const state = new Float64Array(model.size);
  model.start(state, 0);
  const grown: number[] = [];
  for (let chunk = 0; chunk < CHUNKS; chunk++) {
    const before = process.memoryUsage().heapUsed;
    for (let row = 0; row < STEPS; row++) model.step(state, 0, columns, row, facts);
    grown.push((process.memoryUsage().heapUsed - before) / STEPS);
  }
  // The middle one: the first are made before the code is compiled, and in some memory is freed.
  const middle = grown.sort((a, b) => a - b)[CHUNKS / 2] ?? Infinity;
  expect(middle).toBeLessThan(BYTES_MAX);
});
