import type { ReplayFile } from './replay-file.ts';

/** Gaps longer than this many widths (nights, weekends) are shortened to one width. */
const GAP_WIDTHS = 5;
const TRADE_WIDTH_MS = 60_000;
const AUTO_BAR_MS = 250;
const AUTO_TRADES_PER_SECOND = 80;
/** `auto` slows down short files, so that what is left to play lasts at least this long. */
const AUTO_LIVE_MIN_MS = 300_000;
const HISTORY_SHARE = 0.3;
export const HISTORY_MAX_MS = 240 * 60_000;

/** When each row happens. `offsets` in file milliseconds with the long gaps taken out. */
export type Timeline = {
  readonly offsets: Float64Array;
  readonly widthMs: number;
  /** File milliseconds per wall millisecond. */
  readonly speed: number;
  /** Rows before this one are history; it happens at the start of the process. */
  readonly startRow: number;
};

/** `speed` in file seconds per wall second. `resumeRow`: where an earlier run had got to. */
export function planTimeline(
  file: ReplayFile,
  speed: number | 'auto',
  resumeRow: number | null,
): Timeline {
  const times = file.rows.map((row) => row.ts);
  const widthMs = file.kind === 'bars' ? medianGap(times) : TRADE_WIDTH_MS;
  const offsets = new Float64Array(times.length);
  for (let index = 1; index < times.length; index += 1) {
    const gap = (times[index] ?? 0) - (times[index - 1] ?? 0);
    const kept = gap > GAP_WIDTHS * widthMs ? widthMs : gap;
    offsets[index] = (offsets[index - 1] ?? 0) + kept;
  }
  const share = Math.floor(times.length * HISTORY_SHARE);
  const chosen = speed === 'auto' ? autoSpeed(file, offsets, widthMs, share) : speed;
  const historyEnd = offsets.findIndex((offset) => offset >= HISTORY_MAX_MS * chosen);
  const usual = historyEnd === -1 ? share : Math.min(share, historyEnd);
  const startRow = resumeRow === null ? usual : Math.min(resumeRow, times.length - 1);
  return { offsets, widthMs, speed: chosen, startRow };
}

function autoSpeed(
  file: ReplayFile,
  offsets: Float64Array,
  widthMs: number,
  startRow: number,
): number {
  const end = (offsets.at(-1) ?? 0) + widthMs;
  const perTrade = end / file.rows.length;
  const brisk =
    file.kind === 'bars' ? widthMs / AUTO_BAR_MS : (perTrade * AUTO_TRADES_PER_SECOND) / 1_000;
  const slowest = (end - (offsets[startRow] ?? 0)) / AUTO_LIVE_MIN_MS;
  return Math.max(1e-6, Math.min(brisk, slowest));
}

function medianGap(times: readonly number[]): number {
  const gaps = times.slice(1, 10_001).map((time, index) => time - (times[index] ?? 0));
  return gaps.toSorted((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? TRADE_WIDTH_MS;
}
