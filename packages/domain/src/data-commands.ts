import { z } from 'zod';
import { TIMEFRAMES } from './bars/timeframe.ts';
import { parseUuid } from './ids.ts';
import { parseInstrumentId } from './instrument.ts';
import { parsed } from './trade-plan.ts';

/** A piece of work on stored market data. */
export type DataJobId = string & { readonly __dataJobId: true };

const reason = z.string().min(1).max(500);
const instrument = parsed(parseInstrumentId);
const job = z.strictObject({ jobId: parsed(parseUuid<DataJobId>), reason });
/** Instruments of one command: what fits into its text with room to spare. */
const INSTRUMENTS_MAX = 100;
const instruments = z.array(instrument).min(1).max(INSTRUMENTS_MAX);

/** Bodies of the commands that market-data carries out. Times epoch ms. */
export const DATA_BODIES = {
  /** Bars from the venue's history, of open times `from` (included) to `to` (not included). */
  startBackfill: z.strictObject({
    jobId: parsed(parseUuid<DataJobId>),
    instrument,
    timeframe: z.enum(TIMEFRAMES),
    from: z.int().nonnegative(),
    to: z.int().positive(),
    reason,
  }),
  /** A file of bars in the operator's own import folder; `file` is its name there. */
  startImport: z.strictObject({
    jobId: parsed(parseUuid<DataJobId>),
    instrument,
    timeframe: z.enum(TIMEFRAMES),
    file: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/, 'not the name of a file in the import folder'),
    /** Bars that are to be believed rather are replaced too. */
    replace: z.boolean().optional(),
    reason,
  }),
  pauseJob: job,
  resumeJob: job,
  cancelJob: job,
  addInstruments: z.strictObject({ instruments, reason }),
  removeInstruments: z.strictObject({ instruments, reason }),
  /** The whole list as it is to be; an empty one removes it. */
  setWatchlist: z.strictObject({
    name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9 _-]{0,31}$/, 'not a name of a list'),
    instruments: z.array(instrument).max(INSTRUMENTS_MAX),
    reason,
  }),
} as const;
