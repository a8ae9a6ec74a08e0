import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { DAY_MS, dayNumber } from './civil-date.ts';
import { sessionDay, sessionOfDay } from './session-hours.ts';

const FILES = new URL('../../../../../shared/data/equities/', import.meta.url);
const HOUR_MS = 3_600_000;
const absent = !existsSync(FILES);

/** Openings (epoch ms) of the bars in a file. */
function recorded(file: string): number[] {
  const text = gunzipSync(readFileSync(new URL(file, FILES))).toString();
  return text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => Number(line.slice(0, line.indexOf(','))));
}

const dateOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);
const withHours = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index).filter(
    (day) => sessionOfDay('us-equity', day) !== null,
  );

test.skipIf(absent)(
  'every day from 1998 to 2021 on which SPY was traded, and no other (needs ../shared/data)',
  () => {
    const days = new Set(
      recorded('us-1h-lean/SPY_1h.csv.gz').map((at) => sessionDay('us-equity', at)),
    );
    const all = [...days].toSorted((a, b) => a - b);
    const expected = withHours(dayNumber(1998, 1, 2), dayNumber(2021, 3, 31));
    expect(expected.map(dateOf)).toEqual(all.map(dateOf));
  },
);

/** Before that the recording holds prints made after the close. */
test.skipIf(absent)(
  'the last hour of every day from November 2009 on (needs ../shared/data)',
  () => {
    const last = new Map<number, number>();
    for (const at of recorded('us-1h-lean/SPY_1h.csv.gz'))
      last.set(sessionDay('us-equity', at), at);
    const from = dayNumber(2009, 11, 1);
    const wrong = [...last].filter(([day, at]) => {
      const close = sessionOfDay('us-equity', day)?.close ?? 0;
      return day >= from && at + HOUR_MS !== close;
    });
    expect(wrong.map(([day, at]) => `${dateOf(day)} ${new Date(at).toISOString()}`)).toEqual([]);
  },
);

test.skipIf(absent).each(['us-1m-2026/AAPL_1m.csv.gz', 'us-5m-2026/AAPL_5m.csv.gz'])(
  'no bar of %s outside regular hours (needs ../shared/data)',
  (file) => {
    const out = recorded(file).filter((at) => {
      const hours = sessionOfDay('us-equity', sessionDay('us-equity', at));
      return hours === null || at < hours.open || at >= hours.close;
    });
    expect(out.map((at) => new Date(at).toISOString())).toEqual([]);
  },
);
