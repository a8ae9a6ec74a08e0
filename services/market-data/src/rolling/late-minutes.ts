import type { Bar, InstrumentId } from '@ballast/domain';

/** Open times (epoch ms) of the first and the last minute stored after their wide bars' end. */
export type LateMinutes = {
  readonly from: number;
  readonly to: number;
  readonly state: 'corrected' | 'backfilled';
};

/** What came late of each instrument, as one stretch. */
export function createLateMinutes() {
  const stretches = new Map<InstrumentId, LateMinutes>();

  function put(id: InstrumentId, { from, to, state }: LateMinutes): void {
    const known = stretches.get(id);
    stretches.set(id, {
      from: Math.min(from, known?.from ?? from),
      to: Math.max(to, known?.to ?? to),
      state: known?.state === 'corrected' ? 'corrected' : state,
    });
  }

  return {
    put,
    add({ instrument, openTime, state }: Bar): void {
      const why = state === 'corrected' ? 'corrected' : 'backfilled';
      put(instrument, { from: openTime, to: openTime, state: why });
    },
    take(id: InstrumentId): LateMinutes | undefined {
      const taken = stretches.get(id);
      stretches.delete(id);
      return taken;
    },
  };
}
