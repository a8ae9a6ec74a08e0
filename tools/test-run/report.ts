import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { z } from 'zod';
import type { Failure } from './failures.ts';

const EXIT_FAILURE = 1;

const testShape = z.object({
  fullName: z.string(),
  status: z.string(),
  failureMessages: z.array(z.string()),
});
const fileShape = z.object({
  /** The whole path. */
  name: z.string(),
  status: z.string(),
  /** Why the file did not load; empty when it did. */
  message: z.string(),
  assertionResults: z.array(testShape),
});
const reportShape = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
  testResults: z.array(fileShape),
});

export interface Count {
  /** Exit code: 0 when all is well. */
  status: number;
  passed: number;
  failed: number;
  skipped: number;
  failures: readonly Failure[];
}

/** All together, in their order; the status is the first that is not 0. */
export function sumOf(counts: readonly Count[]): Count {
  const sum = { status: 0, passed: 0, failed: 0, skipped: 0 };
  for (const { status, passed, failed, skipped } of counts) {
    sum.status ||= status;
    sum.passed += passed;
    sum.failed += failed;
    sum.skipped += skipped;
  }
  return { ...sum, failures: counts.flatMap(({ failures }) => failures) };
}

/**
 * A run's own report in numbers and failures. A file that did not load counts as one failure, and
 * so does a run that failed and does not say at what.
 * @param what the run, for a failure that has no name
 */
export function readReport(
  run: { readonly what: string; readonly report: string; readonly status: number },
  checkout: string,
): Count {
  const { what, report, status } = run;
  if (!existsSync(report)) {
    const failures = [{ name: what, message: `it ended with ${status} and left no report` }];
    return { status: status || EXIT_FAILURE, passed: 0, failed: 1, skipped: 0, failures };
  }
  const told = reportShape.parse(JSON.parse(readFileSync(report, 'utf8')));
  const found = told.testResults.flatMap((file) => failuresOf(file, checkout));
  const message = `it ended with ${status} and names no failed test: its own output tells`;
  const failures = status === 0 || found.length > 0 ? found : [{ name: what, message }];
  return {
    status,
    passed: told.numPassedTests,
    failed: Math.max(told.numFailedTests, failures.length),
    skipped: told.numPendingTests + told.numTodoTests,
    failures,
  };
}

function failuresOf(file: z.infer<typeof fileShape>, checkout: string): Failure[] {
  const path = relative(checkout, file.name);
  const failed = file.assertionResults
    .filter(({ status }) => status === 'failed')
    .map(({ fullName, failureMessages }) => {
      return { name: `${path}: ${fullName.trim()}`, message: failureMessages.join('\n') };
    });
  if (file.message !== '') return [{ name: path, message: file.message }, ...failed];
  if (file.status !== 'failed' || failed.length > 0) return failed;
  return [{ name: path, message: 'failed beside its tests, in a hook for example' }];
}
