import type { AccountView } from '@ballast/dashboard-server/api';
import { HEARTBEAT_LATE_MS, QUOTE_STALE_AFTER_MS } from '@ballast/domain';

type Facts = {
  readonly silent: boolean;
  readonly account: AccountView | null;
  readonly quoteAt: number | null;
  readonly now: number;
};

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
  }
  if (quoteAt === null) locks.push('No price yet');
  else if (now - quoteAt > QUOTE_STALE_AFTER_MS) locks.push('The price is too old');
  return locks;
}
