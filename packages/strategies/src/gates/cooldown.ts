import { UNKNOWN } from './facts.ts';
import { type GateCheck, missing, refuse, sinceMs } from './gate.ts';

const NO_ASK = missing('last ask of the strategy');

/** A pause before a strategy asks for the next trade in an instrument. */
export const cooldownGate: GateCheck = {
  name: 'cooldown',
  withoutFacts: 'refuses',
  check({ lastAsk, strategy, now }, { cooldownMs }) {
    if (lastAsk === UNKNOWN) return NO_ASK;
    const agoMs = sinceMs(lastAsk.value.strategy, now);
    if (agoMs >= cooldownMs) return null;
    return refuse(
      `${strategy} asked ${agoMs} ms ago`,
      `cooldown of ${cooldownMs} ms between asks of one strategy in the instrument`,
      'cooldownMs',
    );
  },
};
