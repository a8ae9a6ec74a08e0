import { outcome, type Rule } from '../facts.ts';

export const entryExpiry: Rule<'ENTRY_EXPIRED'> = {
  code: 'ENTRY_EXPIRED',
  text: 'The entry has not expired before it is sent',
  check({ plan, facts }) {
    const limit = 'in the future';
    if (plan.entryExpiresAt === null) return outcome(true, 'does not expire', limit);
    const leftMs = plan.entryExpiresAt - facts.now;
    const seen = leftMs > 0 ? `expires in ${leftMs} ms` : `expired ${-leftMs} ms ago`;
    return outcome(leftMs > 0, seen, limit);
  },
};
