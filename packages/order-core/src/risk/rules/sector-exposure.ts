import type { Rule } from '../facts.ts';
import { allHeld, exposureWithin } from '../shares.ts';

const UNCLASSIFIED = 'unclassified';

/** Instruments of no known sector count as one: they may well move together. */
export const sectorExposure: Rule<'SECTOR_EXPOSURE'> = {
  code: 'SECTOR_EXPOSURE',
  text: 'All that is held in one sector is a bounded share of the equity',
  check(input) {
    const { instrument, facts } = input;
    const same = allHeld(facts).filter(({ sector }) => sector === instrument.sector);
    const judged = exposureWithin(input, same, facts.limits.sectorShareMax);
    return { ...judged, input: `${judged.input} in ${instrument.sector ?? UNCLASSIFIED}` };
  },
};
