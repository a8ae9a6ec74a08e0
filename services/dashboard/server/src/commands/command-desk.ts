import { randomBytes } from 'node:crypto';
import type { CommandWire, TradingMode } from '@ballast/domain';
import type { Session } from '../session/sessions.ts';

/** From signing to the moment the gateway must refuse it. */
const COMMAND_LIFETIME_MS = 8_000;
/** Sent commands remembered for their expiry; the oldest is forgotten first. */
const SENT_MAX = 2_000;

type Asked = {
  [T in CommandWire['type']]: { type: T; body: Extract<CommandWire, { type: T }>['body'] };
}[CommandWire['type']];

export type SentCommand = {
  readonly commandId: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** The stream entry that carries it; null when the bus does not tell. */
  readonly entryId: string | null;
};

export type CommandDesk = ReturnType<typeof createCommandDesk>;

/**
 * Makes the operator's wish a signed command on the dashboard's own stream.
 * It can do no more than ask.
 */
export function createCommandDesk(parts: {
  account: string;
  mode: TradingMode;
  now: () => number;
  /** Signs and appends; resolves to the entry id. */
  send: (wire: CommandWire) => Promise<string | null>;
}) {
  const sent = new Map<string, SentCommand>();
  const startedAt = parts.now();

  return {
    startedAt,
    /**
     * The same id sent twice goes out twice: the gateway takes the first and refuses the second.
     */
    async send(session: Session, commandId: string, asked: Asked): Promise<SentCommand> {
      const issuedAt = parts.now();
      const expiresAt = issuedAt + COMMAND_LIFETIME_MS;
      const wire: CommandWire = {
        version: 1,
        id: commandId,
        producer: 'dashboard',
        actor: session.operator,
        account: parts.account,
        mode: parts.mode,
        issuedAt,
        expiresAt,
        nonce: randomBytes(16).toString('hex'),
        ...asked,
      };
      const entryId = await parts.send(wire);
      const first = sent.get(commandId) ?? { commandId, issuedAt, entryId };
      const record = { ...first, expiresAt };
      remember(record);
      return record;
    },
    find: (commandId: string): SentCommand | null => sent.get(commandId) ?? null,
  };

  function remember(record: SentCommand): void {
    sent.set(record.commandId, record);
    if (sent.size <= SENT_MAX) return;
    const [oldest] = sent.keys();
    if (oldest !== undefined) sent.delete(oldest);
  }
}
