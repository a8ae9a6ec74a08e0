import type { Malformation } from '@ballast/sim-core';

const PRICE = /"p":(?:"[^"]*"|[\d.]+)/;

/** JSON with a price under `p`, broken. */
export function malformText(text: string, how: Malformation): string {
  switch (how) {
    case 'truncated':
      return text.slice(0, Math.floor(text.length / 2));
    case 'wrongType':
      return text.replace(PRICE, '"p":{"value":1}');
    case 'garbage':
      return '\u0000\ufffd<html>502 Bad Gateway</html>';
    default:
      return how satisfies never;
  }
}

/** A byte that no msgpack value begins with. */
const NEVER_USED = 0xc1;

/** An encoded message, broken; a wrong type has to be put in before it is encoded. */
export function malformBytes(bytes: Uint8Array, how: Malformation): Uint8Array {
  if (how === 'truncated') return bytes.subarray(0, Math.floor(bytes.length / 2));
  return how === 'garbage' ? Uint8Array.of(NEVER_USED, ...bytes) : bytes;
}
