import type { Transaction } from '@ballast/db';
import type { CommandOf, CommandType } from '@ballast/domain';

/** What market-data may be asked for: all that COMMAND_OWNER gives it. */
export const DATA_COMMAND_TYPES = [
  'startBackfill',
  'startImport',
  'pauseJob',
  'resumeJob',
  'cancelJob',
  'addInstruments',
  'removeInstruments',
  'setWatchlist',
] as const satisfies readonly CommandType[];

export type DataCommandType = (typeof DATA_COMMAND_TYPES)[number];
export type DataCommand = CommandOf<DataCommandType>;

/** Why a command did nothing: a stable code that is counted and stored, and words for people. */
export type Refusal = { readonly code: string; readonly detail: string };

/**
 * Carries one command out in the transaction that stores it, at `at` (epoch ms); null when it did.
 * A refusal is stored beside the command, and nothing of what the handler wrote stays. It may run
 * again after a transaction that did not commit: what is not in the database belongs after the
 * commit, see `onTaken` of the intake.
 */
export type CommandHandler<C extends DataCommand = DataCommand> = (
  command: C,
  tx: Transaction,
  at: number,
) => Promise<Refusal | null>;

/** One handler for each command; each part of the service makes those of its own. */
export type CommandHandlers = {
  readonly [T in DataCommandType]: CommandHandler<CommandOf<T>>;
};
