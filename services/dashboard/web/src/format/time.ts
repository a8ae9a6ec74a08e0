const DAY_MS = 86_400_000;
const TIME = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZone: 'UTC',
});
const DAY = new Intl.DateTimeFormat('en-CA', {
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  timeZone: 'UTC',
});

/** "14:05:09", UTC; the label UTC stands beside it or in the column's head. */
export const utcTime = (at: number): string => TIME.format(at);

/** "14:05:09.123", UTC. */
export function utcTimeMs(at: number): string {
  return `${TIME.format(at)}.${String(Math.floor(at) % 1_000).padStart(3, '0')}`;
}

/** "2026-11-21", UTC. */
export const utcDay = (at: number): string => DAY.format(at);

/** "2026-11-21 14:05:09", UTC. */
export const utcDayTime = (at: number): string => `${DAY.format(at)} ${TIME.format(at)}`;

/** "14:05 to 20:04 UTC"; with its days where a time of day alone would be read as another's. */
export function utcStretch(from: number, to: number): string {
  const minute = to - from < DAY_MS ? utcTime : utcDayTime;
  return `${minute(from).slice(0, -3)} to ${minute(to).slice(0, -3)} UTC`;
}

/**
 * An age for the eye: "0.4 s", "12 s", "3 m 05 s", "2 h 05 m", "4 d 2 h".
 * Below zero counts as zero.
 */
export function formatAge(ms: number): string {
  const seconds = Math.max(0, ms) / 1_000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} m ${two(Math.floor(seconds % 60))} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${two(minutes % 60)} m`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

const two = (value: number): string => String(value).padStart(2, '0');
