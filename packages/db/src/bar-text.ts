import {
  type BarColumns,
  type BarUnits,
  emptyColumns,
  firstOf,
  InvalidInput,
} from '@ballast/domain';

const NEW_LINE = 10;
const TAB = 9;
const POINT = 46;
const ZERO = 48;
const SCALE = 18;
const FIRST_CAPACITY = 4_096;

/** How decimal text becomes a whole number of units: as many places count, in steps of so much. */
type Reading = { readonly places: number; readonly step: number; readonly unit: string };

function readingOf(unit: bigint): Reading {
  let places = SCALE;
  let step = unit;
  while (places > 0 && step % 10n === 0n) {
    step /= 10n;
    places -= 1;
  }
  return { places, step: Number(step), unit: unit.toString() };
}

/**
 * Collects rows of COPY's text format (open_time, open, high, low, close, volume, trade_count) into
 * columns, byte by byte: no row ever becomes an object.
 */
export function createBarTextReader(units: BarUnits) {
  const price = readingOf(units.price);
  const volume = readingOf(units.volume);
  let columns = emptyColumns(FIRST_CAPACITY);
  let rows = 0;
  let rest: Buffer = Buffer.alloc(0);
  let bytes: Buffer = rest;
  let at = 0;

  function whole(): number {
    let value = 0;
    for (; bytes[at] !== TAB && bytes[at] !== NEW_LINE; at += 1) {
      value = value * 10 + (bytes[at] ?? ZERO) - ZERO;
    }
    at += 1;
    return value;
  }

  /** @throws InvalidInput BAR_OFF_UNIT */
  function inUnits({ places, step, unit }: Reading): number {
    const begin = at;
    let value = 0;
    let left = -1;
    let lost = false;
    for (; bytes[at] !== TAB && bytes[at] !== NEW_LINE; at += 1) {
      const code = bytes[at] ?? ZERO;
      if (code === POINT) left = places;
      else if (left === 0) lost ||= code !== ZERO;
      else {
        value = value * 10 + code - ZERO;
        if (left > 0) left -= 1;
      }
    }
    for (let missing = left === -1 ? places : left; missing > 0; missing -= 1) value *= 10;
    const count = step === 1 ? value : value / step;
    if (lost || !Number.isSafeInteger(value) || !Number.isSafeInteger(count)) {
      const text = bytes.toString('latin1', begin, at);
      throw new InvalidInput('BAR_OFF_UNIT', `${text} is not counted in ${unit} of 10^-18`);
    }
    at += 1;
    return count;
  }

  function row(): void {
    if (rows === columns.length) columns = grown(columns);
    columns.openTime[rows] = whole();
    columns.open[rows] = inUnits(price);
    columns.high[rows] = inUnits(price);
    columns.low[rows] = inUnits(price);
    columns.close[rows] = inUnits(price);
    columns.volume[rows] = inUnits(volume);
    columns.tradeCount[rows] = whole();
    columns.minutes[rows] = 1;
    rows += 1;
  }

  return {
    /** Any piece of the text. @throws InvalidInput BAR_OFF_UNIT */
    take(chunk: Buffer): void {
      bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const end = bytes.lastIndexOf(NEW_LINE) + 1;
      for (at = 0; at < end;) row();
      rest = bytes.subarray(end);
    },
    /** What the rows so far have given. */
    columns: (): BarColumns => firstOf(columns, rows),
  };
}

function grown(columns: BarColumns): BarColumns {
  const wider = emptyColumns(columns.length * 2);
  wider.openTime.set(columns.openTime);
  wider.open.set(columns.open);
  wider.high.set(columns.high);
  wider.low.set(columns.low);
  wider.close.set(columns.close);
  wider.volume.set(columns.volume);
  wider.tradeCount.set(columns.tradeCount);
  wider.minutes.set(columns.minutes);
  return wider;
}
