import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { type Access, findAccess } from './access.ts';
import {
  asksForHelp,
  namesHelp,
  OF_FOLDERS,
  OF_STORED,
  OVER_FILES,
  OVER_STORED,
} from './backtest-help.ts';
import {
  backtestCancel,
  backtestCompare,
  backtestList,
  backtestShow,
} from './commands/backtests.ts';
import { startStored, type StoredWords } from './commands/start-stored.ts';
import { handOver } from './hand-over.ts';
import type { Platform } from './platform.ts';
import { type Report, reportOn } from './report.ts';
import { type StoredName, withStoredOptions } from './stored-options.ts';

const BACKTESTER = fileURLToPath(
  new URL('../../../services/backtester/src/main.ts', import.meta.url),
);

type Shared = { readonly json: boolean; readonly dataDir: string };
type Wiring = {
  /** Adds the options that every command has. */
  readonly shared: (command: Command) => Command;
  readonly run: (shared: Shared, work: (to: Platform) => Promise<Report>) => Promise<void>;
};

/** Strategies over bars: of files, which needs no platform, or, with `--stored`, of its own. */
export function addBacktestCommands(program: Command, { shared, run }: Wiring): void {
  const backtest = program
    .command('backtest')
    .description('try a strategy on bars, with the code that trades')
    .exitOverride();
  const passOnOrAsk = (name: StoredName, description: string): void => {
    backtest
      .command(name)
      .description(description)
      .argument('[options...]')
      .allowUnknownOption()
      .helpOption(false)
      .action(async (options: string[]) => {
        const own = new Command(`ballast backtest ${name}${STORED}`);
        const stored = shared(withStoredOptions(own, name));
        if (asksForHelp(options)) return tellBoth(name, stored);
        if (!options.includes('--stored')) return handOver(BACKTESTER, [name, ...options]);
        stored.action((given: Shared & StoredWords) =>
          run(given, (to) => startStored(to, name, given)),
        );
        await stored.parseAsync(options, { from: 'user' });
      });
  };
  passOnOrAsk(
    'run',
    'one strategy on one account: --strategy S (--bars F... or --stored --instruments I)',
  );
  passOnOrAsk(
    'sweep',
    'with every combination of parameters: --vary name=a,b,c... (--out F or --stored)',
  );
  passOnOrAsk(
    'walk-forward',
    'parameters chosen anew on each window: --windows N --vary... (--bars F... or --stored)',
  );
  addPromote(program, shared);
  addStoredCommands(backtest, { shared, run });
}

const STORED = ' --stored';

/** A command that has two ways to be asked tells both of them, whichever was named. */
async function tellBoth(name: string, stored: Command): Promise<void> {
  const isJudged = name === 'promote';
  process.stdout.write(isJudged ? OF_FOLDERS : OVER_FILES);
  await handOver(BACKTESTER, [name, '--help']);
  const words = isJudged ? '' : namesHelp();
  process.stdout.write(`${isJudged ? OF_STORED : OVER_STORED}${stored.helpInformation()}${words}`);
}

type PromoteWords = Shared & { readonly strategy: string; readonly stored: string | true };

/** Judged where sweeps are; of stored ones it is told where the platform keeps them. */
function addPromote(program: Command, shared: Wiring['shared']): void {
  program
    .command('promote')
    .description(
      'whether the best of a sweep may trade: --strategy S (--sweep FOLDER or --stored [ID])',
    )
    .argument('[options...]')
    .allowUnknownOption()
    .helpOption(false)
    .action(async (options: string[]) => {
      const stored = shared(new Command(`ballast promote${STORED}`))
        .requiredOption('--strategy <name>', 'which')
        .requiredOption('--stored [id]', 'the sweep (default: the newest that is done)');
      if (asksForHelp(options)) return tellBoth('promote', stored);
      if (!options.includes('--stored')) return handOver(BACKTESTER, ['promote', ...options]);
      stored.action((given: PromoteWords) => promoteStored(given));
      await stored.parseAsync(options, { from: 'user' });
    });
}

async function promoteStored(given: PromoteWords): Promise<void> {
  const { strategy, stored, json, dataDir } = given;
  let access: Access;
  try {
    access = findAccess(dataDir);
  } catch (error) {
    return reportOn(json, () => Promise.reject(error));
  }
  const id = stored === true ? [] : [stored];
  const words = ['promote', '--strategy', strategy, ...(json ? ['--json'] : []), '--stored', ...id];
  await handOver(BACKTESTER, words, {
    ...process.env,
    BALLAST_DATABASE_URL: access.databaseUrl,
  });
}

function addStoredCommands(backtest: Command, { shared, run }: Wiring): void {
  shared(
    backtest.command('list').description('stored runs, sweeps and walk-forwards, the newest first'),
  )
    .option('--limit <count>', 'how many at most, 1 to 1000', '20')
    .action((given: Shared & { limit: string }) => run(given, (to) => backtestList(to, given)));
  shared(
    backtest.command('show <id>').description('a stored one of these with all that came of it'),
  )
    .option('--html <path>', 'of a run or walk-forward, also as a page with pictures')
    .action((id: string, given: Shared & { html?: string }) =>
      run(given, (to) => backtestShow(to, { ...given, id })),
    );
  shared(backtest.command('cancel <id>').description('a stored one ends, or does not begin'))
    .option('--reason <text>', 'why', 'by the operator')
    .action((id: string, given: Shared & { reason: string }) =>
      run(given, (to) => backtestCancel(to, { ...given, id })),
    );
  shared(
    backtest
      .command('compare <ids...>')
      .description('what differs of 2 to 10 stored ones, by their ids: asked, data, figures'),
  ).action((ids: string[], given: Shared) => run(given, (to) => backtestCompare(to, ids)));
}
