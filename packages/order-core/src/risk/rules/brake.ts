import { outcome, type Rule } from '../facts.ts';

export const brake: Rule<'BRAKE_ENGAGED'> = {
  code: 'BRAKE_ENGAGED',
  text: 'The brake is released; a brake that cannot be read counts as engaged',
  check({ facts }) {
    return outcome(facts.brake === 'released', facts.brake, 'released');
  },
};
