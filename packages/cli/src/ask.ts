import { randomBytes } from 'node:crypto';
import { userInfo } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { sendCommand } from '@ballast/bus';
import { type CommandOutcome, commandOutcome } from '@ballast/db';
import {
  COMMAND_LIFETIME_MAX_MS,
  type CommandWire,
  InvalidInput,
  parseCommand,
  uuidV7,
} from '@ballast/domain';
import { EXIT, Failure } from './failure.ts';
import type { Platform } from './platform.ts';

/** After its life on the bus and this much more nobody takes a command any longer. */
const GRACE_MS = 3_000;
const POLL_EVERY_MS = 100;

export type Asked = {
  [T in CommandWire['type']]: { type: T; body: Extract<CommandWire, { type: T }>['body'] };
}[CommandWire['type']];

export type Taken = { readonly commandId: string; readonly takenAt: number };

type Sent = {
  readonly commandId: string;
  readonly entryId: string;
  /** Epoch ms: by then somebody has taken it, or nobody will. */
  readonly deadline: number;
};

/**
 * Signs the command, puts it on the command line's own stream and waits until it is taken.
 * @throws Failure COMMAND_MALFORMED before anything is sent; then with the refusal's code, or
 * COMMAND_UNANSWERED when it expired without an answer
 */
export async function ask(platform: Platform, asked: Asked): Promise<Taken> {
  const { commandId, entryId, deadline } = await send(platform, asked);
  const outcome = await until(deadline, async () => {
    const seen = await commandOutcome(platform.db, 'cli', commandId, entryId);
    return seen.kind === 'unseen' ? null : seen;
  });
  return takenOrFailure(outcome, commandId);
}

/**
 * The same for a command whose answer stands elsewhere than among the commands that were taken.
 * @param look by the id of the command; null while there is no answer
 * @throws Failure as `ask`
 */
export async function askAndLook<T>(
  platform: Platform,
  asked: Asked,
  look: (commandId: string) => Promise<T | null>,
): Promise<T> {
  const { commandId, entryId, deadline } = await send(platform, asked);
  const seen = await until(deadline, async () => {
    const answer = await look(commandId);
    if (answer !== null) return { answer };
    const outcome = await commandOutcome(platform.db, 'cli', commandId, entryId);
    return outcome.kind === 'refused' ? outcome : null;
  });
  if (seen !== null && 'answer' in seen) return seen.answer;
  takenOrFailure(seen, commandId);
  throw new Failure('COMMAND_UNANSWERED', `command ${commandId} has no answer`);
}

async function send({ access, bus }: Platform, asked: Asked): Promise<Sent> {
  const issuedAt = Date.now();
  const commandId = uuidV7(issuedAt, randomBytes(10));
  const expiresAt = issuedAt + COMMAND_LIFETIME_MAX_MS;
  const wire: CommandWire = {
    version: 1,
    id: commandId,
    producer: 'cli',
    actor: userInfo().username.slice(0, 64),
    account: access.account,
    mode: access.mode,
    issuedAt,
    expiresAt,
    nonce: randomBytes(16).toString('hex'),
    ...asked,
  };
  checkWire(wire);
  const entryId = await sendCommand(bus, wire, access.commandKey);
  return { commandId, entryId, deadline: expiresAt + GRACE_MS };
}

/** What nobody would take is not sent: a reason without a word, or one that is too long. */
function checkWire(wire: CommandWire): void {
  try {
    parseCommand(JSON.stringify(wire));
  } catch (error) {
    if (error instanceof InvalidInput) throw new Failure(error.code, error.message, EXIT.usage);
    throw error;
  }
}

function takenOrFailure(outcome: CommandOutcome | null, commandId: string): Taken {
  if (outcome?.kind === 'taken') return { commandId, takenAt: outcome.at };
  if (outcome?.kind === 'refused') {
    throw new Failure(
      outcome.code,
      `command ${commandId} was refused: ${outcome.code}: ${outcome.detail}`,
    );
  }
  const waitMs = COMMAND_LIFETIME_MAX_MS + GRACE_MS;
  throw new Failure(
    'COMMAND_UNANSWERED',
    `command ${commandId} got no answer within ${waitMs} ms and expired; what it asked for shows whether it was carried out`,
  );
}

/**
 * Asks again and again until there is an answer, or null at `deadline` (epoch ms). A store that
 * restarts meanwhile is waited for: what was asked for goes on without us.
 * @throws what the last look failed with
 */
export async function until<T>(deadline: number, look: () => Promise<T | null>): Promise<T | null> {
  for (;;) {
    const late = Date.now() >= deadline;
    try {
      const answer = await look();
      if (answer !== null || late) return answer;
    } catch (error) {
      if (late || error instanceof Failure) throw error;
    }
    await delay(POLL_EVERY_MS);
  }
}
