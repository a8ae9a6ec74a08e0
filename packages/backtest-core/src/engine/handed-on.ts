import type { SoundBars } from './bars-check.ts';
import { CourseMemory } from './course-memory.ts';
import { replayCourse } from './course-replay.ts';
import type { BacktestOptions } from './run.ts';

/** All that the order core and the matcher are told beside the trade, and how often they are. */
const TOLD = ['costs', 'account', 'capabilities', 'memory'] as const;
type Told = Pick<BacktestOptions, (typeof TOLD)[number]>;

/** A memory, and under what it was learned; and the bars that were looked through. */
export type HandedOn = {
  readonly memory: CourseMemory;
  readonly told: Told;
  readonly sound: SoundBars;
};

/** Of trades whose course is remembered one in so many is checked; a sweep makes a million. */
const CHECKED_ONE_IN = 256;
const CHECKED_ONE_IN_OF_MANY = 1_024;

/**
 * These options for many runs one after the other, as of a sweep: what the order core did with the
 * first trade of a shape in one of them is done with the others of it in all, and bars are looked
 * through for faults once.
 */
export function handingOn(options: BacktestOptions): BacktestOptions {
  return {
    ...options,
    handedOn: {
      told: options,
      memory: learning(options, CHECKED_ONE_IN_OF_MANY),
      sound: new WeakMap(),
    },
  };
}

/** What was handed on, where nothing that it hangs on has changed since; else one of its own. */
export function memoryUnder(options: BacktestOptions): CourseMemory {
  const { handedOn } = options;
  const isOfThese = TOLD.every((name) => handedOn?.told[name] === options[name]);
  return handedOn !== undefined && isOfThese ? handedOn.memory : learning(options, CHECKED_ONE_IN);
}

function learning(options: BacktestOptions, oneIn: number): CourseMemory {
  const checkedOneIn = options.memory?.checkedOneIn ?? oneIn;
  const { costs } = options;
  return new CourseMemory((course) => replayCourse(course, options), { costs, checkedOneIn });
}
