import { writeFileSync } from 'node:fs';
import {
  WALK_FORWARD_MODES,
  WALK_FORWARD_WINDOWS_MAX,
  type WalkForwardMode,
} from '@ballast/domain';
import { type Command, Option } from 'commander';
import { checkOutFiles } from '../page/out-file.ts';
import { writePng } from '../page/png.ts';
import { say } from '../say.ts';
import { progressOf, stoppedBySignal } from '../stopping.ts';
import { combinationsOf } from '../sweep/vary.ts';
import { tryAll } from '../sweep/worker-pool.ts';
import {
  countOf,
  requestOf,
  type TrialWords,
  withTrialOptions,
  WORKERS_MAX,
} from '../trial-words.ts';
import { prepareTrial } from '../trial.ts';
import { runWalkForward } from './run-walk-forward.ts';
import { walkForwardPage, walkForwardPicture } from './walk-forward-page.ts';
import { walkForwardReport } from './walk-forward-report.ts';
import { walkForwardText } from './walk-forward-text.ts';

type Given = TrialWords & {
  readonly vary: readonly string[];
  readonly windows: string;
  readonly train: string;
  readonly mode: WalkForwardMode;
  readonly workers: string;
  readonly html?: string;
  readonly png?: string;
};

const RANGE = `1 to ${WALK_FORWARD_WINDOWS_MAX}`;
const STOPPED = 'the walk-forward was stopped; it keeps nothing, and begins anew';

export function addWalkForward(program: Command): void {
  withTrialOptions(program.command('walk-forward'))
    .description('parameters chosen anew on each window, and held to what came after it')
    .requiredOption('--vary <name=values...>', 'a,b,c or from..to/step; every combination is tried')
    .requiredOption('--windows <count>', `that are run out of sample, end to end, ${RANGE}`)
    .option('--train <times>', `how many windows long the first training is, ${RANGE}`, '3')
    .addOption(
      new Option('--mode <name>', 'training moves along, or always begins with the bars')
        .choices(WALK_FORWARD_MODES)
        .default('rolling'),
    )
    .option('--workers <count>', `processes at once, 1 to ${WORKERS_MAX}`, '2')
    .option('--html <path>', 'also as a page with pictures')
    .option('--png <path>', 'also as one picture')
    .action(async (given: Given) => {
      const { vary, windows, train, mode, workers, html, png, ...rest } = given;
      checkOutFiles({ html, png });
      const asked = {
        ...{ request: requestOf(rest), combinations: combinationsOf(vary), mode },
        windows: countOf('--windows', windows, WALK_FORWARD_WINDOWS_MAX),
        train: countOf('--train', train, WALK_FORWARD_WINDOWS_MAX),
      };
      const { request, ...shape } = asked;
      const trial = await prepareTrial(request);
      const signal = stoppedBySignal(STOPPED);
      const parts = { trial, workers: countOf('--workers', workers), signal };
      const told = progressOf(asked.combinations.length * asked.windows);
      let done = 0;
      const walked = await runWalkForward(
        trial,
        { ...shape, base: request.parameters },
        (work, onRow) =>
          tryAll(work, {
            ...parts,
            onRow(row) {
              told((done += 1));
              onRow(row);
            },
          }),
      );
      const report = walkForwardReport(asked, trial, walked);
      if (html !== undefined) writeFileSync(html, walkForwardPage(report));
      if (png !== undefined) await writePng(png, walkForwardPicture(report));
      say(given.json, report, walkForwardText(report));
    });
}
