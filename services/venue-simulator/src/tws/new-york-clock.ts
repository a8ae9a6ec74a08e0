const HOUR_MS = 3_600_000;
const PARTS = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'America/New_York',
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

/** `yyyymmdd hh:mm:ss US/Eastern` */
export function newYorkText(at: number): string {
  const parts = new Map(PARTS.formatToParts(at).map(({ type, value }) => [type, value]));
  const part = (name: Intl.DateTimeFormatPartTypes): string => parts.get(name) ?? '';
  const clock = `${part('hour')}:${part('minute')}:${part('second')}`;
  return `${part('year')}${part('month')}${part('day')} ${clock} US/Eastern`;
}

/** The moment at which clocks in New York show what UTC shows at `shown`. */
export function newYorkTime(shown: number): number {
  const wanted = newYorkDigits(shown);
  const summer = shown + 4 * HOUR_MS;
  return newYorkText(summer).slice(0, 17) === wanted ? summer : shown + 5 * HOUR_MS;
}

function newYorkDigits(at: number): string {
  const [day = '', clock = ''] = new Date(at).toISOString().split('T');
  return `${day.replaceAll('-', '')} ${clock.slice(0, 8)}`;
}
