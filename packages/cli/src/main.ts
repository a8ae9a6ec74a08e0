import { fileURLToPath } from 'node:url';
import { Command, CommanderError } from 'commander';
import { addBacktestCommands } from './backtest-program.ts';
import { auditRebuild } from './commands/audit-rebuild.ts';
import { auditVerify } from './commands/audit.ts';
import { brakeEngage, brakeRelease, brakeStatus } from './commands/brake.ts';
import { close } from './commands/close.ts';
import { loginLink } from './commands/login-link.ts';
import { password } from './commands/password.ts';
import { status } from './commands/status.ts';
import { trade } from './commands/trade.ts';
import { trades } from './commands/trades.ts';
import { addConfigurationCommands } from './configuration-program.ts';
import { addDataCommands } from './data-program.ts';
import { addDecisionCommands } from './decision-program.ts';
import { EXIT } from './failure.ts';
import { readNewPassword } from './password-input.ts';
import { type Platform, withPlatform } from './platform.ts';
import { addPositionCommands } from './position-program.ts';
import { addProofCommands } from './proof-program.ts';
import { heedLostReader, type Report, reportOn, sayUsageError } from './report.ts';
import { addSimCommands } from './sim-program.ts';
import { addTradeChanges } from './trade-program.ts';
import { addUniverseCommands } from './universe-program.ts';
import { addVenueCommands } from './venue-program.ts';

type Shared = { readonly json: boolean; readonly dataDir: string };

/** Where `npm start` keeps it, wherever the operator stands. */
const DEFAULT_DATA_DIR = fileURLToPath(new URL('../../../.ballast', import.meta.url));

const program = new Command('ballast')
  .description(
    'Asks the running platform; proofs and backtests need none. Orders go through its gateway.',
  )
  .enablePositionalOptions()
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
const ofTrade = subcommand('trade <tradeId>', 'everything stored about one trade, by time').action(
  (tradeId: string, shared: Shared) => run(shared, (to) => trade(to, tradeId)),
);
addTradeChanges(ofTrade, { shared: withSharedOptions, run });
subcommand('close <tradeId>', 'close a trade at market and wait until it has ended')
  .requiredOption('--reason <text>', 'why, for the audit log')
  .action((tradeId: string, shared: Shared & { reason: string }) =>
    run(shared, (to) => close(to, tradeId, shared.reason)),
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
withSharedOptions(audit.command('rebuild').description('make the ledger anew from it and compare'))
  .option('--day <YYYY-MM-DD>', 'compare only what happened on this UTC day')
  .action((shared: Shared & { day?: string }) =>
    run(shared, (to) => auditRebuild(to, shared.day ?? null)),
  );

const brake = program.command('brake').description('the brake and kill switch').exitOverride();
withSharedOptions(brake.command('status').description('what is in force, what is left')).action(
  (shared: Shared) => run(shared, brakeStatus),
);
withSharedOptions(brake.command('engage').description('refuse entries, cancel, flatten all'))
  .requiredOption('--reason <text>', 'why, for the audit log')
  .action((shared: Shared & { reason: string }) =>
    run(shared, (to) => brakeEngage(to, shared.reason)),
  );
withSharedOptions(brake.command('release').description('after the cooling period only'))
  .requiredOption('--reason <text>', 'why, for the audit log')
  .action((shared: Shared & { reason: string }) =>
    run(shared, (to) => brakeRelease(to, shared.reason)),
  );

addBacktestCommands(program, { shared: withSharedOptions, run });
addSimCommands(program);
addProofCommands(program);
addVenueCommands(program);
addPositionCommands(program, { shared: withSharedOptions, run });
addConfigurationCommands(program, { shared: withSharedOptions, run });
addDecisionCommands(program, { shared: withSharedOptions, run });
addDataCommands(program, { shared: withSharedOptions, run });
addUniverseCommands(program, { shared: withSharedOptions, run });

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

heedLostReader();
try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (process.exitCode !== EXIT.ok && process.argv.includes('--json')) {
    sayUsageError(error.message);
  }
}
