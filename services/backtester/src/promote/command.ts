import { readFileSync } from 'node:fs';
import { InvalidInput } from '@ballast/domain';
import type { Command } from 'commander';
import { z } from 'zod';
import { say } from '../say.ts';
import { judgePromotion, type KeptWalkForward, keptWalkForward } from './promote.ts';
import { promotionText } from './promotion-text.ts';
import { readTriedSweep } from './tried-sweep.ts';

type Given = {
  readonly strategy: string;
  readonly sweep: string;
  readonly also: readonly string[];
  readonly walkForward?: string;
  readonly json: boolean;
};

const REFUSED = 1;

/** Whether a strategy's best parameters may trade; it ends with 1 where they may not. */
export function addPromote(program: Command): void {
  program
    .command('promote')
    .description('judges the best of a sweep by all that was tried; refuses with what fails')
    .exitOverride()
    .requiredOption('--strategy <name>', 'which')
    .requiredOption('--sweep <folder>', 'the sweep whose best is judged')
    .option('--also <folder...>', 'every other sweep of it: what was tried there counts too', [])
    .option('--walk-forward <file>', 'what `walk-forward --json` printed of the same combinations')
    .option('--json', 'exactly one JSON object on standard output', false)
    .action(({ strategy, sweep, also, walkForward, json }: Given) => {
      const promotion = judgePromotion({
        judged: readTriedSweep(sweep, strategy),
        others: also.map((folder) => readTriedSweep(folder, strategy)),
        walkForward: walkForward === undefined ? null : readWalkForward(walkForward),
      });
      const { ok, failing } = promotion;
      const message = failing.map(({ check }) => check).join(', ');
      const error = ok ? {} : { error: { code: 'PROMOTION_REFUSED', message } };
      say(json, { ...promotion, ...error }, promotionText(promotion));
      if (!ok) process.exitCode = REFUSED;
    });
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
