import { UNKNOWN } from './facts.ts';
import { type GateCheck, missing, refuse, sinceMs } from './gate.ts';

const NO_ASK = missing('last ask in the instrument');

/**
 * A trade that was just asked for is not among the open ones before the gateway has taken it: until
 * then nobody asks again in its instrument.
 */
export const duplicateGate: GateCheck = {
  name: 'duplicate',
  withoutFacts: 'refuses',
  check({ lastAsk, now }, { answerWaitMs }) {
    if (lastAsk === UNKNOWN) return NO_ASK;
    const agoMs = sinceMs(lastAsk.value.any, now);
    if (agoMs >= answerWaitMs) return null;
    return refuse(
      `a trade was asked for ${agoMs} ms ago`,
      `no ask in the instrument within ${answerWaitMs} ms`,
      'answerWaitMs',
    );
  },
};
