import { outcome, type Rule } from '../facts.ts';

/** The one fact whose absence passes: an account whose data is not measured could never trade. */
export const coverage: Rule<'COVERAGE_GAP'> = {
  code: 'COVERAGE_GAP',
  text: 'The market data behind the plan has no known hole',
  check({ facts }) {
    if (facts.coverage === null) return outcome(true, 'not measured', 'no gap');
    const { gap } = facts.coverage;
    return outcome(gap === null, gap ?? 'no gap', 'no gap');
  },
};
