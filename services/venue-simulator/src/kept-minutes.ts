import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { Logger } from '@ballast/observability';
import { type MinuteBar, MINUTES_KEPT } from './klines.ts';

/** openTime, open, high, low, close, lots, turnover, trades: each a float64. */
const COLUMNS = 8;
const RECORD_BYTES = COLUMNS * Float64Array.BYTES_PER_ELEMENT;
const MINUTE_MS = 60_000;

/** The closed minutes of one market in a file: a venue does not change its past. */
export type KeptMinutes = {
  /**
   * Oldest first; a minute that comes again was corrected. Drops a record that was cut short.
   * @throws Error MINUTES_CORRUPT with file and record
   */
  read(): readonly MinuteBar[];
  /** These instead of all. */
  replace(bars: readonly MinuteBar[]): void;
  /** Returns when they are with the operating system: a killed process does not lose them. */
  append(bars: readonly MinuteBar[]): void;
};

/**
 * Append-only, in numbers and not in text, so that hundreds of markets are read back at once. A
 * full file becomes the older one and replaces that: there are between one and two times as many
 * minutes as a market remembers.
 */
export function openKeptMinutes(path: string, log: Pick<Logger, 'warn'>): KeptMinutes {
  const older = `${path}.old`;
  let written = 0;
  mkdirSync(dirname(path), { recursive: true });
  return {
    read() {
      const newer = readRecords(path, log);
      written = newer.length;
      return [...readRecords(older, log), ...newer];
    },
    replace(bars) {
      const fresh = `${path}.new`;
      writeFileSync(fresh, encode(bars));
      rmSync(older, { force: true });
      renameSync(fresh, path);
      written = bars.length;
    },
    append(bars) {
      if (bars.length === 0) return;
      if (written >= MINUTES_KEPT) {
        renameSync(path, older);
        written = 0;
      }
      appendFileSync(path, encode(bars));
      written += bars.length;
    },
  };
}

function readRecords(path: string, log: Pick<Logger, 'warn'>): MinuteBar[] {
  if (!existsSync(path)) return [];
  const bytes = readFileSync(path);
  const torn = bytes.length % RECORD_BYTES;
  const whole = bytes.length - torn;
  if (torn > 0) {
    // What is appended next has to begin where a record begins.
    truncateSync(path, whole);
    log.warn({ path, bytes: torn }, 'torn last minute dropped');
  }
  const cells = new Float64Array(whole / Float64Array.BYTES_PER_ELEMENT);
  new Uint8Array(cells.buffer).set(bytes.subarray(0, whole));
  return Array.from({ length: whole / RECORD_BYTES }, (_none, record) => {
    const bar = decode(cells, record * COLUMNS);
    if (bar === null) throw new Error(`MINUTES_CORRUPT: ${path} record ${record + 1}`);
    return bar;
  });
}

function encode(bars: readonly MinuteBar[]): Uint8Array {
  const cells = new Float64Array(bars.length * COLUMNS);
  bars.forEach(({ openTime, open, high, low, close, lots, turnover, trades }, index) => {
    cells.set([openTime, open, high, low, close, lots, turnover, trades], index * COLUMNS);
  });
  return new Uint8Array(cells.buffer);
}

/** Null: no minute can be so. */
function decode(cells: Float64Array, from: number): MinuteBar | null {
  const cell = (column: number): number => cells[from + column] ?? Number.NaN;
  const bar = {
    ...{ openTime: cell(0), open: cell(1), high: cell(2), low: cell(3), close: cell(4) },
    ...{ lots: cell(5), turnover: cell(6), trades: cell(7) },
  };
  const { openTime, open, high, low, close, lots, turnover, trades } = bar;
  const isMinute = openTime > 0 && openTime % MINUTE_MS === 0;
  const isRange = low > 0 && low <= Math.min(open, close) && high >= Math.max(open, close);
  return isMinute && isRange && high < Infinity && lots >= 0 && turnover >= 0 && trades >= 0
    ? bar
    : null;
}
