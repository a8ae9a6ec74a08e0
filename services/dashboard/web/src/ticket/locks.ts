import type { AccountView } from '@ballast/dashboard-server/api';
import { HEARTBEAT_LATE_MS, QUOTE_STALE_AFTER_MS } from '@ballast/domain';

type Facts = {
  readonly silent: boolean;
  readonly account: AccountView | null;
  readonly quoteAt: number | null;
  readonly now: number;
};

/** A question that was read longer ago is about another market. */
export const REVIEW_MAX_AGE_MS = 30_000;

/** Why a reviewed order may no longer be sent; its price and loss were told at `reviewedAt`. */
export function reviewLocks(reviewedAt: number, now: number): string[] {
  const seconds = Math.floor((now - reviewedAt) / 1_000);
  if (now - reviewedAt <= REVIEW_MAX_AGE_MS) return [];
  return [`This review is ${seconds} s old: cancel, and review the order again`];
}

/**
 * Why no order may be sent from the page right now; an empty list = free.
 * The gateway checks for itself.
 */
export function ticketLocks({ silent, account, quoteAt, now }: Facts): string[] {
  if (silent || account === null) return ['No data from the server'];
  const locks: string[] = [];
  if (account.brake.engaged) locks.push(`Brake engaged: ${account.brake.reason}`);
  const gateway = account.heartbeats.find((beat) => beat.service === 'order-gateway');
  if (gateway === undefined || now - gateway.at > HEARTBEAT_LATE_MS) {
    locks.push('The order gateway is silent');
  } else if (gateway.failing !== undefined) {
    locks.push(`The order gateway cannot ${gateway.failing.cannot}`);
  }
  if (quoteAt === null) locks.push('No price yet');
  else if (now - quoteAt > QUOTE_STALE_AFTER_MS) locks.push('The price is too old');
  return locks;
}
