import type { Rule } from '../facts.ts';
import { exposureWithin } from '../shares.ts';

export const instrumentExposure: Rule<'INSTRUMENT_EXPOSURE'> = {
  code: 'INSTRUMENT_EXPOSURE',
  text: 'All trades in one instrument together are a bounded share of the equity',
  check(input) {
    const { plan, facts } = input;
    const same = ({ instrument }: { instrument: string }) => instrument === plan.instrument;
    return exposureWithin(input, same, facts.limits.instrumentShareMax);
  },
};
