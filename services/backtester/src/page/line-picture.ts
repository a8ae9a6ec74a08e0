/** A line over time; `value` NaN draws nothing there. */
export type Line = { readonly time: Float64Array; readonly value: Float64Array };

export const [WIDTH, HEIGHT] = [960, 260];
const [LEFT, RIGHT, TOP, BOTTOM] = [72, 12, 12, 28];
const LINES = 5;
const DATES = 6;
/** More points than a screen has columns say nothing more. */
const POINTS_MAX = 1_500;

export type LineLook = {
  /** @param span between the highest and the lowest: values that are close need more digits */
  readonly format: (value: number, span: number) => string;
  /** Filled from the line up to this value, as a fall below a peak is drawn. */
  readonly fillFrom: number | null;
};

/** An SVG of one line with its axes: values on the left, dates (UTC) below. */
export function linePicture(line: Line, { title, ...look }: LineLook & { readonly title: string }) {
  const box = `viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}"`;
  return `<svg ${box}>${lineMarks(line, look)}</svg>`;
}

/** What is drawn in it, in a box of `WIDTH` by `HEIGHT`. */
export function lineMarks({ time, value }: Line, { format, fillFrom }: LineLook): string {
  const values = fillFrom === null ? value : Float64Array.of(fillFrom, ...value);
  const [low, high] = spread(values);
  const [begin, end] = [time[0] ?? 0, time.at(-1) ?? 1];
  const x = (at: number): number =>
    LEFT + ((at - begin) / Math.max(1, end - begin)) * (WIDTH - LEFT - RIGHT);
  const y = (one: number): number => TOP + ((high - one) / (high - low)) * (HEIGHT - TOP - BOTTOM);
  const step = Math.max(1, Math.ceil(time.length / POINTS_MAX));
  const points: string[] = [];
  for (let row = 0; row < time.length; row += step) {
    points.push(`${x(time[row] ?? 0).toFixed(1)},${y(value[row] ?? 0).toFixed(1)}`);
  }
  const last = time.length - 1;
  points.push(`${x(time[last] ?? 0).toFixed(1)},${y(value[last] ?? 0).toFixed(1)}`);
  const level = (part: number): number => low + (part / (LINES - 1)) * (high - low);
  const grid = Array.from({ length: LINES }, (_, part) => {
    const at = y(level(part)).toFixed(1);
    const text = `<text x="${LEFT - 8}" y="${at}" class="value">${format(level(part), high - low)}</text>`;
    return `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at}" y2="${at}"/>${text}`;
  });
  const dates = Array.from({ length: DATES }, (_, part) => {
    const at = begin + (part / (DATES - 1)) * (end - begin);
    const anchor = part === 0 ? 'start' : part === DATES - 1 ? 'end' : 'middle';
    const day = new Date(at).toISOString().slice(0, 10);
    return `<text x="${x(at).toFixed(1)}" y="${HEIGHT - 8}" text-anchor="${anchor}">${day}</text>`;
  });
  const line = `<polyline points="${points.join(' ')}"/>`;
  const floor = fillFrom === null ? '' : y(fillFrom).toFixed(1);
  const ends = `${x(end).toFixed(1)},${floor} ${x(begin).toFixed(1)},${floor}`;
  const filled = fillFrom === null ? '' : `<polygon points="${points.join(' ')} ${ends}"/>`;
  return `${grid.join('')}${dates.join('')}${filled}${line}`;
}

/** Lowest and highest, and never the same. */
function spread(values: Float64Array): [low: number, high: number] {
  let [low, high] = [Infinity, -Infinity];
  for (const one of values) [low, high] = [Math.min(low, one), Math.max(high, one)];
  if (!Number.isFinite(low + high)) return [0, 1];
  const room = (high - low) * 0.04 || Math.abs(high) * 0.01 || 1;
  return [low - room, high === 0 ? 0 : high + room];
}
