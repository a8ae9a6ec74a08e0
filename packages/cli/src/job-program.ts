import { TIMEFRAMES } from '@ballast/domain';
import { type Command, Option } from 'commander';
import { dataBackfill } from './commands/data-backfill.ts';
import { dataImport } from './commands/data-import.ts';
import { dataJobList, moveDataJob } from './commands/data-jobs.ts';
import type { Platform } from './platform.ts';
import type { Report } from './report.ts';

type Shared = { readonly json: boolean; readonly dataDir: string };
type Reasoned = Shared & { readonly reason: string };
type Wiring = {
  /** Adds the options that every command has. */
  readonly shared: (command: Command) => Command;
  readonly run: (shared: Shared, work: (to: Platform) => Promise<Report>) => Promise<void>;
};

/** Work on stored bars: asked for, watched, paused, resumed and cancelled. */
export function addJobCommands(data: Command, { shared, run }: Wiring): void {
  const timeframe = (): Option =>
    new Option('--timeframe <name>', 'of the bars').choices(TIMEFRAMES).default('1m');
  const reason = (): Option => new Option('--reason <text>', 'why').default('by the operator');
  const wait = (): Option => new Option('--wait', 'until the job has ended').default(false);

  shared(data.command('backfill <instrument>').description("bars from the venue's history"))
    .addOption(timeframe())
    .requiredOption('--from <time>', 'first open time, like 2026-11-18 or 2026-11-18T12:00:00Z')
    .option('--to <time>', 'up to, and not with, this open time; without it now')
    .addOption(reason())
    .addOption(wait())
    .action(
      (
        instrument: string,
        given: Reasoned & { timeframe: string; from: string; to?: string; wait: boolean },
      ) => run(given, (to) => dataBackfill(to, { ...given, instrument })),
    );

  shared(data.command('import <file>').description('bars from your own file, CSV or Parquet'))
    .requiredOption('--instrument <id>', 'whose bars they are')
    .addOption(timeframe())
    .addOption(new Option('--format <name>', 'what it must be').choices(['csv', 'parquet']))
    .option('--replace', 'also bars of a venue and bars made of trades', false)
    .addOption(reason())
    .addOption(wait())
    .action(
      (
        file: string,
        given: Reasoned & {
          instrument: string;
          timeframe: string;
          format?: string;
          replace: boolean;
          wait: boolean;
        },
      ) => run(given, (to) => dataImport(to, { ...given, file })),
    );

  shared(data.command('jobs').description('backfills and imports: how far, how fast, how long'))
    .option('--limit <count>', 'of those that have ended', '20')
    .action((given: Shared & { limit: string }) => run(given, (to) => dataJobList(to, given)));

  const move = (name: string, type: Parameters<typeof moveDataJob>[1], what: string): void => {
    shared(data.command(`${name} <jobId>`).description(what))
      .addOption(reason())
      .action((jobId: string, given: Reasoned) =>
        run(given, (to) => moveDataJob(to, type, { jobId, reason: given.reason })),
      );
  };
  move('pause', 'pauseJob', 'a job stops after the page it is at, and keeps its place');
  move('resume', 'resumeJob', 'a paused or failed job goes on where it was');
  move('cancel', 'cancelJob', 'a job ends; what it has stored stays');
}
