import { type Database, loadInstruments } from '@ballast/db';
import type { Instrument } from '@ballast/domain';

/** What is streamed, else what is known of it: bars of the past may be wanted of both. */
export async function findInstrument(
  db: Database,
  instruments: () => readonly Instrument[],
  id: string,
): Promise<Instrument | null> {
  const streamed = instruments().find((one) => one.id === id);
  if (streamed !== undefined) return streamed;
  return (await loadInstruments(db)).find((one) => one.id === id) ?? null;
}
