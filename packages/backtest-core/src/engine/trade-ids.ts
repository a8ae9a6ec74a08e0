import { uuidV7 } from '@ballast/domain';

/** Where the counter stands among the ten bytes that are not the time. */
const COUNTER = 6;

/** Ids that follow from the time and from how many came before: the same in each run. */
export class TradeIds {
  readonly #bytes = new Uint8Array(10);
  readonly #view = new DataView(this.#bytes.buffer);
  #count = 0;

  next(at: number): string {
    this.#count += 1;
    this.#view.setUint32(COUNTER, this.#count);
    return uuidV7(at, this.#bytes);
  }
}
