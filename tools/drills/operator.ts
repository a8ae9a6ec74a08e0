import { randomBytes } from 'node:crypto';
import { type Bus, commandStream, sendCommand, signPayload } from '@ballast/bus';
import { type CommandWire, type Producer, uuidV7 } from '@ballast/domain';
import { ACCOUNT, MODE } from '../launcher/services.ts';

/** As the dashboard gives them. */
const LIFETIME_MS = 8_000;

/** A command's type with the body that belongs to it. */
export type Asked = {
  [T in CommandWire['type']]: { type: T; body: Extract<CommandWire, { type: T }>['body'] };
}[CommandWire['type']];

export type Operator = ReturnType<typeof createOperator>;

export const newId = (): string => uuidV7(Date.now(), randomBytes(10));

/** A command of this moment, ready to be signed. */
export function commandOf(asked: Asked, producer: Producer = 'dashboard'): CommandWire {
  const issuedAt = Date.now();
  return {
    version: 1,
    id: newId(),
    producer,
    actor: 'operator',
    account: ACCOUNT,
    mode: MODE,
    issuedAt,
    expiresAt: issuedAt + LIFETIME_MS,
    nonce: randomBytes(16).toString('hex'),
    ...asked,
  };
}

/** Puts signed commands onto the stream of a producer, on its own connection. */
export function createOperator(bus: Bus, key: string, producer: Producer = 'dashboard') {
  return {
    send: (wire: CommandWire): Promise<string> => sendCommand(bus, wire, key),
    /** Resolves with the id of the command once it is on the stream. */
    async ask(asked: Asked): Promise<string> {
      const wire = commandOf(asked, producer);
      await sendCommand(bus, wire, key);
      return wire.id;
    },
    /** The text goes onto the stream as it is, with a right or a wrong signature. */
    async sendRaw(payload: string, signature: string = signPayload(payload, key)): Promise<void> {
      const stream = commandStream(producer);
      await bus.run('XADD raw', (redis) =>
        redis.xadd(stream, '*', 'payload', payload, 'signature', signature),
      );
    },
  };
}
