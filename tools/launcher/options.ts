import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { EXIT, LaunchError } from './launch-error.ts';

export const USAGE = `Usage: npm start -- [options]

  --data-dir DIR      where data, secrets and logs live (default: .ballast in the checkout)
  --port N            port of the dashboard; the next free one if it is taken (default: 4180)
  --feed NAME         simulator (default) or bybit: real public prices, orders still simulated
  --seed N            seed of the simulated market (default: 1)
  --replay FILE       prices from real bars or trades in a CSV or CSV.gz file
  --speed X           how many times faster than real time prices run (default: chosen by the
                      simulator)
  --instrument ID     with --replay the symbol of its prices, default: from the file name;
                      with --feed bybit the instruments to follow, separated by commas
  --no-standby        one process of market-data instead of two, of which one takes over
  --help              this text
`;

/** In the checkout, wherever the operator stands; git ignores it. */
const DEFAULT_DATA_DIR = fileURLToPath(new URL('../../.ballast', import.meta.url));

const PARSER = {
  'data-dir': { type: 'string' },
  port: { type: 'string' },
  feed: { type: 'string' },
  seed: { type: 'string' },
  replay: { type: 'string' },
  speed: { type: 'string' },
  instrument: { type: 'string' },
  'no-standby': { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

const schema = z
  .object({
    'data-dir': z.string().min(1).default(DEFAULT_DATA_DIR),
    port: z.coerce.number().int().min(1).max(65_535).default(4180),
    feed: z.enum(['simulator', 'bybit']).default('simulator'),
    seed: z.coerce.number().int().min(0).default(1),
    replay: z.string().min(1).optional(),
    speed: z.coerce.number().positive().optional(),
    instrument: z.string().min(1).optional(),
    'no-standby': z.boolean().default(false),
  })
  .strict();

/** What `npm start` can be told; paths are absolute. */
export interface LaunchOptions {
  dataDir: string;
  port: number;
  feed: 'simulator' | 'bybit';
  seed: number;
  replay?: string;
  speed?: number;
  instrument?: string;
  /** A second process of market-data, which takes over when the first ends. */
  standby?: boolean;
}

/**
 * Reads the command line; relative paths start at `folder`.
 * @throws LaunchError with exit code 64 and the usage text
 */
export function parseOptions(argv: readonly string[], folder: string): LaunchOptions | 'help' {
  const values = parse(argv);
  if (values['help'] === true) return 'help';
  const result = schema.safeParse(values);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw usageError(`--${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'is wrong'}`);
  }
  const { 'data-dir': dataDir, replay, instrument, speed, ...others } = result.data;
  const { 'no-standby': alone, ...rest } = others;
  if (replay !== undefined && rest.feed === 'bybit') {
    throw usageError('--replay and --feed bybit exclude each other');
  }
  if (instrument !== undefined && replay === undefined && rest.feed !== 'bybit') {
    throw usageError('--instrument needs --replay or --feed bybit');
  }
  const replayFile = replay === undefined ? undefined : resolve(folder, replay);
  if (replayFile !== undefined && !existsSync(replayFile)) {
    throw usageError(`--replay: there is no file ${replayFile}`);
  }
  return {
    ...rest,
    standby: !alone,
    dataDir: resolve(folder, dataDir),
    ...(replayFile === undefined ? {} : { replay: replayFile }),
    ...(instrument === undefined ? {} : { instrument }),
    ...(speed === undefined ? {} : { speed }),
  };
}

function parse(argv: readonly string[]): Record<string, unknown> {
  try {
    return parseArgs({ args: [...argv], options: PARSER, strict: true }).values;
  } catch (error) {
    throw usageError(error instanceof Error ? error.message : String(error));
  }
}

function usageError(message: string): LaunchError {
  return new LaunchError(`${message}\n\n${USAGE}`, EXIT.usage);
}
