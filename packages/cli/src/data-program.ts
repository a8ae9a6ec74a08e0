import { TIMEFRAMES } from '@ballast/domain';
import { type Command, Option } from 'commander';
import { dataCoverage } from './commands/data-coverage.ts';
import type { Platform } from './platform.ts';
import type { Report } from './report.ts';

type Shared = { readonly json: boolean; readonly dataDir: string };
type Wiring = {
  /** Adds the options that every command has. */
  readonly shared: (command: Command) => Command;
  readonly run: (shared: Shared, work: (to: Platform) => Promise<Report>) => Promise<void>;
};

/** Market data that is stored: what there is and what is missing. */
export function addDataCommands(program: Command, { shared, run }: Wiring): void {
  const data = program.command('data').description('stored market data').exitOverride();
  shared(data.command('coverage').description('bars that should be stored and are not'))
    .option('--instrument <id>', 'only this one')
    .addOption(new Option('--timeframe <name>', 'only this one').choices(TIMEFRAMES))
    .option('--days <count>', 'back from now', '30')
    .action((given: Shared & { instrument?: string; timeframe?: string; days: string }) =>
      run(given, (to) => dataCoverage(to, given)),
    );
}
