import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Count, runToEnd, runVitest, runVitestBeside } from './vitest-run.ts';

const SIMULATION = 'simulation';
const DEMO = fileURLToPath(new URL('../demo/main.ts', import.meta.url));

/**
 * `npm test [-- filter]`: guards, unit, integration and platform tests, then the demo, which counts
 * as one test. With a filter only the tests it names run. The last line says how many passed.
 */
async function main(args: readonly string[]): Promise<number> {
  const count = args.length === 0 ? await runAll() : await runVitest(args);
  let { status } = count;
  if (args.length === 0) {
    const demoStatus = await runToEnd(process.execPath, [DEMO, '--json']);
    count[demoStatus === 0 ? 'passed' : 'failed'] += 1;
    status ||= demoStatus;
  }
  const skipped = count.skipped === 0 ? '' : `, ${count.skipped} skipped`;
  const summary = `${count.passed} passed, ${count.failed} failed${skipped}\n`;
  const file = process.env['BALLAST_TEST_SUMMARY'];
  // .ci/run asks for the line in a file, to print it after whatever npm has to say.
  if (file === undefined) process.stdout.write(summary);
  else writeFileSync(file, summary);
  return status;
}

/**
 * The simulation only calculates, the platform's tests mostly wait: side by side they take the time
 * of the longer.
 */
async function runAll(): Promise<Count & { status: number }> {
  const simulation = runVitestBeside(['--project', SIMULATION]);
  const count = await runVitest(['--project', `!${SIMULATION}`]);
  const beside = await simulation.counting;
  process.stdout.write(simulation.told());
  return {
    status: count.status || beside.status,
    passed: count.passed + beside.passed,
    failed: count.failed + beside.failed,
    skipped: count.skipped + beside.skipped,
  };
}

process.exit(await main(process.argv.slice(2)));
