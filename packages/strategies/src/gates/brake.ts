import { UNKNOWN } from './facts.ts';
import { BUILT_IN, type GateCheck, missing, refuse } from './gate.ts';

const NO_BRAKE = missing('brake');

/** Nothing new while the brake is engaged; one that cannot be read counts as engaged. */
export const brakeGate: GateCheck = {
  name: 'brake',
  withoutFacts: 'refuses',
  check({ brake }) {
    if (brake === UNKNOWN) return NO_BRAKE;
    if (brake.value === 'released') return null;
    return refuse(`brake ${brake.value}`, 'brake released', BUILT_IN);
  },
};
