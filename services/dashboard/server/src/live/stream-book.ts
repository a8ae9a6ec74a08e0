import type { InstrumentId } from '@ballast/domain';

type Show = (instruments: readonly InstrumentId[]) => void;

export type StreamBook = ReturnType<typeof createStreamBook>;

/** The streams that are open, by names that their clients were told: so they say what they show. */
export function createStreamBook(newName: () => string) {
  const streams = new Map<string, Show>();
  return {
    open(show: Show): { readonly name: string; close(): void } {
      const name = newName();
      streams.set(name, show);
      return { name, close: () => void streams.delete(name) };
    },
    /** False when there is no such stream any more. */
    show(name: string, instruments: readonly InstrumentId[]): boolean {
      const show = streams.get(name);
      show?.(instruments);
      return show !== undefined;
    },
    size: (): number => streams.size,
  };
}
