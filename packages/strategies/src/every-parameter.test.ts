import { describe, expect, test } from 'vitest';
import { changingFacts, sayingsOn, walk } from './bars.fixture.ts';
import { parametersOf } from './parameter-table.ts';
import { ALL_STRATEGIES, strategyNamed } from './registry.ts';

describe.each(ALL_STRATEGIES)('the parameters of $name', (strategy) => {
  const parameters = parametersOf(strategy);
  const ranged = parameters.flatMap(({ name, range }) => (range ? [{ name, ...range }] : []));

  test('have a default within their range, and a word on what they are', () => {
    expect(parameters.length).toBeGreaterThan(4);
    for (const { byDefault, range, meaning } of parameters) {
      expect(meaning.length).toBeGreaterThan(5);
      if (range === null) continue;
      expect(range.min).toBeLessThan(range.max);
      expect(byDefault).toBeGreaterThanOrEqual(range.min);
      expect(byDefault).toBeLessThanOrEqual(range.max);
    }
  });

  test.each(['min', 'max'] as const)('run at the %s of all their ranges', (end) => {
    const given = Object.fromEntries(
      parameters.map(({ name, range }) => [name, range === null ? end === 'max' : range[end]]),
    );
    const model = strategy.model(given);
    const said = sayingsOn(model, walk(model.warmUp + 300, 11), changingFacts);
    for (const { score } of said.slice(model.warmUp)) {
      expect(score).not.toBeLessThan(0);
      expect(score).toBeLessThanOrEqual(100);
    }
    for (const { opinions } of said) {
      for (const opinion of opinions) {
        if (opinion === null) continue;
        expect(Object.values(opinion.inputs).every(Number.isFinite)).toBe(true);
      }
    }
  });

  test('are refused by name out of their range, and where nobody knows them', () => {
    for (const { name, min, max } of ranged) {
      for (const value of [min - 1, max + 1, NaN, '1', null]) {
        const refused = () => strategy.model({ [name]: value });
        expect(refused, `${name} ${value}`).toThrow(new RegExp(`${strategy.name}: .*\n.*${name}`));
      }
    }
    expect(() => strategy.model({ lucky: 7 })).toThrow(/lucky/);
    expect(() => strategy.model({})).not.toThrow();
  });
});

test('parameters that contradict each other are refused', () => {
  const refused = [
    ['sma-cross', { fastPeriod: 30, slowPeriod: 30 }],
    ['momentum', { fastPeriod: 27 }],
    ['mean-reversion', { zScoreReset: 2.5 }],
    ['growth-potential', { exitPeriod: 55 }],
    ['trend-breakdown', { exitPeriod: 20 }],
    ['momentum-short', { slowPeriod: 12 }],
    ['btc-trend-short', { fastPeriod: 200 }],
    ['btc-trend-hybrid', { slowPeriod: 20 }],
    ['range-fade', { adxMax: 26 }],
  ] as const;
  for (const [name, given] of refused) {
    expect(() => strategyNamed(name).model(given), name).toThrow(/must/);
  }
});
