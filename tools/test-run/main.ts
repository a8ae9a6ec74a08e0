import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { failureText } from './failures.ts';
import { type Count, sumOf } from './report.ts';
import { runAsOneTest, runVitest, runVitestBeside } from './vitest-run.ts';

const DEMO = fileURLToPath(new URL('../demo/main.ts', import.meta.url));

/**
 * `npm test [-- filter]`: guards, unit, integration and platform tests, conformance, simulation,
 * and the demo, which counts as one test. With a filter only the tests it names run. At the end
 * stands once more what failed, and in the last line how many passed.
 */
async function main(args: readonly string[]): Promise<number> {
  const count = args.length === 0 ? await runAll() : await runVitest(args);
  const skipped = count.skipped === 0 ? '' : `, ${count.skipped} skipped`;
  const counts = `${count.passed} passed, ${count.failed} failed${skipped}\n`;
  const summary = failureText(count.failures) + counts;
  const file = process.env['BALLAST_TEST_SUMMARY'];
  // .ci/run asks for it in a file, to print it after whatever npm has to say.
  if (file === undefined) process.stdout.write(summary);
  else writeFileSync(file, summary);
  return count.status;
}

/**
 * Some calculate and some wait: side by side they fill two cores. Conformance waits out the time
 * limits of the adapters and needs next to nothing else; the platform's tests need about half a
 * core; the simulation calculates for minutes, and takes what all others leave.
 */
async function runAll(): Promise<Count> {
  const simulation = runVitestBeside(projects('simulation'), { patient: true });
  const waiting = ['conformance', 'platform'].map((name) => runVitestBeside(projects(name)));
  const counts = [await runVitest(projects('!simulation', '!conformance', '!platform'))];
  for (const lane of waiting) counts.push(await lane.ended());
  // With the stores and services of a platform to itself: after whatever starts one.
  counts.push(await runAsOneTest('the demo', process.execPath, [DEMO, '--json']));
  counts.push(await simulation.ended());
  return sumOf(counts);
}

const projects = (...names: string[]): string[] => names.flatMap((name) => ['--project', name]);

const compileCache = mkdtempSync(join(tmpdir(), 'ballast-test-compile-'));
// The tests start hundreds of processes of the same modules: the first of each compiles it for all.
process.env['NODE_COMPILE_CACHE'] = compileCache;
try {
  process.exitCode = await main(process.argv.slice(2));
} finally {
  rmSync(compileCache, { recursive: true, force: true });
}
process.exit();
