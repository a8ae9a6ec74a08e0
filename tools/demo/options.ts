import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { EXIT, LaunchError } from '../launcher/launch-error.ts';

export const USAGE = `Usage: npm run -s demo -- [options]

  --json            one JSON object on standard output, progress on standard error
  --seed N          seed of the simulated market (default: 1)
  --replay FILE     prices from real bars or trades in a CSV or CSV.gz file
  --instrument ID   what to trade; for a replay its symbol, default: from the file name
  --speed X         speed of the prices (default: chosen by the simulator)
  --help            this text
`;

const schema = z.strictObject({
  json: z.boolean().default(false),
  help: z.boolean().default(false),
  seed: z.coerce
    .number()
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .default(1),
  replay: z.string().min(1).optional(),
  instrument: z.string().min(1).optional(),
  speed: z.coerce.number().positive().optional(),
});

export type DemoOptions = z.output<typeof schema>;

/** @throws LaunchError with exit code 64 and the usage text */
export function parseDemoOptions(argv: readonly string[], folder: string): DemoOptions {
  try {
    const { values } = parseArgs({
      args: [...argv],
      strict: true,
      options: {
        json: { type: 'boolean' },
        help: { type: 'boolean' },
        seed: { type: 'string' },
        replay: { type: 'string' },
        instrument: { type: 'string' },
        speed: { type: 'string' },
      },
    });
    const options = schema.parse(values);
    const { replay } = options;
    return replay === undefined ? options : { ...options, replay: resolve(folder, replay) };
  } catch (error) {
    throw new LaunchError(`${reasonOf(error)}\n\n${USAGE}`, EXIT.usage);
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof z.ZodError) return z.prettifyError(error);
  return error instanceof Error ? error.message : String(error);
}
