import type { CommandOutcome } from '@ballast/db';
import { COMMAND_LIFETIME_MAX_MS } from '@ballast/domain';
import { z } from 'zod';
import type { SentCommand } from './command-desk.ts';

/**
 * Past the expiry nothing takes the command any more, but a commit that hangs may still go through:
 * only this long after is no answer taken for none. The strategy worker waits as long.
 */
const GRACE_MS = 60_000;

const verdict = z.object({
  rule: z.string(),
  outcome: z.enum(['pass', 'deny']),
  input: z.string(),
  limit: z.string(),
  text: z.string(),
});
export type Verdict = z.infer<typeof verdict>;

export type CommandStatus =
  | { readonly status: 'queued'; readonly expiresAt: number }
  | { readonly status: 'accepted'; readonly at: number; readonly tradeId: string | null }
  | {
      readonly status: 'denied';
      readonly at: number;
      readonly reason: string;
      readonly rules: readonly Verdict[];
    }
  | {
      readonly status: 'refused';
      readonly at: number;
      readonly code: string;
      readonly detail: string;
    }
  /** Nobody took it and nobody can any more: it was not carried out. */
  | { readonly status: 'expired-unanswered'; readonly expiredAt: number };

/**
 * @param sent what we remember of it; null after a restart of this server, whose start bounds the
 * expiry of all that the process before it had sent
 */
export function commandStatus(
  outcome: CommandOutcome,
  sent: SentCommand | null,
  at: { now: number; serverStartedAt: number },
): CommandStatus {
  switch (outcome.kind) {
    case 'refused':
      return { status: 'refused', at: outcome.at, code: outcome.code, detail: outcome.detail };
    case 'taken': {
      if (outcome.tradeStatus !== 'denied' || outcome.type !== 'openTrade') {
        return { status: 'accepted', at: outcome.at, tradeId: outcome.tradeId };
      }
      const rules = verdictsOf(outcome.denial);
      const denied = rules.filter((rule) => rule.outcome === 'deny');
      const reason = denied.map((rule) => `${rule.rule}: ${rule.text}`).join('; ');
      return { status: 'denied', at: outcome.at, reason: reason || 'no rule was named', rules };
    }
    case 'unseen': {
      const expiresAt = sent?.expiresAt ?? at.serverStartedAt + COMMAND_LIFETIME_MAX_MS;
      if (at.now <= expiresAt + GRACE_MS) return { status: 'queued', expiresAt };
      return { status: 'expired-unanswered', expiredAt: expiresAt };
    }
    default:
      return outcome satisfies never;
  }
}

/**
 * The rule verdicts in a tradeDenied event's data;
 * an empty list when it holds none that we can read.
 */
export function verdictsOf(data: unknown): Verdict[] {
  const result = z.object({ verdicts: z.array(verdict) }).safeParse(data);
  return result.success ? result.data.verdicts : [];
}
