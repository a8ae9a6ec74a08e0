import type { Instrument, InstrumentId } from '@ballast/domain';
import type { Logger } from '@ballast/observability';

/**
 * The history that new instruments begin with, of one call after the other. Who is new is judged
 * when the call comes: one before it may take its time, and by its end first streamed minutes of
 * these are stored.
 */
export function createFirstHistory(options: {
  readonly instruments: () => readonly Instrument[];
  readonly hasBars: (id: InstrumentId) => Promise<boolean>;
  readonly bring: (bare: readonly Instrument[]) => Promise<void>;
  readonly isOver: () => boolean;
  readonly log: Logger;
}): { fetchNow(): Promise<void> } {
  const { instruments, hasBars, bring, isOver, log } = options;
  /** Of all calls that have not ended: a venue may refuse to be asked the same twice. */
  const taken = new Set<InstrumentId>();
  let before: Promise<void> = Promise.resolve();

  async function takeBare(bare: Instrument[]): Promise<void> {
    for (const instrument of instruments()) {
      const { id } = instrument;
      if (taken.has(id)) continue;
      taken.add(id);
      bare.push(instrument);
    }
    for (const instrument of [...bare]) {
      if (isOver()) return;
      if (!(await hasBars(instrument.id))) continue;
      taken.delete(instrument.id);
      bare.splice(bare.indexOf(instrument), 1);
    }
  }

  return {
    fetchNow() {
      const bare: Instrument[] = [];
      const looked = takeBare(bare);
      // Told of below, which may be much later.
      looked.catch(() => undefined);
      before = before
        .then(() => looked)
        .then(() => (isOver() ? undefined : bring(bare)))
        .catch((error: unknown) => {
          log.warn({ err: error }, 'history of new instruments was not brought');
        })
        .finally(() => {
          for (const { id } of bare) taken.delete(id);
        });
      return before;
    },
  };
}
