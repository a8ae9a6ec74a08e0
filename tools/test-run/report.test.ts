import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { failureText } from './failures.ts';
import { type Count, readReport, sumOf } from './report.ts';
import { runAsOneTest } from './vitest-run.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ballast-report-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const passed = { fullName: 'b.test.ts holds', status: 'passed', failureMessages: [] };
const red = '\u001B[31mexpected 1 to be 2\u001B[39m';
const foreign =
  '    at new Promise (<anonymous>)\n    at x (file:///node_modules/vitest/run.js:1:2)';
const long = [
  red,
  foreign,
  ...Array.from({ length: 30 }, (_, index) => `    at line ${index}`),
].join('\n');

function read(status: number, testResults: readonly object[] | null): Count {
  const report = join(folder, 'report.json');
  rmSync(report, { force: true });
  const numFailedTests = status === 0 ? 0 : 1;
  const numbers = { numPassedTests: 3, numFailedTests, numPendingTests: 1, numTodoTests: 0 };
  if (testResults !== null) writeFileSync(report, JSON.stringify({ ...numbers, testResults }));
  return readReport({ what: 'vitest run x', report, status }, '/checkout');
}
const file = (name: string, rest: object) => ({
  ...{ name: `/checkout/${name}`, status: 'failed', message: '', assertionResults: [] },
  ...rest,
});

test('what failed is told by file and name with the beginning of its message, without colours', () => {
  const broken = { fullName: 'b.test.ts breaks', status: 'failed', failureMessages: [long] };
  const count = read(1, [
    file('a.test.ts', { message: 'Cannot find module x' }),
    file('b.test.ts', { assertionResults: [passed, broken] }),
    file('c.test.ts', { assertionResults: [passed] }),
    file('d.test.ts', { status: 'passed', assertionResults: [passed] }),
  ]);
  expect(count).toMatchObject({ status: 1, passed: 3, failed: 3, skipped: 1 });
  const lines = failureText(count.failures).split('\n');
  expect(lines.slice(1, 6)).toEqual([
    'FAILED a.test.ts',
    '  Cannot find module x',
    'FAILED b.test.ts: b.test.ts breaks',
    '  expected 1 to be 2',
    '      at line 0',
  ]);
  expect(lines.slice(-6)).toEqual([
    '      at line 13',
    '  … 16 more lines',
    'FAILED c.test.ts',
    '  failed beside its tests, in a hook for example',
    '',
    '',
  ]);
});

test('a run that failed and does not say at what is a failure too', () => {
  expect(read(7, null)).toMatchObject({
    ...{ status: 7, failed: 1 },
    failures: [{ name: 'vitest run x', message: 'it ended with 7 and left no report' }],
  });
  expect(read(1, []).failures).toMatchObject([{ name: 'vitest run x' }]);
  expect(read(0, []).failures).toEqual([]);
});

test('lanes are told in their order, and after twenty messages by name alone', () => {
  const counts = Array.from({ length: 25 }, (_, index) => ({
    ...{ status: index, passed: 1, failed: 1, skipped: 0 },
    failures: [{ name: `lane ${index}`, message: `why ${index}` }],
  }));
  const sum = sumOf(counts);
  expect(sum).toMatchObject({ status: 1, passed: 25, failed: 25, skipped: 0 });
  const lines = failureText(sum.failures).trim().split('\n');
  expect(lines.slice(0, 2)).toEqual(['FAILED lane 0', '  why 0']);
  expect(lines.slice(38, 42)).toEqual([
    'FAILED lane 19',
    '  why 19',
    'FAILED lane 20',
    'FAILED lane 21',
  ]);
  expect(lines).toHaveLength(45);
  expect(failureText([])).toBe('');
});

test('a program that is one test fails with its own last words', async () => {
  const ends = (code: number) =>
    runAsOneTest('the demo', process.execPath, ['-e', `console.log('so'); process.exit(${code})`]);
  expect(await ends(0)).toMatchObject({ passed: 1, failed: 0, failures: [] });
  expect(await ends(3)).toEqual({
    ...{ status: 3, passed: 0, failed: 1, skipped: 0 },
    failures: [{ name: 'the demo', message: 'it ended with 3\nso\n' }],
  });
});
