import type { Command } from 'commander';
import { cancelEntry, moveStop, scaleOut } from './commands/change-trade.ts';
import { closeAll } from './commands/close-all.ts';
import { close } from './commands/close.ts';
import type { Platform } from './platform.ts';
import type { Report } from './report.ts';

type Reasoned = { readonly json: boolean; readonly dataDir: string; readonly reason: string };
type Wiring = {
  /** Adds the options that every command has. */
  readonly shared: (command: Command) => Command;
  readonly run: (shared: Reasoned, work: (to: Platform) => Promise<Report>) => Promise<void>;
};

/** What can be asked of a trade that runs, below `ballast trade`. */
export function addTradeChanges(trade: Command, { shared, run }: Wiring): void {
  // Options after the name of a change are that change's own, not those of `trade`.
  trade.enablePositionalOptions();
  const add = (usage: string, description: string): Command =>
    shared(trade.command(usage).description(description)).requiredOption(
      '--reason <text>',
      'why, for the audit log',
    );
  add('stop <tradeId>', 'move the stop; never beyond the first stop of the plan')
    .requiredOption('--to <level>', 'a price, or break-even')
    .action((id: string, given: Reasoned & { to: string }) =>
      run(given, (to) => moveStop(to, id, given.to, given.reason)),
    );
  add('scale-out <tradeId>', 'close a part of the position at market')
    .option('--quantity <units>', 'so many units')
    .option('--fraction <share>', 'this share of what is open, above 0 and at most 1')
    .action((id: string, given: Reasoned & { quantity?: string; fraction?: string }) =>
      run(given, (to) => scaleOut(to, id, given, given.reason)),
    );
  add('cancel-entry <tradeId>', 'cancel what of the entry has not been filled').action(
    (id: string, given: Reasoned) => run(given, (to) => cancelEntry(to, id, given.reason)),
  );
  add('close <tradeId>', 'close the trade at market and wait until it has ended').action(
    (id: string, given: Reasoned) => run(given, (to) => close(to, id, given.reason)),
  );
  add('close-all', 'close every open trade and wait until they have ended').action(
    (given: Reasoned) => run(given, (to) => closeAll(to, given.reason)),
  );
}
