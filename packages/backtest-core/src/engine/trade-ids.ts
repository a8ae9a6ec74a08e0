import { uuidV7 } from '@ballast/domain';

const NONE = new Uint8Array(10);
/** Where the counter stands in an id: its last eight digits. */
const COUNTER = 28;

/** Ids that follow from the time and from how many came before: the same in each run. */
export class TradeIds {
  #count = 0;
  #at = NaN;
  #begin = '';

  next(at: number): string {
    this.#count += 1;
    if (at !== this.#at) {
      this.#at = at;
      this.#begin = uuidV7(at, NONE).slice(0, COUNTER);
    }
    return this.#begin + this.#count.toString(16).padStart(8, '0');
  }
}
