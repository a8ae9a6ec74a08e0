import { parseArgs } from 'node:util';
import { CASES, type Conformance, runConformance } from '@ballast/brokers/conformance';
import { EXIT } from '../launcher/launch-error.ts';
import { openHarness } from './harness.ts';
import { type VenueName, VENUES } from './venue-specs.ts';

/**
 * `main.ts --venue bybit|alpaca|ibkr|all [--case 1,2]`: the conformance kit against each adapter
 * over real sockets. Prints one JSON object; progress goes to standard error; exits 0 only when
 * nothing failed.
 */
type Result = {
  readonly ok: boolean;
  readonly cases: number;
  readonly passed: number;
  readonly skipped: readonly object[];
  readonly failures: readonly object[];
  readonly venues: Readonly<Record<string, Conformance>>;
};

const { values } = parseArgs({
  options: { venue: { type: 'string' }, case: { type: 'string' } },
});
const wanted = VENUES.filter((name) => values.venue === 'all' || values.venue === name);
const only = values.case?.split(',').map(Number);
if (wanted.length === 0) misused(`no venue ${values.venue ?? ''}: ${VENUES.join(', ')} or all`);
const unknown = only?.filter((wish) => !CASES.some(({ number }) => number === wish)) ?? [];
if (unknown.length > 0) {
  misused(`--case ${values.case}: there are ${CASES.map(({ number }) => number).join(', ')}`);
}

function misused(message: string): never {
  process.stderr.write(`${message}\n`);
  process.stdout.write(`${JSON.stringify({ ok: false, error: { code: 'USAGE', message } })}\n`);
  process.exit(EXIT.usage);
}

async function runOn(name: VenueName): Promise<Conformance> {
  const harness = await openHarness(name);
  try {
    const onCase = (line: string): void => void process.stderr.write(`${line}\n`);
    return await runConformance(harness, { onCase, ...(only === undefined ? {} : { only }) });
  } finally {
    await harness.close();
  }
}

const found = await Promise.all(wanted.map(async (name) => [name, await runOn(name)] as const));
const named = (list: 'skipped' | 'failures'): object[] =>
  found.flatMap(([venue, one]) =>
    one[list].map(({ number, name, ...why }) => ({ venue, case: number, name, ...why })),
  );
const sum = (count: (one: Conformance) => number): number =>
  found.reduce((total, [, one]) => total + count(one), 0);
const failures = named('failures');
const result: Result = {
  ok: failures.length === 0 && sum(({ passed }) => passed) > 0,
  cases: sum(({ cases }) => cases),
  passed: sum(({ passed }) => passed),
  skipped: named('skipped'),
  failures,
  venues: Object.fromEntries(found),
};
// What an adapter's library still waits for must not keep a finished run from its end.
process.stdout.write(`${JSON.stringify(result)}\n`, () => {
  process.exit(result.ok ? 0 : EXIT.failure);
});
