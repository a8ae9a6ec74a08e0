/** Stored bars as float64 columns, rising by open time (epoch ms): 48 bytes a bar. */
export type BarNumbers = {
  readonly openTime: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
};

const FIELDS = 6;
const BLOCK_ROWS = 65_536;
/** The signature, its flags and the length of what may follow them. */
const HEADER_BYTES = 19;
/** Of a row of six fields, none of them with more digits than a numeric(38,18) has. */
const ROW_BYTES_MAX = 512;
const NEGATIVE = 0x4000;
const POSITIVE = 0;
/** In the place of a row's count of fields. */
const END = -1;
const BASE = 10_000;
const POWERS = Array.from({ length: 23 }, (_, power) => 10 ** power);

/** The numeric of a field, whose length comes before it. */
function numericAt(bytes: Buffer, field: number): number {
  if (bytes.readInt32BE(field) < 0) return NaN;
  const count = bytes.readInt16BE(field + 4);
  const weight = bytes.readInt16BE(field + 6);
  const sign = bytes.readUInt16BE(field + 8);
  if (sign !== POSITIVE && sign !== NEGATIVE) return NaN;
  const digits = field + 12;
  let whole = 0;
  for (let at = digits; at < digits + 2 * count; at += 2) {
    whole = whole * BASE + bytes.readUInt16BE(at);
  }
  const places = 4 * (count - 1 - weight);
  let value = whole;
  if (whole > Number.MAX_SAFE_INTEGER) value = rounded(bytes, digits, count, places);
  else if (places > 0) value = whole / (POWERS[places] ?? NaN);
  else if (places < 0) value = whole * (POWERS[-places] ?? NaN);
  return sign === NEGATIVE ? -value : value;
}

/** More digits than a float64 can count: read as text, which rounds once too. */
function rounded(bytes: Buffer, digits: number, count: number, places: number): number {
  let whole = 0n;
  for (let at = digits; at < digits + 2 * count; at += 2) {
    whole = whole * BigInt(BASE) + BigInt(bytes.readUInt16BE(at));
  }
  return Number(`${whole}e${-places}`);
}

/** Whether all of the row that begins at `at` is there. */
function isWhole(bytes: Buffer, at: number): boolean {
  if (bytes.length - at >= ROW_BYTES_MAX) return true;
  let end = at + 2;
  if (end > bytes.length) return false;
  if (bytes.readInt16BE(at) === END) return true;
  for (let field = 0; field < FIELDS; field += 1) {
    if (end + 4 > bytes.length) return false;
    end += 4 + Math.max(0, bytes.readInt32BE(end));
  }
  return end <= bytes.length;
}

/**
 * Reads COPY's binary format of a bigint and five numerics a row. A numeric is digits to the base
 * of 10,000: they are added up exactly, and divided once, so that each number is the nearest
 * float64. What is no finite number becomes NaN. No row ever becomes an object.
 */
export function createBarNumbersReader() {
  const blocks: Float64Array[] = [];
  let block = new Float64Array(0);
  let rows = 0;
  let rest: Buffer = Buffer.alloc(0);
  let begun = false;
  let ended = false;

  /** @returns where the next row begins */
  function row(bytes: Buffer, from: number): number {
    const index = rows % BLOCK_ROWS;
    if (index === 0) blocks.push((block = new Float64Array(BLOCK_ROWS * FIELDS)));
    block[index] = bytes.readInt32BE(from + 6) * 4_294_967_296 + bytes.readUInt32BE(from + 10);
    let at = from + 14;
    for (let field = 1; field < FIELDS; field += 1) {
      block[field * BLOCK_ROWS + index] = numericAt(bytes, at);
      at += 4 + Math.max(0, bytes.readInt32BE(at));
    }
    rows += 1;
    return at;
  }

  function column(field: number): Float64Array {
    const all = new Float64Array(rows);
    for (const [index, one] of blocks.entries()) {
      const from = index * BLOCK_ROWS;
      const count = Math.min(BLOCK_ROWS, rows - from);
      all.set(one.subarray(field * BLOCK_ROWS, field * BLOCK_ROWS + count), from);
    }
    return all;
  }

  return {
    /** Any piece of the answer. @returns how many rows there are so far */
    take(chunk: Buffer): number {
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      let at = 0;
      if (!begun && bytes.length >= HEADER_BYTES) {
        begun = true;
        at = HEADER_BYTES;
      }
      while (begun && !ended && isWhole(bytes, at)) {
        if (bytes.readInt16BE(at) === END) ended = true;
        else at = row(bytes, at);
      }
      rest = bytes.subarray(at);
      return rows;
    },
    /** What the rows have given. */
    columns(): BarNumbers {
      return {
        ...{ openTime: column(0), open: column(1), high: column(2) },
        ...{ low: column(3), close: column(4), volume: column(5) },
      };
    },
  };
}
