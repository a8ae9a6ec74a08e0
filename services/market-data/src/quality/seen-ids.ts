/** Ids remembered are between this and twice this. */
const REMEMBERED = 1_024;
/** Of a table that is begun: most instruments print little. A power of two. */
const FIRST_SLOTS = 32;
const FNV_PRIME = 0x01000193;
const FNV_OFFSET = 0x811c9dc5;
const OTHER_OFFSET = 0x2b5d1f35;
const HIGH_BITS = 0x1fffff;

type Table = Float64Array<ArrayBuffer>;

/**
 * The last trade ids of one instrument, as 53-bit hashes in two tables that take turns: nothing is
 * allocated for an id, and two ids are taken for one once in 10^12 trades. The tables grow with
 * what they hold.
 */
export class SeenIds {
  #recent: Table = new Float64Array(FIRST_SLOTS);
  #older: Table | null = null;
  #count = 0;

  /** Room that is taken, in ids. */
  get slots(): number {
    return this.#recent.length + (this.#older?.length ?? 0);
  }

  /** Remembers `id`; whether it was known. */
  repeats(id: string): boolean {
    const hash = hashOf(id);
    const slot = slotOf(this.#recent, hash);
    if (this.#recent[slot] === hash) return true;
    if (this.#older !== null && this.#older[slotOf(this.#older, hash)] === hash) return true;
    this.#recent[slot] = hash;
    this.#count += 1;
    if (this.#count >= REMEMBERED) this.#turn();
    // Half of the slots stay empty, so that a look ends after few steps.
    else if (2 * this.#count > this.#recent.length) this.#recent = doubled(this.#recent);
    return false;
  }

  #turn(): void {
    const free = this.#older;
    this.#older = this.#recent;
    this.#recent = free?.fill(0) ?? new Float64Array(this.#older.length);
    this.#count = 0;
  }
}

function doubled(table: Table): Table {
  const wider = new Float64Array(2 * table.length);
  for (const hash of table) if (hash !== 0) wider[slotOf(wider, hash)] = hash;
  return wider;
}

/** Where the hash is or would go; an empty slot is 0. */
function slotOf(table: Table, hash: number): number {
  let slot = hash % table.length;
  while (table[slot] !== 0 && table[slot] !== hash) slot = (slot + 1) % table.length;
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
