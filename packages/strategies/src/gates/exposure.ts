import { UNKNOWN } from './facts.ts';
import { type GateCheck, missing, percent, refuse } from './gate.ts';

const SHARES = [
  ['account', 'accountShareMax'],
  ['strategy', 'strategyShareMax'],
  ['sector', 'sectorShareMax'],
] as const;
const NO_EXPOSURE = missing('exposure');

/**
 * There is room left for another position at all. Whether a certain quantity fits is asked of the
 * plan, exactly, by the pre-trade rules; so what is unknown here passes.
 */
export const exposureGate: GateCheck = {
  name: 'exposure',
  withoutFacts: 'passes',
  check({ exposure }, limits) {
    if (exposure === UNKNOWN) return NO_EXPOSURE;
    for (const [what, limit] of SHARES) {
      const [held, max] = [exposure.value[what], limits[limit]];
      // Asked this way round a share that is no number refuses.
      if (held < max) continue;
      return refuse(
        `the ${what} holds ${percent(held)} of equity`,
        `the ${what} holds less than ${percent(max)} of equity`,
        limit,
      );
    }
    return null;
  },
};
