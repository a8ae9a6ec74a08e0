import { DAY_MS } from '@ballast/domain';
import { UNKNOWN } from './facts.ts';
import { type GateCheck, missing, refuse } from './gate.ts';

const NO_SOAK = missing('first watched signal');

/**
 * A strategy is watched for a while before it trades, unless somebody gave a reason not to wait.
 * A test over stored bars is itself the watching: there nobody knows, and it passes.
 */
export const soakGate: GateCheck = {
  name: 'soak',
  withoutFacts: 'passes',
  check({ soak, now }, { soakMs }) {
    if (soakMs === 0) return null;
    if (soak === UNKNOWN) return NO_SOAK;
    const { watchedSince, waiver } = soak.value;
    if (waiver !== null || (watchedSince !== null && now - watchedSince >= soakMs)) return null;
    const seen =
      watchedSince === null ? 'never watched' : `watched for ${days(now - watchedSince)}`;
    return refuse(seen, `watched for ${days(soakMs)}, or a reason to do without`, 'soakMs');
  },
};

/** Rounded down: what is not there yet is never shown as being there. */
function days(ms: number): string {
  return `${Math.floor((10 * ms) / DAY_MS) / 10} days`;
}
