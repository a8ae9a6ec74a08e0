import type { Command } from 'commander';
import { orphans } from './commands/orders.ts';
import { settle, thaw } from './commands/positions.ts';
import type { Platform } from './platform.ts';
import type { Report } from './report.ts';

type Shared = { readonly json: boolean; readonly dataDir: string };
type Wiring = {
  /** Adds the options that every command has. */
  readonly shared: (command: Command) => Command;
  readonly run: (shared: Shared, work: (to: Platform) => Promise<Report>) => Promise<void>;
};

/** What the operator sees and says of positions and orders that Ballast did not make. */
export function addPositionCommands(program: Command, { shared, run }: Wiring): void {
  const orders = program.command('orders').description('orders at the venue').exitOverride();
  shared(orders.command('orphans').description('open orders that Ballast did not make'))
    .option('--expect <count>', 'fail unless there are just so many')
    .action((given: Shared & { expect?: string }) => run(given, (to) => orphans(to, given.expect)));

  const positions = program
    .command('positions')
    .description('positions that ledger and venue disagree on, or that are not explained')
    .exitOverride();
  const add = (usage: string, description: string): Command =>
    shared(positions.command(usage).description(description)).requiredOption(
      '--reason <text>',
      'why, for the audit log',
    );
  add(
    'settle <instrument>',
    'explain fills that Ballast did not make; what is left is carried by the operator',
  )
    .option('--to-trade <tradeId>', 'they reduced this trade: book them there')
    .action((instrument: string, given: Shared & { reason: string; toTrade?: string }) =>
      run(given, (to) => settle(to, instrument, given.reason, given.toTrade)),
    );
  add('thaw <instrument>', 'lift the freeze of a drift, until its numbers change').action(
    (instrument: string, given: Shared & { reason: string }) =>
      run(given, (to) => thaw(to, instrument, given.reason)),
  );
}
