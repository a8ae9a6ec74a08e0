import { parseScaled } from '@ballast/domain';

/** So many places are summed as whole numbers; finer ones, and large ones, as bigint. */
const PLACES = 9;
const SMALL_MAX = 4_000_000_000_000_000;
const TO_SCALE = 10n ** 9n;
const POINT = 46;
const ZERO = 48;

/**
 * Exact sum of plain decimal texts of a feed. Every public trade adds to one: a bigint for each
 * would cost more than all else that is done with a trade.
 */
export class DecimalSum {
  #small = 0;
  #large = 0n;

  add(text: string): void {
    const units = unitsOf(text);
    if (units === null) {
      this.#large += parseScaled(text);
      return;
    }
    this.#small += units;
    if (this.#small > SMALL_MAX) this.#flush();
  }

  /** At scale 18. */
  total(): bigint {
    this.#flush();
    return this.#large;
  }

  #flush(): void {
    this.#large += BigInt(this.#small) * TO_SCALE;
    this.#small = 0;
  }
}

/** In units of 10^-9; null where that is no whole number or not one that a double holds. */
function unitsOf(text: string): number | null {
  let value = 0;
  let left = -1;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === POINT) {
      left = PLACES;
    } else {
      if (left === 0) return null;
      value = value * 10 + code - ZERO;
      if (left > 0) left -= 1;
    }
  }
  for (let missing = left === -1 ? PLACES : left; missing > 0; missing -= 1) value *= 10;
  return value > SMALL_MAX ? null : value;
}
