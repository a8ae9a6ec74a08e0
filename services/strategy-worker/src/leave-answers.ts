import {
  replaceLeaveCommand,
  saveLaterBlock,
  type UnansweredLeave,
  unansweredLeaves,
} from '@ballast/db';
import {
  type BlockedSignal,
  COMMAND_CLOCK_SKEW_MS,
  COMMAND_LIFETIME_MAX_MS,
  parseUuid,
  type SignalId,
  type TradeId,
} from '@ballast/domain';
import type { DecisionContext } from './entry-decision.ts';
import { leaveReason, sellRefusal } from './leave-decision.ts';
import { commandHead, send } from './send-command.ts';

/** A command that was not taken by then never will be. */
const ANSWER_MS = COMMAND_LIFETIME_MAX_MS + 2 * COMMAND_CLOCK_SKEW_MS;
/** So long a leave is asked for again, by a gateway that may be starting; its stop works anyway. */
const ASKED_FOR_MS = 15 * 60_000;
/** How far back leaves are looked at: over any time this process may have been down. */
const LOOK_BACK_MS = 24 * 3_600_000;
/** What says nothing of the trade, but only that the command came too late. */
const EXPIRED = 'COMMAND_EXPIRED';

type Refusal = Pick<BlockedSignal, 'gate' | 'input'> &
  Partial<Pick<BlockedSignal, 'threshold' | 'settingsId'>>;
const LEFT_BY_OTHERS: Refusal = { gate: 'gateway', input: 'left by others meanwhile' };
const NEVER_TAKEN: Refusal = { gate: 'gateway', input: 'expired unanswered' };

/**
 * What became of the leaves that were asked for. One whose command was not taken is asked for again
 * by a new one for a quarter of an hour, other than an entry: a late leave is better than none, and
 * a second close of a trade does nothing. The sell switch is asked again. One that was refused, or
 * never taken, gets its blocked row. Also those of an earlier process.
 */
export function createLeaveAnswers(context: Omit<DecisionContext, 'gates' | 'sizing'>) {
  const { db, account, log, now } = context;
  /** When a leave was asked for the last time, by signal; those of now only. */
  let askedAt = new Map<string, number>();

  async function block(leave: UnansweredLeave, why: Refusal): Promise<void> {
    const signalId = parseUuid<SignalId>(leave.signalId);
    const { gate, input, threshold = 'accepted', settingsId = null } = why;
    const refusal = { gate, input, threshold, settingsId };
    if (await saveLaterBlock(db, { signalId, ...refusal, regime: null, blockedAt: now() })) {
      log.warn({ signal: signalId, trade: leave.tradeId, ...refusal }, 'asked, but not left');
    }
  }

  async function askAgain(leave: UnansweredLeave): Promise<void> {
    const { signalId, strategy } = leave;
    const off = await sellRefusal(context, strategy, now());
    if (off !== null) return block(leave, { gate: 'switch', ...off });
    const head = commandHead(context, strategy);
    if (!(await replaceLeaveCommand(db, leave, head.id))) return;
    const tradeId = parseUuid<TradeId>(leave.tradeId);
    const body = { tradeId, reason: leaveReason({ ...leave, id: signalId }) };
    await send(context, { ...head, type: 'closeTrade', body });
    log.warn({ signal: signalId, trade: tradeId, command: head.id }, 'leave asked for again');
  }

  return async function settleLeaves(): Promise<void> {
    const at = now();
    const before = askedAt;
    askedAt = new Map();
    for (const leave of await unansweredLeaves(db, account, at - LOOK_BACK_MS)) {
      const { signalId, refusal, decidedAt } = leave;
      const last = before.get(signalId) ?? decidedAt;
      askedAt.set(signalId, last);
      const isExpired = refusal === EXPIRED || (refusal === null && at > last + ANSWER_MS);
      if (refusal !== null && refusal !== EXPIRED)
        await block(leave, { gate: 'gateway', input: refusal });
      else if (!isExpired) continue;
      else if (leave.isLeft) await block(leave, LEFT_BY_OTHERS);
      else if (at > decidedAt + ASKED_FOR_MS) await block(leave, NEVER_TAKEN);
      else {
        askedAt.set(signalId, at);
        await askAgain(leave);
      }
    }
  };
}
