import { UNKNOWN } from './facts.ts';
import { type GateCheck, missing, percent, refuse } from './gate.ts';

const NO_RATE = missing('funding rate');

/** No position whose holding costs too much. What is earned, and what has no funding, passes. */
export const fundingGate: GateCheck = {
  name: 'funding',
  withoutFacts: 'passes',
  check({ fundingRate, direction, now }, { fundingCostMax, fundingAgeMaxMs }) {
    if (fundingRate === UNKNOWN) return NO_RATE;
    const { value, at } = fundingRate;
    if (value === null) return null;
    if (now - at > fundingAgeMaxMs || Number.isNaN(value)) return NO_RATE;
    const cost = direction === 'long' ? value : -value;
    if (cost <= fundingCostMax) return null;
    return refuse(
      `a ${direction} pays ${percent(cost)} a settlement`,
      `at most ${percent(fundingCostMax)} a settlement`,
      'fundingCostMax',
    );
  },
};
