import { sizeTrade } from '../trade-size.ts';
import type { GateCheck } from './gate.ts';

/**
 * The risk budget must buy at least the venue's smallest order,
 * between levels that still make sense.
 */
export const sizingGate: GateCheck = (facts) => {
  const sized = sizeTrade(facts);
  return sized.kind === 'refused' ? sized.refusal : null;
};
