/** Ids remembered are between this and twice this. */
const REMEMBERED = 1_024;
/** Half of them stay empty, so that a look ends after few steps. A power of two. */
const SLOTS = 2 * REMEMBERED;
const FNV_PRIME = 0x01000193;
const FNV_OFFSET = 0x811c9dc5;
const OTHER_OFFSET = 0x2b5d1f35;
const HIGH_BITS = 0x1fffff;

/**
 * The last trade ids of one instrument, as 53-bit hashes in two tables that take turns: nothing is
 * allocated for an id, and two ids are taken for one once in 10^12 trades.
 */
export class SeenIds {
  #recent = new Float64Array(SLOTS);
  #older = new Float64Array(SLOTS);
  #count = 0;

  /** Remembers `id`; whether it was known. */
  repeats(id: string): boolean {
    const hash = hashOf(id);
    const slot = slotOf(this.#recent, hash);
    if (this.#recent[slot] === hash) return true;
    if (this.#older[slotOf(this.#older, hash)] === hash) return true;
    this.#recent[slot] = hash;
    this.#count += 1;
    if (this.#count >= REMEMBERED) {
      [this.#recent, this.#older] = [this.#older, this.#recent];
      this.#recent.fill(0);
      this.#count = 0;
    }
    return false;
  }
}

/** Where the hash is or would go; an empty slot is 0. */
function slotOf(table: Float64Array, hash: number): number {
  let slot = hash % SLOTS;
  while (table[slot] !== 0 && table[slot] !== hash) slot = (slot + 1) % SLOTS;
  return slot;
}

/** Two FNV-1a runs with different beginnings as one whole number above zero. */
function hashOf(id: string): number {
  let low = FNV_OFFSET;
  let high = OTHER_OFFSET;
  for (let index = 0; index < id.length; index += 1) {
    const code = id.charCodeAt(index);
    low = Math.imul(low ^ code, FNV_PRIME);
    high = Math.imul(high + code, FNV_PRIME) ^ (high >>> 13);
  }
  return (high & HIGH_BITS) * 0x1_0000_0000 + (low >>> 0) || 1;
}
