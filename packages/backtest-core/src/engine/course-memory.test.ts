import { parseScaled } from '@ballast/domain';
import { beforeEach, expect, test } from 'vitest';
import { CourseMemory, type Replayed } from './course-memory.ts';
import { replayCourse } from './course-replay.ts';
import type { Course } from './course.ts';
import type { EndedTrade } from './ended-trade.ts';
import { BEGIN, FREE, HOUR, instrument, options, scripted, walk } from './made-bars.fixture.ts';
import { Opening } from './opening.ts';
import { startTrack } from './track.ts';
import { TradeDesk } from './trade-desk.ts';
import { BacktestVenue } from './venue.ts';

const costs = { ...FREE, makerFee: parseScaled('0.0002'), takerFee: parseScaled('0.00055') };
const OPTIONS = options({ costs });
const bars = walk('memory', 10);
const series = { instrument: instrument(), timeframe: '1h', bars, model: scripted({}) } as const;

let change: (replayed: Replayed) => Replayed = (replayed) => replayed;
let replays = 0;
beforeEach(() => {
  change = (replayed) => replayed;
  replays = 0;
});

function memoryOf(checkedOneIn: number): CourseMemory {
  const replay = (course: Course): Replayed => {
    replays += 1;
    return change(replayCourse(course, OPTIONS));
  };
  return new CourseMemory(replay, { costs, checkedOneIn });
}

/** Longs at 10,000 with a stop at 9,990 and a target at 10,020, each ended at its price. */
function trade(memory: CourseMemory | null, prices: readonly number[]): EndedTrade[] {
  const ended: EndedTrade[] = [];
  const cash = new Map([['USDT', parseScaled('100000')]]);
  const { account, capabilities } = OPTIONS;
  const venue = new BacktestVenue([series], { cash, costs, account });
  const onEnded = (one: EndedTrade): void => void ended.push(one);
  const desk = new TradeDesk(venue, { account, capabilities, onEnded, memory });
  const track = startTrack(series, bars.close.length, []);
  for (const [index, price] of prices.entries()) {
    const at = BEGIN + index * 10 * HOUR;
    const of = { direction: 'long', at, strategy: 'sma-cross', number: 2 * index } as const;
    desk.enter(track, new Opening(track, { lots: 500, stop: 99_900, target: 100_200 }, of));
    desk.open(track, 10_000, at + HOUR);
    desk.print(track, price, at + 2 * HOUR);
  }
  return ended;
}

test('what the order core did with the first is done with the others', () => {
  const prices = [9_990, 10_020, 9_980.1, 10_030, 9_990, 10_020, 9_985, 10_020];
  const recalled = trade(memoryOf(1_000_000), prices);
  // The entry, then a stop and a target, and of each of these the whole trade.
  expect(replays).toBe(5);
  const stepped = trade(null, prices);
  expect(recalled).toEqual(stepped);
  expect(JSON.stringify(recalled), 'in the same words').toBe(JSON.stringify(stepped));
  expect(recalled.map(({ exit }) => exit)).toEqual([
    ...['stop', 'target', 'stop', 'target', 'stop', 'target', 'stop', 'target'],
  ]);
});

test('a course in which the order core does otherwise than remembered ends the run', () => {
  const memory = memoryOf(1);
  expect(trade(memory, [9_990, 9_990])).toHaveLength(2);
  change = ({ ended, ...rest }) => ({
    ...rest,
    ended: ended === null ? null : { ...ended, fees: ended.fees + 0.01 },
  });
  const wrongly = expect.objectContaining({
    code: 'REMEMBERED_WRONGLY',
    message: expect.stringContaining('fees is'),
  });
  expect(() => trade(memory, [9_990])).toThrow(wrongly);
  change = (replayed) => ({ ...replayed, ended: null });
  expect(() => trade(memory, [9_990])).toThrow('has not ended');
});

test('a shape that cannot be remembered is left to the order core', () => {
  change = (replayed) => ({ ...replayed, resting: replayed.resting.slice(0, 1) });
  const prices = [9_990, 10_020, 9_980];
  const memory = memoryOf(1);
  expect(trade(memory, prices)).toEqual(trade(null, prices));
  expect(replays, 'asked once').toBe(1);
});

test('an exit in parts, where one was remembered as whole, ends the run', () => {
  const memory = memoryOf(1);
  trade(memory, [9_990]);
  change = ({ executions, ...rest }) => ({
    ...rest,
    executions: [...executions, ...executions.slice(1)],
  });
  expect(() => trade(memory, [10_020])).toThrow('does not end it as one exit of all of it');
});
