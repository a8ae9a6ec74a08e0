import { expect, test } from 'vitest';
import { barsThrough, line, opinionOn, sayingsOn, wordsOf } from '../bars.fixture.ts';
import { smaCross } from './sma-cross.ts';

const parameters = { fastPeriod: 2, slowPeriod: 4, rangePeriod: 2 };
const bars = barsThrough([...line(120, 100, 20), ...line(100, 110, 5), ...line(110, 100, 5)]);

test('is long from the cross above to the cross below', () => {
  const said = sayingsOn(smaCross.model(parameters), bars);
  expect(wordsOf(said)).toEqual(['21: enterLong leaveShort', '26: leaveLong']);
  const { level, inputs } = opinionOn(said, 21);
  expect(inputs, '(102 + 104) / 2 - (101 + 100 + 102 + 104) / 4; ranges of 2, 3, 3').toMatchObject({
    ...{ gap: 1.25, averageTrueRange: 2.75 },
  });
  expect(level).toEqual({ entry: 104, stop: 104 - 3 * 2.75, target: 104 + 6 * 2.75 });
});

test('sells short on the cross below, where it may', () => {
  const said = sayingsOn(smaCross.model({ ...parameters, short: true }), bars);
  expect(wordsOf(said)).toEqual(['21: enterLong leaveShort', '26: enterShort leaveLong']);
  expect(opinionOn(said, 26).direction).toBe('short');
});

test('the score says how near the next cross is', () => {
  const said = sayingsOn(smaCross.model(parameters), bars);
  expect(said[21]?.score, 'the cross').toBe(100);
  expect(said[18]?.score, 'one a bar: the averages are one apart, the range is two').toBe(87.5);
  expect(said[22]?.score, 'it has to fall first').toBe(0);
  const both = sayingsOn(smaCross.model({ ...parameters, short: true }), bars);
  expect(both[22]?.score).toBeCloseTo(100 - (100 / 4) * (2 / 2.875), 9);
});
