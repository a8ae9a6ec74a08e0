import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runToEnd, runVitest } from './vitest-run.ts';

const DEMO = fileURLToPath(new URL('../demo/main.ts', import.meta.url));

/**
 * `npm test [-- filter]`: guards, unit, integration and platform tests, then the demo, which counts
 * as one test. With a filter only the tests it names run. The last line says how many passed.
 */
async function main(args: readonly string[]): Promise<number> {
  const count = await runVitest(args);
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

process.exit(await main(process.argv.slice(2)));
