import { fileURLToPath } from 'node:url';
import { Command, CommanderError, Option } from 'commander';
import { auditVerify } from './commands/audit.ts';
import { close } from './commands/close.ts';
import { loginLink } from './commands/login-link.ts';
import { password } from './commands/password.ts';
import { status } from './commands/status.ts';
import { strategy } from './commands/strategy.ts';
import { trade } from './commands/trade.ts';
import { trades } from './commands/trades.ts';
import { EXIT } from './failure.ts';
import { readNewPassword } from './password-input.ts';
import { type Platform, withPlatform } from './platform.ts';
import { type Report, reportOn, sayUsageError } from './report.ts';

type Shared = { readonly json: boolean; readonly dataDir: string };

/** Where `npm start` keeps it, wherever the operator stands. */
const DEFAULT_DATA_DIR = fileURLToPath(new URL('../../../.ballast', import.meta.url));

const program = new Command('ballast')
  .description('Asks the running platform; every order goes through its gateway.')
  .exitOverride();

subcommand('status', 'services, feed, brake, open trades, incidents').action((shared: Shared) =>
  run(shared, status),
);
subcommand('login-link', 'a new link that logs in to the dashboard once').action((shared: Shared) =>
  reportOn(shared.json, async () => loginLink(shared.dataDir)),
);
subcommand('trades', 'trades, newest first')
  .option('--open', 'only those that have not ended', false)
  .action((shared: Shared & { open: boolean }) => run(shared, (to) => trades(to, shared.open)));
subcommand('trade <tradeId>', 'everything stored about one trade, by time').action(
  (tradeId: string, shared: Shared) => run(shared, (to) => trade(to, tradeId)),
);
subcommand('close <tradeId>', 'close a trade at market and wait until it has ended')
  .requiredOption('--reason <text>', 'why, for the audit log')
  .action((tradeId: string, shared: Shared & { reason: string }) =>
    run(shared, (to) => close(to, tradeId, shared.reason)),
  );
subcommand('strategy <name>', 'switch a strategy on or off')
  .addOption(
    new Option('--buy <state>', 'may it trade').choices(['on', 'off']).makeOptionMandatory(),
  )
  .requiredOption('--reason <text>', 'why, for the record')
  .action((name: string, shared: Shared & { buy: string; reason: string }) =>
    run(shared, (to) => strategy(to, name, shared.buy === 'on', shared.reason)),
  );
subcommand(
  'password',
  "set the operator's password (typed, or the first line of standard input)",
).action((shared: Shared) =>
  reportOn(shared.json, async () => {
    const chosen = await readNewPassword();
    return withPlatform(shared.dataDir, (to) => password(to, chosen));
  }),
);
const audit = program.command('audit').description('the hash-chained audit log').exitOverride();
withSharedOptions(audit.command('verify').description('walk the whole chain')).action(
  (shared: Shared) => run(shared, auditVerify),
);

function subcommand(usage: string, description: string): Command {
  return withSharedOptions(program.command(usage).description(description));
}

function withSharedOptions(command: Command): Command {
  return command
    .option('--json', 'exactly one JSON object on standard output', false)
    .option('--data-dir <dir>', 'data folder of the running platform', DEFAULT_DATA_DIR)
    .exitOverride();
}

function run(shared: Shared, work: (platform: Platform) => Promise<Report>): Promise<void> {
  return reportOn(shared.json, () => withPlatform(shared.dataDir, work));
}

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (process.exitCode !== EXIT.ok && process.argv.includes('--json')) {
    sayUsageError(error.message);
  }
}
