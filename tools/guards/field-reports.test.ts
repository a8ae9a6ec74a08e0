import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { FieldCase } from './field-report.ts';
import { FIELD_REPORTS } from './field-reports.ts';
import { CHECKOUT } from './source-files.ts';

const REPORTS = 31;
const CASES_MIN = 90;
/** An excuse shorter than this says nothing. */
const EXCUSE_MIN = 40;
const QUOTES = ["'", '"', '`'];
const IS_CASE = /\.test\.ts$|^packages\/brokers\/src\/conformance\/[a-z]+-cases\.ts$/;

const cases = FIELD_REPORTS.flatMap(({ number, cases: own = [] }) =>
  own.map((one) => ({ number, ...one })),
);

test('every report of the field is there, once', () => {
  const numbers = FIELD_REPORTS.map(({ number }) => number);
  expect(numbers).toEqual(Array.from({ length: REPORTS }, (_, index) => index + 1));
  const texts = FIELD_REPORTS.map(({ report }) => report);
  expect(new Set(texts).size).toBe(REPORTS);
});

test('each has a case that shows what happens instead, or a reason', () => {
  console.log(`field reports: ${FIELD_REPORTS.length} with ${cases.length} cases`);
  const bare = FIELD_REPORTS.filter(({ cases: own = [], cannot, later }) => {
    const excused = [cannot, later].some((text) => text !== undefined);
    return own.length === 0 && !excused;
  });
  expect(bare.map(({ number, report }) => `${number}: ${report}`)).toEqual([]);
  const excuses = FIELD_REPORTS.flatMap(({ cannot, later }) => [cannot, later]);
  const thin = excuses.filter((text) => text !== undefined && text.length < EXCUSE_MIN);
  expect(thin).toEqual([]);
  expect(cases.length).toBeGreaterThanOrEqual(CASES_MIN);
});

test.each(cases)('report $number: $file: $test', (one) => {
  expect(faultOf(one)).toBeNull();
});

/** Why the case is none, or null. */
function faultOf({ file, test: name }: FieldCase): string | null {
  if (!IS_CASE.test(file)) return `${file} holds no cases`;
  const path = join(CHECKOUT, file);
  if (!existsSync(path)) return `${file} is not there`;
  const text = readFileSync(path, 'utf8');
  const isNamed = QUOTES.some((quote) => text.includes(`${quote}${name}${quote}`));
  return isNamed ? null : `${file} has no case of this name`;
}
