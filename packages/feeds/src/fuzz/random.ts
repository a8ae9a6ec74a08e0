/** Numbers from a seed: the same ones on every machine. */
export type Random = {
  /** 0 ≤ n < limit */
  below(limit: number): number;
  pick<T>(from: readonly [T, ...T[]]): T;
};

/** @param seed whole number; only 32 bits of it count */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  function next(): number {
    state = (state + 0x9e37_79b9) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85eb_ca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
    return (mixed ^ (mixed >>> 16)) >>> 0;
  }
  return {
    below: (limit) => Math.floor((next() / 2 ** 32) * limit),
    pick: (from) => from[Math.floor((next() / 2 ** 32) * from.length)] ?? from[0],
  };
}
