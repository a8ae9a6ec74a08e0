import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { type Access, findAccess } from './access.ts';
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
  const passOnOrAsk = (name: 'run' | 'sweep', description: string): void => {
    backtest
      .command(name)
      .description(description)
      .argument('[options...]')
      .allowUnknownOption()
      .helpOption(false)
      .action(async (options: string[]) => {
        if (!options.includes('--stored')) return handOver(BACKTESTER, [name, ...options]);
        const stored = shared(withStoredOptions(new Command(`ballast backtest ${name}`), name));
        stored.action((given: Shared & StoredWords) =>
          run(given, (to) => startStored(to, name, given)),
        );
        await stored.parseAsync(options, { from: 'user' });
      });
  };
  passOnOrAsk(
    'run',
    'one strategy on one account: --strategy S --bars F... or --stored --instruments I',
  );
  passOnOrAsk(
    'sweep',
    'with every combination of parameters: --vary name=a,b,c... (--out F or --stored)',
  );

  const passOn = (name: string, description: string, under: Command): void => {
    under
      .command(name)
      .description(description)
      .argument('[options...]')
      .allowUnknownOption()
      .helpOption(false)
      .action((options: string[]) => handOver(BACKTESTER, [name, ...options]));
  };
  passOn('walk-forward', 'parameters chosen anew on each window: --windows N', backtest);
  addPromote(program, shared);
  addStoredCommands(backtest, { shared, run });
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
      if (!options.includes('--stored')) return handOver(BACKTESTER, ['promote', ...options]);
      const stored = shared(new Command('ballast promote'))
        .requiredOption('--strategy <name>', 'which')
        .requiredOption('--stored [id]', 'the sweep; without an id the newest that is done');
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
  shared(backtest.command('list').description('stored runs and sweeps, the newest first'))
    .option('--limit <count>', 'at most', '20')
    .action((given: Shared & { limit: string }) => run(given, (to) => backtestList(to, given)));
  shared(
    backtest.command('show <id>').description('a stored run or sweep with all that came of it'),
  )
    .option('--html <path>', 'of a run, also as a page with pictures')
    .action((id: string, given: Shared & { html?: string }) =>
      run(given, (to) => backtestShow(to, { ...given, id })),
    );
  shared(backtest.command('cancel <id>').description('a run or sweep ends, or does not begin'))
    .option('--reason <text>', 'why', 'by the operator')
    .action((id: string, given: Shared & { reason: string }) =>
      run(given, (to) => backtestCancel(to, { ...given, id })),
    );
  shared(
    backtest.command('compare <ids...>').description('what differs: asked, data, figures'),
  ).action((ids: string[], given: Shared) => run(given, (to) => backtestCompare(to, ids)));
}

function withStoredOptions(command: Command, name: 'run' | 'sweep'): Command {
  command
    .requiredOption('--stored', 'over the bars of the running platform')
    .requiredOption('--strategy <name>', 'which')
    .requiredOption('--instruments <ids>', 'on one account, separated by commas')
    .requiredOption('--timeframe <name>', 'of the bars')
    .requiredOption('--from <time>', 'first open time, like 2026-11-18 or 2026-11-18T12:00:00Z')
    .option('--to <time>', 'up to, and not with, this open time; without it now')
    .option('--finer <name>', 'narrower bars: what came first in a bar')
    .option('--set <name=value...>', 'in the place of the parameters in force', [])
    .option('--gate <name=value...>', 'a limit of the gates beside those in force', [])
    .option('--cash <amount>', 'what the account begins with; without it 100000')
    .option('--maker-fee <part>', 'of the value of an execution')
    .option('--taker-fee <part>', 'of the value of an execution')
    .option('--spread <part>', 'of the price, between bid and ask')
    .option('--slippage <part>', 'of the price, what an order at market pays beyond it')
    .option('--risk <part>', 'of the equity, lost at the stop')
    .option('--notional <part>', 'of the equity, in one position at most')
    .option('--volume <part>', 'of what a bar traded, in one trade at most')
    .option('--seed <number>', 'of all that is drawn', '1')
    .option('--wait', 'behind what runs, where it would be refused', false)
    .option('--detach', 'do not wait for its end', false);
  if (name === 'run') return command.option('--html <path>', 'also as a page with pictures');
  return command.requiredOption('--vary <name=values...>', 'a,b,c or from..to/step');
}
