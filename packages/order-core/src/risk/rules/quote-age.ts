import { outcome, type Rule } from '../facts.ts';

export const quoteAge: Rule<'QUOTE_STALE'> = {
  code: 'QUOTE_STALE',
  text: 'The price the plan was made on is fresh',
  check({ facts }) {
    const limit = `at most ${facts.limits.quoteStaleAfterMs} ms`;
    if (facts.quote === null) return outcome(false, 'no quote', limit);
    const ageMs = Math.max(0, facts.now - facts.quote.receivedTime);
    return outcome(ageMs <= facts.limits.quoteStaleAfterMs, `${ageMs} ms old`, limit);
  },
};
