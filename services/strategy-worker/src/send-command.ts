import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type Bus, BusError, sendCommand } from '@ballast/bus';
import {
  COMMAND_LIFETIME_MAX_MS,
  type CommandId,
  type CommandWire,
  parseUuid,
  type TradingMode,
  uuidV7,
} from '@ballast/domain';
import type { Logger } from '@ballast/observability';

const SEND_ATTEMPTS = 3;
const SEND_RETRY_DELAY_MS = 250;

export type SendContext = {
  readonly bus: Bus;
  readonly log: Logger;
  readonly account: string;
  readonly mode: TradingMode;
  readonly commandKey: string;
  /** Epoch ms. */
  now(): number;
};

/** What every command of a strategy begins with; its id is new. */
export function commandHead(context: Omit<SendContext, 'bus' | 'log'>, strategy: string) {
  const issuedAt = context.now();
  return {
    version: 1,
    id: parseUuid<CommandId>(uuidV7(issuedAt, randomBytes(10))),
    producer: 'strategy-worker',
    actor: strategy,
    account: context.account,
    mode: context.mode,
    issuedAt,
    expiresAt: issuedAt + COMMAND_LIFETIME_MAX_MS,
    nonce: randomBytes(16).toString('hex'),
  } as const;
}

/** `mayHaveArrived`: the outcome of some attempt is unknown, so the gateway may still answer. */
export type SendFailure = { readonly code: string; readonly mayHaveArrived: boolean };

/**
 * The same command on each attempt: the gateway takes an id once, so an unknown outcome may be
 * repeated. Null when it is on the stream.
 */
export async function send(
  context: SendContext,
  command: CommandWire,
): Promise<SendFailure | null> {
  let mayHaveArrived = false;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await sendCommand(context.bus, command, context.commandKey);
      return null;
    } catch (error) {
      if (!(error instanceof BusError)) throw error;
      mayHaveArrived ||= error.code === 'BUS_OUTCOME_UNKNOWN';
      const mayRepeat = error.code === 'BUS_UNAVAILABLE' || error.code === 'BUS_OUTCOME_UNKNOWN';
      if (!mayRepeat || attempt === SEND_ATTEMPTS) {
        context.log.error({ err: error, command: command.id, attempt }, 'command was not sent');
        return { code: error.code, mayHaveArrived };
      }
      await delay(SEND_RETRY_DELAY_MS);
    }
  }
}
