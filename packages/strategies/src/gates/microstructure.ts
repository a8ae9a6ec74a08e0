import { type Fact, UNKNOWN } from './facts.ts';
import { type GateCheck, missing, percent, refuse } from './gate.ts';

const NO_VALUES = missing('positions of the crowd or volume of takers');

/**
 * No entry where nearly everybody stands on that side already (nobody is left to come, and all may
 * want to leave), nor against nearly all that takers trade. Each is judged by itself.
 */
export const microstructureGate: GateCheck = {
  name: 'microstructure',
  withoutFacts: 'passes',
  check({ longAccountShare, takerBuyShare, direction, now }, limits) {
    const { crowdShareMax, takerShareMin, microstructureAgeMaxMs } = limits;
    const onSide = (fact: Fact<number>): number => {
      if (fact === UNKNOWN || now - fact.at > microstructureAgeMaxMs) return NaN;
      return direction === 'long' ? fact.value : 1 - fact.value;
    };
    const crowd = onSide(longAccountShare);
    if (crowd > crowdShareMax) {
      return refuse(
        `${percent(crowd)} of accounts are ${direction}`,
        `at most ${percent(crowdShareMax)} of accounts ${direction}`,
        'crowdShareMax',
      );
    }
    const takers = onSide(takerBuyShare);
    const side = direction === 'long' ? 'buying' : 'selling';
    if (takers < takerShareMin) {
      return refuse(
        `${percent(takers)} of the takers' volume is ${side}`,
        `at least ${percent(takerShareMin)} of it ${side}`,
        'takerShareMin',
      );
    }
    return Number.isNaN(crowd) || Number.isNaN(takers) ? NO_VALUES : null;
  },
};
