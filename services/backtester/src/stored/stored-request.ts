import { parseInstrumentId, TIMEFRAMES, WALK_FORWARD_MODES } from '@ballast/domain';
import { gateLimits } from '@ballast/strategies';
import { z } from 'zod';

const instrument = z.string().transform((text) => parseInstrumentId(text));

/**
 * What a stored run or sweep was asked for, with all defaults written out. `inForce` says where
 * those came from that were not given; the rest alone, over the same data, is the same backtest.
 */
export const storedRequest = z.strictObject({
  strategy: z.string(),
  instruments: z.array(instrument),
  timeframe: z.enum(TIMEFRAMES),
  /** Open times, epoch ms; `to` not included. */
  from: z.number(),
  to: z.number(),
  finer: z.enum(TIMEFRAMES).nullable(),
  parameters: z.record(z.string(), z.unknown()),
  gates: gateLimits,
  cash: z.string(),
  makerFee: z.string(),
  takerFee: z.string(),
  spread: z.number(),
  slippage: z.number(),
  risk: z.string(),
  notional: z.string(),
  volume: z.string().nullable(),
  /** Of a sweep alone: what varies, as it was said. */
  vary: z.array(z.string()).optional(),
  /** Of a sweep that is one on each training of a walk-forward. */
  walkForward: z
    .strictObject({ windows: z.number(), train: z.number(), mode: z.enum(WALK_FORWARD_MODES) })
    .optional(),
  inForce: z.strictObject({
    /** What is read beside the bars is what was known then; epoch ms. */
    asOf: z.number(),
    /** The row of the strategy's parameters; null where none was set, or others were given. */
    parameters: z.string().nullable(),
    /** Of the limits of the gates those rows that set them. */
    settings: z.record(z.string(), z.string()),
  }),
});

export type StoredRequest = z.output<typeof storedRequest>;
