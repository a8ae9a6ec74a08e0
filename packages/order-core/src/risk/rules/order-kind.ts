import type { EntryPlan } from '@ballast/domain';
import { outcome, type Rule } from '../facts.ts';

export const orderKind: Rule<'ENTRY_UNSUPPORTED'> = {
  code: 'ENTRY_UNSUPPORTED',
  text: 'The venue can carry the entry as it is asked for',
  check({ plan, facts }) {
    const seen = shown(plan.entry);
    if (facts.venue === null) return outcome(false, seen, 'venue unknown');
    const { postOnly, timesInForce } = facts.venue.capabilities;
    const words = [...timesInForce, ...(postOnly ? ['post-only'] : [])];
    const limit = `limit orders ${words.join(', ')}`;
    if (plan.entry.type !== 'limit') return outcome(true, seen, limit);
    const { entry } = plan;
    const contradicts = entry.postOnly && TAKING.has(entry.timeInForce);
    const able = timesInForce.includes(entry.timeInForce) && (postOnly || !entry.postOnly);
    return outcome(able && !contradicts, seen, limit);
  },
};

/** These never rest, and a post-only order never does anything else. */
const TAKING: ReadonlySet<string> = new Set(['ioc', 'fok']);

function shown(entry: EntryPlan): string {
  if (entry.type !== 'limit') return entry.type;
  return `limit ${entry.timeInForce}${entry.postOnly ? ' post-only' : ''}`;
}
