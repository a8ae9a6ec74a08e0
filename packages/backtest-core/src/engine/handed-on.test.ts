import { parseScaled } from '@ballast/domain';
import { smaCross } from '@ballast/strategies';
import { beforeEach, expect, test, vi } from 'vitest';
import { CourseMemory } from './course-memory.ts';
import { handingOn } from './handed-on.ts';
import { FREE, instrument, options, walk } from './made-bars.fixture.ts';
import { type BacktestOptions, runBacktest } from './run.ts';

const bars = walk('handed on', 600);
const PARAMETERS = [
  { fastPeriod: 3, slowPeriod: 9, short: true },
  { fastPeriod: 2, slowPeriod: 5, short: true, stopRanges: 1, targetRanges: 1 },
  { fastPeriod: 4, slowPeriod: 20, stopRanges: 0.5, targetRanges: 30 },
];
const runWith = (parameters: object, given: BacktestOptions) => {
  const model = smaCross.model(parameters);
  return runBacktest([{ instrument: instrument(), timeframe: '1h', bars, model }], given);
};

const learned = vi.spyOn(CourseMemory.prototype, 'learn');
beforeEach(() => void learned.mockClear());

test('runs to which it was handed on are as they are alone, and learn nothing again', () => {
  const own = options({ memory: { checkedOneIn: 1 } });
  const alone = PARAMETERS.map((parameters) => runWith(parameters, own));
  expect(alone.map(({ trades }) => trades.length > 5)).toEqual([true, true, true]);
  const ofAlone = learned.mock.calls.length;
  learned.mockClear();
  const handed = handingOn(own);
  expect(PARAMETERS.map((parameters) => runWith(parameters, handed))).toEqual(alone);
  expect(learned.mock.calls.length).toBeLessThan(ofAlone);
  learned.mockClear();
  expect(runWith(PARAMETERS[0] ?? {}, handed)).toEqual(alone[0]);
  expect(learned).not.toHaveBeenCalled();
});

test('under other costs, or at another venue, nothing of it is used', () => {
  const handed = handingOn(options({ memory: { checkedOneIn: 1 } }));
  const [parameters = {}] = PARAMETERS;
  runWith(parameters, handed);
  const costs = { ...FREE, makerFee: parseScaled('0.0002'), takerFee: parseScaled('0.001') };
  const capabilities = { ...handed.capabilities, postOnly: false };
  for (const change of [{ costs }, { account: 'other' }, { capabilities }]) {
    learned.mockClear();
    const { handedOn: _handedOn, ...own } = { ...handed, ...change };
    const alone = runWith(parameters, own);
    const ofAlone = learned.mock.calls.length;
    expect(ofAlone).toBeGreaterThan(0);
    expect(runWith(parameters, { ...handed, ...change })).toEqual(alone);
    expect(learned.mock.calls.length, JSON.stringify(Object.keys(change))).toBe(2 * ofAlone);
  }
});
