import { type CommandEntry, verifySignature } from '@ballast/bus';
import { type ConfigurationCommand, passwordHashFault } from '@ballast/db';
import {
  COMMAND_BYTES_MAX,
  COMMAND_OWNER,
  type CommandRefusal,
  commandRefusal,
  InvalidInput,
  parseCommand,
  type Producer,
  STRATEGIES,
  type TradingMode,
} from '@ballast/domain';

/** The supervisor's own producers; a strategy may not ask for configuration. */
export const CONFIGURATION_PRODUCERS = ['dashboard', 'cli'] as const satisfies readonly Producer[];
export type ConfigurationProducer = (typeof CONFIGURATION_PRODUCERS)[number];

export type EntryVerdict =
  | { readonly kind: 'configuration'; readonly command: ConfigurationCommand }
  | { readonly kind: 'refused'; readonly code: CommandRefusal; readonly detail: string }
  /** Not ours to carry out, or not ours to refuse. */
  | { readonly kind: 'left'; readonly why: 'unreadable' | 'other-owner' };

/**
 * What to do with one entry of a command stream. The gateway reads the same streams, and two
 * refusals of one entry would be one too many: what cannot be read or is wrongly signed is refused
 * and stored by the gateway alone, and so is every command that the gateway owns. The supervisor
 * refuses only readable, rightly signed commands of its own.
 */
export function verdictOn(
  entry: CommandEntry,
  context: {
    readonly keys: Readonly<Record<ConfigurationProducer, string>>;
    readonly account: string;
    readonly mode: TradingMode;
    /** Epoch ms. */
    readonly now: number;
  },
): EntryVerdict {
  const producer = CONFIGURATION_PRODUCERS.find((name) => name === entry.producer);
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
  if (COMMAND_OWNER[command.type] !== 'supervisor') return { kind: 'left', why: 'other-owner' };
  if (command.type !== 'setStrategySwitch' && command.type !== 'setOperatorPassword') {
    throw new Error(`the supervisor owns ${command.type} but cannot carry it out`);
  }
  const code = commandRefusal(command, { ...context, producer });
  if (code !== null) return { kind: 'refused', code, detail: `${command.type} ${command.id}` };
  const fault = bodyFault(command);
  if (fault !== null) return { kind: 'refused', code: 'COMMAND_MALFORMED', detail: fault };
  return { kind: 'configuration', command };
}

function bodyFault(command: ConfigurationCommand): string | null {
  if (command.type === 'setStrategySwitch') {
    const { strategy } = command.body;
    return STRATEGIES.some((name) => name === strategy) ? null : `no strategy named "${strategy}"`;
  }
  return passwordHashFault(command.body.passwordHash);
}
