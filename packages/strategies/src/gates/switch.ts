import { UNKNOWN } from './facts.ts';
import { BUILT_IN, type GateCheck, missing, refuse } from './gate.ts';

const NO_SWITCH = missing('buy switch');

/** A strategy enters only while its buy switch is on; one that was never set is off. */
export const switchGate: GateCheck = {
  name: 'switch',
  withoutFacts: 'refuses',
  check({ buySwitch, strategy }) {
    if (buySwitch === UNKNOWN) return NO_SWITCH;
    const { value } = buySwitch;
    if (value === null) {
      return refuse(`the buy switch of ${strategy} was never set`, 'buy switch on', BUILT_IN);
    }
    const { buy, id: settingsId } = value;
    return buy ? null : refuse('buy switch off', 'buy switch on', { settingsId });
  },
};
