import type { Rule } from '../facts.ts';
import { allHeld, exposureWithin } from '../shares.ts';

export const instrumentExposure: Rule<'INSTRUMENT_EXPOSURE'> = {
  code: 'INSTRUMENT_EXPOSURE',
  text: 'All that is held in one instrument is a bounded share of the equity',
  check(input) {
    const { plan, facts } = input;
    const same = allHeld(facts).filter(({ instrument }) => instrument === plan.instrument);
    return exposureWithin(input, same, facts.limits.instrumentShareMax);
  },
};
