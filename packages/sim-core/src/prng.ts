/** xoshiro128** as four 32-bit words: plain data, so that a state can be copied and compared. */
export type Prng = { a: number; b: number; c: number; d: number };

/** Any seed gives a well mixed start; the same seed gives the same run everywhere. */
export function createPrng(seed: string | number): Prng {
  let hash = 0x811c9dc5;
  for (const character of String(seed)) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  }
  const word = (): number => {
    hash = (hash + 0x9e3779b9) | 0;
    let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return (mixed ^ (mixed >>> 16)) >>> 0;
  };
  return { a: word(), b: word(), c: word(), d: word() | 1 };
}

/** Next number in [0, 2^32); advances `prng` in place. */
export function nextUint32(prng: Prng): number {
  const scrambled = Math.imul(rotate(Math.imul(prng.b, 5), 7), 9);
  const shifted = prng.b << 9;
  prng.c ^= prng.a;
  prng.d ^= prng.b;
  prng.b ^= prng.c;
  prng.a ^= prng.d;
  prng.c ^= shifted;
  prng.d = rotate(prng.d, 11);
  return scrambled >>> 0;
}

/** Next number in [0, 1). */
export function nextUnit(prng: Prng): number {
  return nextUint32(prng) / 4_294_967_296;
}

/**
 * Near-normal, mean 0, variance 1, never beyond ±3.5: the sum of four uniforms. No logarithm or
 * cosine, whose last bits differ between machines and would end "same seed, same run".
 */
export function nextNormal(prng: Prng): number {
  const sum = nextUnit(prng) + nextUnit(prng) + nextUnit(prng) + nextUnit(prng);
  return (sum - 2) * 1.7320508075688772;
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}
