import { type CommandEntry, verifySignature } from '@ballast/bus';
import {
  COMMAND_BYTES_MAX,
  COMMAND_OWNER,
  type Command,
  commandRefusal,
  InvalidInput,
  parseCommand,
  type Producer,
  type TradingMode,
} from '@ballast/domain';
import type { CommandRefusalCode, Work } from '../journal/work.ts';

export type IntakeContext = {
  readonly keys: Readonly<Record<Producer, string>>;
  readonly account: string;
  readonly mode: TradingMode;
  readonly now: () => number;
};

/**
 * One entry of a command stream as work for the journal; null for a command that is another
 * service's to carry out. Nothing in the text is believed before its signature: an unsigned entry
 * does not even get to name its command.
 */
export function intake(entry: CommandEntry, context: IntakeContext): Work | null {
  const at = context.now();
  const { producer, entryId, payload, signature } = entry;
  const refuse = (code: CommandRefusalCode, detail: string, commandId: string | null): Work => {
    return { type: 'refusal', producer, entryId, commandId, code, detail, at };
  };
  if (payload.length > COMMAND_BYTES_MAX) {
    return refuse('COMMAND_TOO_LARGE', `${payload.length} characters`, null);
  }
  if (!verifySignature(payload, signature, context.keys[producer])) {
    return refuse('SIGNATURE_WRONG', 'signature does not match the text', null);
  }
  let command: Command;
  try {
    command = parseCommand(payload);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return refuse('COMMAND_MALFORMED', error.message, claimedId(payload));
  }
  if (COMMAND_OWNER[command.type] !== 'order-gateway') return null;
  const { account, mode } = context;
  const refusal = commandRefusal(command, { producer, account, mode, now: at });
  // Only the journal knows whether this is a second copy, delivered late, of a command it took.
  const expired = refusal === 'COMMAND_EXPIRED';
  if (refusal !== null && !expired) return refuse(refusal, command.type, command.id);
  return { type: 'command', entryId, command, at, expired };
}

/** The id of a signed command that is malformed elsewhere, so that its sender finds the refusal. */
function claimedId(payload: string): string | null {
  return /"id":"([0-9a-f-]{36})"/.exec(payload)?.[1] ?? null;
}
