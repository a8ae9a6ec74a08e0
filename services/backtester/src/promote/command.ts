import { readFileSync } from 'node:fs';
import { openDatabase } from '@ballast/db';
import { InvalidInput } from '@ballast/domain';
import { loadConfig, url } from '@ballast/observability';
import { type Command, Option } from 'commander';
import { z } from 'zod';
import { reasonOf } from '../reason-of.ts';
import { say } from '../say.ts';
import {
  judgePromotion,
  type KeptWalkForward,
  keptWalkForward,
  type PromotionCase,
} from './promote.ts';
import { promotionText } from './promotion-text.ts';
import { readStoredSweeps } from './tried-stored.ts';
import { readTriedSweep } from './tried-sweep.ts';

type Given = {
  readonly strategy: string;
  readonly sweep?: string;
  readonly also: readonly string[];
  readonly walkForward?: string;
  /** The sweep; true: the newest that is done. */
  readonly stored?: string | true;
  readonly json: boolean;
};

const REFUSED = 1;

/** Whether a strategy's best parameters may trade; it ends with 1 where they may not. */
export function addPromote(program: Command): void {
  program
    .command('promote')
    .configureHelp({ commandUsage: () => 'ballast promote [options]' })
    .description('judges the best of a sweep by all that was tried; refuses with what fails')
    .exitOverride()
    .requiredOption('--strategy <name>', 'which')
    .option('--sweep <folder>', 'the sweep whose best is judged')
    .addOption(
      new Option('--also <folder...>', 'other sweeps of it, which count too').default([], 'none'),
    )
    .option(
      '--walk-forward <file>',
      'what `walk-forward --json` printed (default: put together from rows of the sweep)',
    )
    // The command line of the platform has told it where the sweeps are.
    .addOption(new Option('--stored [id]', 'a stored sweep, or the newest').hideHelp())
    .option('--json', 'exactly one JSON object on standard output', false)
    .action(async (given: Given) => {
      const promotion = judgePromotion(await caseOf(given));
      const { ok, failing } = promotion;
      const message = failing.map(({ check }) => check).join(', ');
      const error = ok ? {} : { error: { code: 'PROMOTION_REFUSED', message } };
      say(given.json, { ...promotion, ...error }, promotionText(promotion));
      if (!ok) process.exitCode = REFUSED;
    });
}

/** @throws InvalidInput USAGE unless it is of folders or of what is stored */
async function caseOf(given: Given): Promise<PromotionCase> {
  const { strategy, sweep, also, walkForward, stored } = given;
  if ((sweep === undefined) === (stored === undefined)) {
    throw new InvalidInput('USAGE', 'either --sweep with a folder or --stored');
  }
  if (sweep !== undefined) {
    return {
      judged: readTriedSweep(sweep, strategy),
      others: also.map((folder) => readTriedSweep(folder, strategy)),
      walkForward: walkForward === undefined ? null : readWalkForward(walkForward),
    };
  }
  if (also.length > 0 || walkForward !== undefined) {
    throw new InvalidInput('USAGE', '--also and --walk-forward go with --sweep, not with --stored');
  }
  const config = loadConfig({ BALLAST_DATABASE_URL: url('postgres', 'postgresql') });
  const db = openDatabase(config.BALLAST_DATABASE_URL, { max: 1 });
  try {
    const id = typeof stored === 'string' ? stored : null;
    return await readStoredSweeps(db, strategy, id);
  } catch (error) {
    if (error instanceof InvalidInput) throw error;
    throw new InvalidInput('DATABASE_FAILED', reasonOf(error));
  } finally {
    await db.close();
  }
}

function readWalkForward(path: string): KeptWalkForward {
  const fault = (why: string): InvalidInput =>
    new InvalidInput('WALK_FORWARD_UNREADABLE', `${path}: ${why}`);
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw fault(error instanceof Error ? error.message : String(error));
  }
  const read = keptWalkForward.safeParse(json);
  if (read.success) return read.data;
  throw fault(z.prettifyError(read.error));
}
