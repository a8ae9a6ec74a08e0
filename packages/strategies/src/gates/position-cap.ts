import { UNKNOWN } from './facts.ts';
import { BUILT_IN, type GateCheck, missing, refuse } from './gate.ts';

const NO_COUNT = missing('open trades');

/** One trade at a time in an instrument, and a bounded number in the account. */
export const positionCapGate: GateCheck = {
  name: 'position-cap',
  withoutFacts: 'refuses',
  check({ openTrades }, { openTradesMax }) {
    if (openTrades === UNKNOWN) return NO_COUNT;
    const { inAccount, inInstrument } = openTrades.value;
    if (inInstrument !== null) {
      return refuse(
        `trade ${inInstrument} has not ended`,
        'no unfinished trade in the instrument',
        BUILT_IN,
      );
    }
    if (inAccount < openTradesMax) return null;
    const wanted = `fewer than ${openTradesMax} open trades`;
    return refuse(`${inAccount} open trades`, wanted, 'openTradesMax');
  },
};
