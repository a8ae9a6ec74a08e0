import { writeFileSync } from 'node:fs';
import { InvalidInput } from '@ballast/domain';
import { Command, CommanderError } from 'commander';
import { addPage } from './page/command.ts';
import { checkOutFiles } from './page/out-file.ts';
import { writePng } from './page/png.ts';
import { runPage, runPicture } from './page/run-page.ts';
import { addPromote } from './promote/command.ts';
import { runTrial } from './report.ts';
import { textOf } from './run-text.ts';
import { say } from './say.ts';
import { progressOf, stoppedBySignal } from './stopping.ts';
import { runSweep } from './sweep/run-sweep.ts';
import { sweepText } from './sweep/sweep-text.ts';
import { combinationsOf } from './sweep/vary.ts';
import {
  countOf,
  requestOf,
  type TrialWords,
  withTrialOptions,
  WORKERS_MAX,
} from './trial-words.ts';
import { prepareTrial } from './trial.ts';
import { addWalkForward } from './walk-forward/command.ts';

/** As everywhere in Ballast: 64 for words that make no sense, 1 for what could not be done. */
const EXIT = { ok: 0, failure: 1, usage: 64 } as const;

type RunGiven = TrialWords & { readonly html?: string; readonly png?: string };
type SweepGiven = TrialWords & {
  readonly vary: readonly string[];
  readonly out: string;
  readonly workers: string;
};

const STOPPED = 'the sweep was stopped; the same command goes on where it was';

const program = new Command('ballast backtest')
  .description('strategies over bars, with the code that trades')
  .exitOverride();

withTrialOptions(program.command('run'))
  .description('one strategy over the bars of one or more files, on one account')
  .option('--html <path>', 'also as a page with pictures')
  .option('--png <path>', 'also as one picture')
  .action(async ({ html, png, ...given }: RunGiven) => {
    checkOutFiles({ html, png });
    const request = requestOf(given);
    const report = runTrial(request, await prepareTrial(request));
    if (html !== undefined) writeFileSync(html, runPage(report));
    if (png !== undefined) await writePng(png, runPicture(report));
    say(given.json, report, textOf(report));
  });

withTrialOptions(program.command('sweep'))
  .description('the same with every combination of parameters; goes on where it was broken off')
  .requiredOption('--vary <name=values...>', 'a,b,c or from..to/step; every combination is tried')
  .requiredOption('--out <folder>', 'where the rows are kept')
  .option('--workers <count>', `processes at once, 1 to ${WORKERS_MAX}`, '2')
  .action(async (given: SweepGiven) => {
    const { vary, out: folder, workers, ...rest } = given;
    const sweep = {
      ...{ request: requestOf(rest), combinations: combinationsOf(vary), folder },
      workers: countOf('--workers', workers),
    };
    const report = await runSweep(sweep, {
      signal: stoppedBySignal(STOPPED),
      onRow: progressOf(sweep.combinations.length),
    });
    say(given.json, report, sweepText(report));
  });

addWalkForward(program);
addPromote(program);

addPage(program);

try {
  await program.parseAsync();
} catch (error) {
  const asked = error instanceof CommanderError;
  if (!asked && !(error instanceof InvalidInput)) throw error;
  const isUsage = asked || error.code === 'USAGE';
  process.exitCode = asked && error.exitCode === 0 ? EXIT.ok : isUsage ? EXIT.usage : EXIT.failure;
  if (process.exitCode !== EXIT.ok) {
    const said = { code: asked ? 'USAGE' : error.code, message: error.message };
    if (!asked) process.stderr.write(`${said.code}: ${said.message}\n`);
    if (process.argv.includes('--json')) {
      process.stdout.write(`${JSON.stringify({ ok: false, error: said })}\n`);
    }
  }
}
