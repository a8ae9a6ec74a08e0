import type { Random } from './random.ts';

/** A way to break a frame; `other` is another good frame of the same source. */
type Breaking = (frame: Buffer, other: Buffer, random: Random) => Buffer;

const BYTES_MAX = 200_000;
const NESTED = 60_000;

const insert = (frame: Buffer, at: number, what: Uint8Array): Buffer =>
  Buffer.concat([frame.subarray(0, at), what, frame.subarray(at)]);

const flipBits: Breaking = (frame, _other, random) => {
  const broken = Buffer.from(frame);
  for (let count = 1 + random.below(4); count > 0 && broken.length > 0; count -= 1) {
    const at = random.below(broken.length);
    broken[at] = (broken[at] ?? 0) ^ (1 << random.below(8));
  }
  return broken;
};
const truncate: Breaking = (frame, _other, random) => frame.subarray(0, random.below(frame.length));
const insertBytes: Breaking = (frame, _other, random) => {
  const odd = random.pick([[0], [0xff, 0xfe], [0xc0, 0x80], [0xed, 0xa0, 0x80], [34], [92], [10]]);
  return insert(frame, random.below(frame.length + 1), Buffer.from(odd));
};
const removePart: Breaking = (frame, _other, random) => {
  const from = random.below(frame.length);
  const rest = frame.subarray(from + 1 + random.below(20));
  return Buffer.concat([frame.subarray(0, from), rest]);
};
const repeatPart: Breaking = (frame, _other, random) => {
  const from = random.below(frame.length);
  const part = frame.subarray(from, from + 1 + random.below(60));
  return insert(frame, from, part);
};
const splice: Breaking = (frame, other, random) =>
  Buffer.concat([
    frame.subarray(0, random.below(frame.length)),
    other.subarray(random.below(other.length)),
  ]);
const nestDeeply: Breaking = (frame, _other, random) => {
  const opening = random.pick(['[', '{"a":', '{"data":[']).repeat(NESTED / 2);
  return insert(frame, random.below(frame.length + 1), Buffer.from(opening));
};

const BREAKINGS = [
  flipBits,
  flipBits,
  truncate,
  insertBytes,
  removePart,
  repeatPart,
  splice,
] as const;

/** Breaks a frame without knowing what is in it. */
export function breakBytes(frame: Buffer, other: Buffer, random: Random): Buffer {
  if (random.below(2_000) === 0) return nestDeeply(frame, other, random);
  let broken = frame;
  for (let count = 1 + random.below(3); count > 0 && broken.length > 0; count -= 1) {
    broken = random.pick(BREAKINGS)(broken, other, random);
  }
  return broken.subarray(0, BYTES_MAX);
}
