import { type CommandEntry, verifySignature } from '@ballast/bus';
import {
  COMMAND_BYTES_MAX,
  COMMAND_OWNER,
  type Command,
  type CommandRefusal,
  commandRefusal,
  InvalidInput,
  parseCommand,
  type Producer,
  type TradingMode,
} from '@ballast/domain';
import { DATA_COMMAND_TYPES, type DataCommand } from './command-handlers.ts';

/** Those of market-data; a strategy may not ask for data. */
export const DATA_PRODUCERS = ['dashboard', 'cli'] as const satisfies readonly Producer[];
export type DataProducer = (typeof DATA_PRODUCERS)[number];

export type EntryVerdict =
  | { readonly kind: 'data'; readonly command: DataCommand }
  | {
      readonly kind: 'refused';
      readonly commandId: string;
      readonly code: CommandRefusal;
      readonly detail: string;
    }
  /** Not ours to carry out, or not ours to refuse. */
  | { readonly kind: 'left'; readonly why: 'unreadable' | 'other-owner' };

/**
 * What to do with one entry of a command stream, which others read too: each entry is refused by
 * one of them. What cannot be read or is wrongly signed is the gateway's to refuse.
 */
export function verdictOn(
  entry: CommandEntry,
  context: {
    readonly keys: Readonly<Record<DataProducer, string>>;
    readonly account: string;
    readonly mode: TradingMode;
    /** Epoch ms. */
    readonly now: number;
  },
): EntryVerdict {
  const producer = DATA_PRODUCERS.find((name) => name === entry.producer);
  if (producer === undefined) return { kind: 'left', why: 'other-owner' };
  if (entry.payload.length > COMMAND_BYTES_MAX) return { kind: 'left', why: 'unreadable' };
  if (!verifySignature(entry.payload, entry.signature, context.keys[producer])) {
    return { kind: 'left', why: 'unreadable' };
  }
  let command;
  try {
    command = parseCommand(entry.payload);
  } catch (error) {
    if (error instanceof InvalidInput) return { kind: 'left', why: 'unreadable' };
    throw error;
  }
  if (COMMAND_OWNER[command.type] !== 'market-data') return { kind: 'left', why: 'other-owner' };
  if (!isDataCommand(command)) {
    throw new Error(`market-data owns ${command.type} but cannot carry it out`);
  }
  const { id: commandId, type } = command;
  const code = commandRefusal(command, { ...context, producer });
  if (code !== null) return { kind: 'refused', commandId, code, detail: `${type} ${commandId}` };
  return { kind: 'data', command };
}

function isDataCommand(command: Command): command is DataCommand {
  return DATA_COMMAND_TYPES.some((type) => type === command.type);
}
