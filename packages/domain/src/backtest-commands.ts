import { z } from 'zod';
import { TIMEFRAMES } from './bars/timeframe.ts';
import { strategyParametersWire } from './configuration-commands.ts';
import { parseUuid } from './ids.ts';
import { parseInstrumentId } from './instrument.ts';
import { parsed } from './trade-plan.ts';

/** A backtest or a sweep over stored bars: the id of the command that asked for it. */
export type BacktestId = string & { readonly __backtestId: true };

/** What fits into the text of a command with room to spare. */
const INSTRUMENTS_MAX = 200;
const VARIED_MAX = 16;
const COMPARED_MAX = 10;
const LIMITS_MAX = 32;
/** Of a walk-forward: each is a sweep of its own. */
export const WALK_FORWARD_WINDOWS_MAX = 100;
export const WALK_FORWARD_MODES = ['rolling', 'anchored'] as const;
export type WalkForwardMode = (typeof WALK_FORWARD_MODES)[number];

/**
 * What a backtest has that is not told otherwise, whichever bars it is over: cash in the quote
 * currency, fees as parts of an execution's value, spread and slippage of the price, risk and
 * notional of the equity.
 */
export const BACKTEST_DEFAULTS = {
  ...{ cash: '100000', makerFee: '0.0002', takerFee: '0.00055', spread: 0.0001 },
  ...{ slippage: 0.0001, risk: '0.01', notional: '0.1' },
} as const;

const id = parsed(parseUuid<BacktestId>);
const reason = z.string().min(1).max(500);
const amount = z.string().regex(/^\d{1,12}(\.\d{1,18})?$/, 'not a decimal number');
const share = z.string().regex(/^0(\.\d{1,18})?$|^1(\.0{1,18})?$/, 'not a part from 0 to 1');
const part = z.number().min(0).lt(1);
const windows = z.int().min(1).max(WALK_FORWARD_WINDOWS_MAX);
const limit = z.union([z.number(), z.boolean(), z.array(z.string().max(40)).max(20)]);

/** What is not said has its default, or what is in force. */
const trial = {
  strategy: z.string().min(1).max(64),
  instruments: z.array(parsed(parseInstrumentId)).min(1).max(INSTRUMENTS_MAX),
  timeframe: z.enum(TIMEFRAMES),
  /** Open times of the bars, epoch ms: `from` is the first that may be, `to` is not included. */
  from: z.int().nonnegative(),
  to: z.int().positive(),
  /** Narrower stored bars that say what came first inside of a bar. */
  finer: z.enum(TIMEFRAMES).optional(),
  /** In the place of those in force for the strategy. */
  parameters: strategyParametersWire.optional(),
  /** Beside the settings in force. */
  gates: z
    .record(z.string().max(64), limit)
    .refine((given) => Object.keys(given).length <= LIMITS_MAX, { error: 'too many limits' })
    .optional(),
  cash: amount.optional(),
  makerFee: share.optional(),
  takerFee: share.optional(),
  spread: part.optional(),
  slippage: part.optional(),
  risk: share.optional(),
  notional: share.optional(),
  volume: share.optional(),
  seed: z.int().min(0).max(2_147_483_647).optional(),
  /** Waits for what runs, where it would be refused. */
  wait: z.boolean().optional(),
};

/** Bodies of the commands that the backtester carries out. */
export const BACKTEST_BODIES = {
  startBacktest: z.strictObject(trial),
  /** `vary` as the command line has it: `name=a,b,c` or `name=from..to/step`. */
  startSweep: z.strictObject({
    ...trial,
    vary: z.array(z.string().min(3).max(200)).min(1).max(VARIED_MAX),
    /**
     * The sweep is made on the training of each window, and the window run with what was best in
     * it; `train`: how many windows long the first training is.
     */
    walkForward: z
      .strictObject({ windows, train: windows, mode: z.enum(WALK_FORWARD_MODES) })
      .optional(),
  }),
  cancelBacktest: z.strictObject({ id, reason }),
  compareBacktests: z.strictObject({ ids: z.array(id).min(2).max(COMPARED_MAX) }),
} as const;

/** From which states a stored backtest goes on, and which are its ends. */
export const BACKTEST_STATES = ['queued', 'running', 'done', 'failed', 'cancelled'] as const;
export type BacktestState = (typeof BACKTEST_STATES)[number];

/** How far a backtest is: of `total` so many are done; epoch ms. */
export type BacktestMeasure = {
  readonly state: BacktestState;
  readonly done: number;
  readonly total: number;
  readonly startedAt: number | null;
  readonly updatedAt: number;
};

/** Ms until its end at the pace since it began; null while nothing can be said. */
export function backtestLeftMs(
  { state, done, total, startedAt, updatedAt }: BacktestMeasure,
  now: number,
): number | null {
  if (state !== 'running' || startedAt === null || done <= 0 || updatedAt <= startedAt) return null;
  const whole = ((total - done) * (updatedAt - startedAt)) / done;
  return Math.max(0, Math.round(whole - (now - updatedAt)));
}
