import { type Database, regimeKnownAt, valueAsOf } from '@ballast/db';
import type { InstrumentId, MicrostructureKind } from '@ballast/domain';
import { BITCOIN, KNOWN, KNOWN_SIZE, type Knowledge } from '@ballast/strategies';

/** Where the newest published value of a fact is stored. */
const KIND_OF: Partial<Record<Knowledge, MicrostructureKind>> = {
  fundingRate: 'funding-rate',
  openInterest: 'open-interest',
};

/** What was known of an instrument at `at` (epoch ms), as in KNOWN; NaN for the rest. */
export async function knownFacts(
  db: Database,
  instrument: InstrumentId,
  { needs, at }: { readonly needs: ReadonlySet<Knowledge>; readonly at: number },
): Promise<Float64Array> {
  const values = new Float64Array(KNOWN_SIZE).fill(NaN);
  for (const need of needs) {
    const kind = KIND_OF[need];
    if (need === 'regime') {
      values[KNOWN.regime] = (await regimeKnownAt(db, BITCOIN, at))?.regime ?? NaN;
    } else if (kind !== undefined) {
      const known = await valueAsOf(db, { instrument, kind, at, asOf: at });
      values[KNOWN[need]] = known === null ? NaN : Number(known.value);
    }
  }
  return values;
}
