import type { StrategyName } from '@ballast/domain';
import { expect, test } from 'vitest';
import { changingFacts, sayingsOn, walk } from './bars.fixture.ts';
import type { Opinion } from './model.ts';
import { ALL_STRATEGIES } from './registry.ts';

type Inputs = Record<string, number>;
type Condition = (inputs: Inputs, direction: Opinion['direction']) => boolean;

const below = (inputs: Inputs, name: string): boolean => at(inputs, 'close') < at(inputs, name);
const above = (inputs: Inputs, name: string): boolean => at(inputs, 'close') > at(inputs, name);

/** What the page of a strategy says must hold where it enters, by the numbers it shows for it. */
const CONDITIONS: Record<StrategyName, readonly Condition[]> = {
  'growth-potential': [
    (seen) => above(seen, 'channelHigh'),
    (seen) => at(seen, 'strength') > 0 && at(seen, 'efficiency') > 0,
  ],
  momentum: [(seen, direction) => sided(direction, at(seen, 'strength')) >= 0.25],
  'mean-reversion': [
    (seen, direction) => sided(direction, at(seen, 'zScore')) <= -2,
    (seen, direction) => sided(direction, at(seen, 'relativeStrength') - 50) <= -20,
  ],
  'btc-trend-hybrid': [
    (seen) => above(seen, 'emaSlow'),
    (seen) =>
      at(seen, 'kind') === 1
        ? at(seen, 'regime') > 0 && at(seen, 'emaFast') > at(seen, 'emaSlow')
        : at(seen, 'regime') === 0 && above(seen, 'channelHigh'),
    (seen) => at(seen, 'kind') === 2 || above(seen, 'emaFast'),
  ],
  'trend-breakdown': [
    (seen) => below(seen, 'channelLow') && below(seen, 'average'),
    (seen) => at(seen, 'directionalIndex') >= 25 && at(seen, 'minus') > at(seen, 'plus'),
  ],
  'momentum-short': [
    (seen) => at(seen, 'line') < 0 && at(seen, 'histogram') < 0,
    (seen) => at(seen, 'fall') >= 0.5,
  ],
  'mean-reversion-short': [
    (seen) => below(seen, 'average') && above(seen, 'mean'),
    (seen) => at(seen, 'rallyStrength') >= 60,
  ],
  'btc-trend-short': [
    (seen) => below(seen, 'emaSlow') && at(seen, 'fundingRate') >= -0.0001,
    (seen) =>
      at(seen, 'kind') === 1
        ? below(seen, 'emaFast') && at(seen, 'emaFast') < at(seen, 'emaSlow')
        : below(seen, 'channelLow') && at(seen, 'squeezeBars') >= 6,
  ],
  'range-fade': [
    (seen) => at(seen, 'directionalIndex') <= 20,
    (seen, direction) => sided(direction, at(seen, 'bandsFromMean')) < 0,
    (seen, direction) => sided(direction, at(seen, 'bandsFromMean')) >= -1,
  ],
  'btc-swing': [
    (seen, direction) => sided(direction, at(seen, 'k') - at(seen, 'd')) > 0,
    (seen, direction) => sided(direction, at(seen, 'd') - 50) <= -30,
    (seen, direction) => sided(direction, at(seen, 'slopeRanges')) >= 0.02,
  ],
  'bounce-scanner': [
    (seen) => above(seen, 'average') && below(seen, 'exitAverage'),
    (seen) => at(seen, 'relativeStrength') <= 10 && at(seen, 'volumeRatio') >= 1.5,
  ],
  'sma-cross': [(seen, direction) => sided(direction, at(seen, 'gap')) > 0],
};

test.each(ALL_STRATEGIES)('$name enters where its conditions hold, and only there', (strategy) => {
  const model = strategy.model();
  let entries = 0;
  for (let seed = 1; seed <= 12; seed++) {
    const said = sayingsOn(model, walk(model.warmUp + 1_500, seed), changingFacts);
    for (const { row, opinions } of said) {
      for (const opinion of opinions) {
        if (opinion === null) throw new Error(`row ${row}: an entry without levels`);
        entries += 1;
        for (const [i, holds] of CONDITIONS[strategy.name].entries()) {
          expect(holds(opinion.inputs, opinion.direction), `${row}: condition ${i}`).toBe(true);
        }
      }
    }
  }
  expect(entries).toBeGreaterThan(20);
});

function at(inputs: Inputs, name: string): number {
  const value = inputs[name];
  if (value === undefined) throw new Error(`no input ${name}`);
  return value;
}

function sided(direction: Opinion['direction'], value: number): number {
  return direction === 'long' ? value : -value;
}
