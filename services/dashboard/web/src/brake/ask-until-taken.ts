import type { CommandStatus } from '@ballast/dashboard-server/api';
import type { SentCommand } from '../commands/use-command-status.ts';

/** Between two looks at what became of a command, and before asking again after a fault. */
const LOOK_AGAIN_MS = 300;
const FAULT_PAUSE_MS = 1_000;
/** After its life on the bus nobody takes a command; this much more for the answer's way. */
const ANSWER_MS = 1_000;
/** Commands asked before whose answer may still come; the oldest is looked at no more. */
const LOOKED_AT_MAX = 4;

/** What is known of the wish: asked so often, and why it is not done. */
export type Asking = {
  readonly state: 'asking' | 'taken' | 'refused' | 'stopped';
  readonly asks: number;
  /** The newest command; null before the first has left. */
  readonly sent: SentCommand | null;
  /** Why the last attempt came to nothing; null while it may still be taken. */
  readonly fault: string | null;
};

export type AskTools = {
  /** Each ask is a command of its own. */
  readonly newId: () => string;
  readonly send: (commandId: string) => Promise<SentCommand>;
  readonly statusOf: (commandId: string) => Promise<CommandStatus>;
  /** An error that asking again does not heal. */
  readonly isFinal: (error: unknown) => boolean;
  readonly now: () => number;
  readonly pause: (ms: number) => Promise<void>;
  readonly show: (asking: Asking) => void;
  readonly signal: AbortSignal;
};

type Answer = Extract<CommandStatus, { status: 'accepted' | 'denied' | 'refused' }>;

/**
 * A command dies after seconds, this wish does not: it is asked for anew until the gateway takes or
 * refuses it, or the operator stops asking. To engage twice is to engage once.
 */
export async function askUntilTaken(tools: AskTools): Promise<Asking> {
  const looked: SentCommand[] = [];
  let asking: Asking = { state: 'asking', asks: 0, sent: null, fault: null };
  const say = (change: Partial<Asking>): Asking => {
    asking = { ...asking, ...change };
    tools.show(asking);
    return asking;
  };
  while (!tools.signal.aborted) {
    try {
      say({ asks: asking.asks + 1 });
      const sent = await tools.send(tools.newId());
      looked.unshift(sent);
      looked.splice(LOOKED_AT_MAX);
      say({ sent });
      const answered = await answerWithin(looked, tools, sent.expiresAt - sent.issuedAt);
      if (answered !== null) {
        const state = answered.answer.status === 'accepted' ? 'taken' : 'refused';
        return say({ state, sent: answered.sent, fault: null });
      }
      say({ fault: 'nobody has taken it' });
    } catch (error) {
      if (tools.signal.aborted) break;
      const fault = error instanceof Error ? error.message : String(error);
      if (tools.isFinal(error)) return say({ state: 'refused', fault });
      say({ fault });
      await tools.pause(FAULT_PAUSE_MS);
    }
  }
  return say({ state: 'stopped' });
}

/** Of any of the commands: one asked before may have been taken late. Null when none has come. */
async function answerWithin(
  looked: readonly SentCommand[],
  { now, pause, signal, statusOf }: AskTools,
  lifeMs: number,
): Promise<{ readonly sent: SentCommand; readonly answer: Answer } | null> {
  const until = now() + lifeMs + ANSWER_MS;
  while (!signal.aborted && now() < until) {
    for (const [index, sent] of looked.entries()) {
      const status = await statusOf(sent.commandId);
      if (isTooLate(status)) {
        if (index === 0) return null;
      } else if (isAnswer(status)) {
        return { sent, answer: status };
      }
    }
    await pause(LOOK_AGAIN_MS);
  }
  return null;
}

function isAnswer(status: CommandStatus): status is Answer {
  return status.status !== 'queued' && status.status !== 'expired-unanswered';
}

/** The gateway came back too late for this one: nothing was decided. */
function isTooLate(status: CommandStatus): boolean {
  if (status.status === 'expired-unanswered') return true;
  return status.status === 'refused' && status.code === 'COMMAND_EXPIRED';
}
