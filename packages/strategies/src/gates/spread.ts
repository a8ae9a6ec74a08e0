import { UNKNOWN } from './facts.ts';
import { type GateCheck, missing, percent, refuse } from './gate.ts';

const NO_SPREAD = missing('spread');

/** No entry where bid and ask lie far apart, in a one-sided book or one that contradicts itself. */
export const spreadGate: GateCheck = {
  name: 'spread',
  withoutFacts: 'passes',
  check({ quote }, { spreadMax }) {
    if (quote === UNKNOWN || quote.value === null) return NO_SPREAD;
    const { bid, ask } = quote.value;
    const spread = (2 * (ask - bid)) / (ask + bid);
    const isTwoSided = bid > 0 && ask > 0;
    if (isTwoSided && spread >= 0 && spread <= spreadMax) return null;
    const seen = isTwoSided ? `spread of ${percent(spread)}` : `bid ${bid}, ask ${ask}`;
    return refuse(seen, `spread of at most ${percent(spreadMax)}`, 'spreadMax');
  },
};
