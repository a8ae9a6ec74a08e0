import type { QuietWindow } from '@ballast/domain';

const DAY_MINUTES = 24 * 60;
const MINUTE_MS = 60_000;

/** Minutes of the day; `until` can be the earlier one: past midnight. */
export type QuietTime = { readonly from: number; readonly until: number };

/** `HH:MM-HH:MM`, or null when it is not. */
export function parseQuietTime(text: string): QuietTime | null {
  const [, ...parts] = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$/.exec(text) ?? [];
  const [fromHour, fromMinute, untilHour, untilMinute] = parts.map(Number);
  if (fromHour === undefined || fromMinute === undefined) return null;
  if (untilHour === undefined || untilMinute === undefined) return null;
  const [from, until] = [fromHour * 60 + fromMinute, untilHour * 60 + untilMinute];
  return from === until ? null : { from, until };
}

/**
 * The window that is under way, or else the next, by the wall clock of the zone. On the day of a
 * clock change the next window is up to an hour off; the one under way is not.
 */
export function quietWindowAt(
  { from, until }: QuietTime,
  zone: { readonly timeZone: string; readonly reason: string },
  nowMs: number,
): QuietWindow {
  const lengthMs = later(until - from) * MINUTE_MS;
  const sinceFrom = later(minuteOfDay(nowMs, zone.timeZone) - from);
  const begun = nowMs - (nowMs % MINUTE_MS) - sinceFrom * MINUTE_MS;
  const start = nowMs < begun + lengthMs ? begun : begun + DAY_MINUTES * MINUTE_MS;
  return { from: start, until: start + lengthMs, reason: zone.reason };
}

const later = (minutes: number): number => (minutes + DAY_MINUTES) % DAY_MINUTES;

function minuteOfDay(nowMs: number, timeZone: string): number {
  const format = { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  const parts = new Intl.DateTimeFormat('en', format).formatToParts(nowMs);
  const part = (type: string): number => Number(parts.find((one) => one.type === type)?.value);
  return part('hour') * 60 + part('minute');
}
