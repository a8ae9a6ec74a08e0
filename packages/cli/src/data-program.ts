import { TIMEFRAMES } from '@ballast/domain';
import { type Command, Option } from 'commander';
import { dataCoverage } from './commands/data-coverage.ts';
import { dataMicrostructure } from './commands/data-microstructure.ts';
import { dataQuality } from './commands/data-quality.ts';
import { addJobCommands } from './job-program.ts';
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
  shared(
    data
      .command('microstructure <instrument>')
      .description('open interest, funding, accounts and takers, as they were known'),
  )
    .option('--as-of <time>', 'as it was known then, like 2026-11-18T12:00:00Z; without it now')
    .action((instrument: string, given: Shared & { asOf?: string }) =>
      run(given, (to) => dataMicrostructure(to, instrument, given)),
    );
  shared(data.command('quality').description('data that broke a rule of quality'))
    .option('--instrument <id>', 'only this one; * for what is of a whole feed')
    .option('--since <span>', 'back from now: 30m, 24h or 7d', '24h')
    .action((given: Shared & { instrument?: string; since: string }) =>
      run(given, (to) => dataQuality(to, given)),
    );
  shared(data.command('audit').description("stored minutes beside the venue's own, bar by bar"))
    .option('--minutes <count>', 'back from now', '30')
    .option('--instrument <id>', 'only this one')
    .action((given: Shared & { minutes: string; instrument?: string }) =>
      run(given, async (to) => {
        // The adapters of all feeds come with it, which no other command shall wait for.
        const { dataAudit, venueUrl } = await import('./commands/data-audit.ts');
        return dataAudit(to, () => venueUrl(to.bus), given);
      }),
    );
  addJobCommands(data, { shared, run });
}
