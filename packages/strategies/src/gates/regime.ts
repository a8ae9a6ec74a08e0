import { REGIMES } from '@ballast/domain';
import { UNKNOWN } from './facts.ts';
import { type GateCheck, missing, refuse } from './gate.ts';

const NO_REGIME = missing('regime');

/** Entries of a direction only in the regimes meant for it; where all are, none is asked for. */
export const regimeGate: GateCheck = {
  name: 'regime',
  withoutFacts: 'refuses',
  check({ regime, direction, now }, { longRegimes, shortRegimes, regimeAgeMaxMs }) {
    const allowed = direction === 'long' ? longRegimes : shortRegimes;
    if (REGIMES.every((one) => allowed.includes(one))) return null;
    if (regime === UNKNOWN || now - regime.at > regimeAgeMaxMs) return NO_REGIME;
    if (allowed.includes(regime.value)) return null;
    const limit = direction === 'long' ? 'longRegimes' : 'shortRegimes';
    return refuse(`regime ${regime.value}`, `${direction} in ${allowed.join(', ')}`, limit);
  },
};
