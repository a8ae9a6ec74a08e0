import { uuidV7 } from '@ballast/domain';

/** Where the number stands among the ten bytes that are not the time. */
const PLACE = 6;
const bytes = new Uint8Array(10);
const view = new DataView(bytes.buffer);

/** An id that follows from the time and from how many came before: the same in each run. */
export function idAt<Id extends string>(at: number, number: number): Id {
  view.setUint32(PLACE, number);
  return uuidV7(at, bytes) as Id;
}
