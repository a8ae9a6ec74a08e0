import { saveLaterBlock, type UnfulfilledAsk, unfulfilledAsks } from '@ballast/db';
import { COMMAND_LIFETIME_MAX_MS, parseUuid, type SignalId } from '@ballast/domain';
import type { DecisionContext } from './entry-decision.ts';
import { lookRegularly } from './look-regularly.ts';

const LOOK_EVERY_MS = 5_000;
/** How far back asked signals are looked at: over any time this process may have been down. */
const LOOK_BACK_MS = 24 * 3_600_000;
/**
 * A command that has not been answered this long after its end was not taken: the gateway carries
 * out nothing that has expired. A blocked row is for good, so there is room for a slow commit.
 */
export const ANSWER_GRACE_MS = 60_000;

type Context = Pick<DecisionContext, 'db' | 'account' | 'log' | 'now'>;

/**
 * Every signal that asked for a trade and got none gets its blocked row, also those of an earlier
 * process. Signals whose answer is still out are left for the next look.
 */
export async function settleAsked({ db, account, log, now }: Context): Promise<void> {
  const at = now();
  for (const ask of await unfulfilledAsks(db, account, at - LOOK_BACK_MS)) {
    const input = reasonOf(ask, at);
    if (input === null) continue;
    const refusal = { gate: 'gateway', input, threshold: 'accepted' } as const;
    const signalId = parseUuid<SignalId>(ask.signalId);
    // The gateway decides by what it knows; the regime is not among that.
    const by = { settingsId: null, regime: null, blockedAt: at };
    if (await saveLaterBlock(db, { signalId, ...refusal, ...by })) {
      log.info({ signal: signalId, command: ask.commandId, ...refusal }, 'asked, but no trade');
    }
  }
}

function reasonOf({ denied, refusal, decidedAt }: UnfulfilledAsk, now: number): string | null {
  if (denied !== null) return `denied: ${denied}`;
  if (refusal !== null) return refusal;
  const expired = now > decidedAt + COMMAND_LIFETIME_MAX_MS + ANSWER_GRACE_MS;
  return expired ? 'expired unanswered' : null;
}

/** Looks at once and then regularly; a failed look is logged, and the next one sees the same. */
export function followAsked(context: Context): { stop(): Promise<void> } {
  return lookRegularly(
    LOOK_EVERY_MS,
    () => settleAsked(context),
    (error) => context.log.error({ err: error }, 'asked signals not looked at'),
  );
}
