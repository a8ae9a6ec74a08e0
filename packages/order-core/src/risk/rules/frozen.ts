import { outcome, type Rule } from '../facts.ts';

export const frozen: Rule<'INSTRUMENT_FROZEN'> = {
  code: 'INSTRUMENT_FROZEN',
  text: 'Ledger and venue agree on the position in this instrument',
  check({ facts }) {
    return outcome(facts.frozen === null, facts.frozen ?? 'not frozen', 'not frozen');
  },
};
