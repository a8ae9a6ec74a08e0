import { UNKNOWN } from './facts.ts';
import { type GateCheck, missing, refuse } from './gate.ts';

const MINUTE_MS = 60_000;
const NO_COVERAGE = missing('coverage');

/**
 * No trade on bars of which some are missing: what the strategy saw is not what happened. Where
 * nobody looks for bars it passes, as the gateway's own rule does.
 */
export const coverageGate: GateCheck = {
  name: 'coverage',
  withoutFacts: 'passes',
  check({ gaps, now }, { coverageMs }) {
    if (gaps === UNKNOWN) return NO_COVERAGE;
    const [first] = gaps.value;
    if (first === undefined) return null;
    const bars = gaps.value.reduce((sum, gap) => sum + gap.bars, 0);
    const since = Math.floor((now - first.fromTime) / MINUTE_MS);
    return refuse(
      `${bars} bars missing, the oldest ${since} min ago`,
      `none missing in the last ${Math.floor(coverageMs / MINUTE_MS)} min and in its bar`,
      'coverageMs',
    );
  },
};
