import { expect, test } from 'vitest';
import { parseQuietTime, quietWindowAt } from './quiet-time.ts';

const NEW_YORK = { timeZone: 'America/New_York', reason: 'daily restart' };
const windowAt = (text: string, at: string) => {
  const time = parseQuietTime(text);
  if (time === null) throw new Error(`no quiet time: ${text}`);
  const { from, until, reason } = quietWindowAt(time, NEW_YORK, Date.parse(at));
  return [new Date(from).toISOString(), new Date(until).toISOString(), reason];
};
const TONIGHT = ['2026-03-03T04:40:00.000Z', '2026-03-03T05:10:00.000Z', 'daily restart'];

test.each(['2026-03-02T05:10:00Z', '2026-03-02T18:00:30Z', '2026-03-03T04:39:59.999Z'])(
  'at %s the next window is told',
  (at) => expect(windowAt('23:40-00:10', at)).toEqual(TONIGHT),
);

test.each(['2026-03-03T04:40:00Z', '2026-03-03T05:00:00Z', '2026-03-03T05:09:59.999Z'])(
  'at %s the one under way is',
  (at) => expect(windowAt('23:40-00:10', at)).toEqual(TONIGHT),
);

test('the wall clock of the zone counts, in summer too', () => {
  const [from, until] = windowAt('01:00-02:30', '2026-07-01T06:00:00Z');
  expect([from, until]).toEqual(['2026-07-01T05:00:00.000Z', '2026-07-01T06:30:00.000Z']);
});

test.each(['', '23:40', '24:00-01:00', '23:60-00:10', '12:00-12:00', '1:00-2:00'])(
  '"%s" is no quiet time',
  (text) => expect(parseQuietTime(text)).toBeNull(),
);
