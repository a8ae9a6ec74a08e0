import { type GateCheck, refuse } from './gate.ts';

/** A strategy trades only while its switch is on; one that was never switched on is off. */
export const buySwitchGate: GateCheck = ({ buySwitch, signal }) => {
  if (buySwitch === null) {
    return refuse(`no switch was ever set for ${signal.strategy}`, 'buy switch on');
  }
  return buySwitch.buy ? null : refuse('buy switch off', 'buy switch on', buySwitch.id);
};
