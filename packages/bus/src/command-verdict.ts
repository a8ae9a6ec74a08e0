import {
  COMMAND_BYTES_MAX,
  COMMAND_OWNER,
  type Command,
  type CommandOf,
  type CommandRefusal,
  commandRefusal,
  type CommandType,
  InvalidInput,
  parseCommand,
  type Producer,
  type TradingMode,
} from '@ballast/domain';
import type { CommandEntry } from './command-consumer.ts';
import { verifySignature } from './signature.ts';

export type CommandVerdict<T extends CommandType> =
  | { readonly kind: 'own'; readonly command: CommandOf<T> }
  | {
      readonly kind: 'refused';
      readonly command: CommandOf<T>;
      readonly commandId: string;
      readonly code: CommandRefusal;
      readonly detail: string;
    }
  /** Not ours to carry out, or not ours to refuse. */
  | { readonly kind: 'left'; readonly why: 'unreadable' | 'other-owner' };

/** A service beside the gateway that carries commands out. */
export type CommandTaker<P extends Producer, T extends CommandType> = {
  readonly owner: (typeof COMMAND_OWNER)[T];
  /** All that COMMAND_OWNER gives it. */
  readonly types: readonly T[];
  readonly producers: readonly P[];
};

/** What an entry is judged by. */
export type CommandContext<P extends Producer> = {
  readonly keys: Readonly<Record<P, string>>;
  readonly account: string;
  readonly mode: TradingMode;
  /** Epoch ms. */
  readonly now: number;
};

/**
 * What a service beside the gateway does with one entry of a command stream. The gateway reads the
 * same streams, and two refusals of one entry would be one too many: what cannot be read or is
 * wrongly signed is refused and stored by the gateway alone. Every other service refuses only
 * readable, rightly signed commands of its own.
 */
export function verdictOn<P extends Producer, T extends CommandType>(
  entry: CommandEntry,
  taker: CommandTaker<P, T>,
  context: CommandContext<P>,
): CommandVerdict<T> {
  const producer = taker.producers.find((name) => name === entry.producer);
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
  if (COMMAND_OWNER[command.type] !== taker.owner) return { kind: 'left', why: 'other-owner' };
  if (!isOneOf(taker.types, command)) {
    throw new Error(`${taker.owner} owns ${command.type} but cannot carry it out`);
  }
  const { id: commandId, type } = command;
  const code = commandRefusal(command, { ...context, producer });
  if (code !== null) {
    return { kind: 'refused', command, commandId, code, detail: `${type} ${commandId}` };
  }
  return { kind: 'own', command };
}

function isOneOf<T extends CommandType>(
  types: readonly T[],
  command: Command,
): command is CommandOf<T> {
  return types.some((type) => type === command.type);
}
