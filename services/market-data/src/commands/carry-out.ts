import type { Transaction } from '@ballast/db';
import type { CommandHandlers, DataCommand, Refusal } from './command-handlers.ts';

/** Gives the command to the handler of its type. */
export function carryOut(
  handlers: CommandHandlers,
  command: DataCommand,
  tx: Transaction,
  at: number,
): Promise<Refusal | null> {
  switch (command.type) {
    case 'startBackfill':
      return handlers.startBackfill(command, tx, at);
    case 'startImport':
      return handlers.startImport(command, tx, at);
    case 'pauseJob':
      return handlers.pauseJob(command, tx, at);
    case 'resumeJob':
      return handlers.resumeJob(command, tx, at);
    case 'cancelJob':
      return handlers.cancelJob(command, tx, at);
    case 'addInstruments':
      return handlers.addInstruments(command, tx, at);
    case 'removeInstruments':
      return handlers.removeInstruments(command, tx, at);
    case 'setWatchlist':
      return handlers.setWatchlist(command, tx, at);
    default:
      return command satisfies never;
  }
}
