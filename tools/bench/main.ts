import { EXIT } from '../launcher/launch-error.ts';

/**
 * `main.ts <hub|gateway> [--json]`: measures, prints the result on standard output, exits 0 only
 * when it holds.
 */
const BENCHES = ['hub', 'gateway'];

const [name = '', ...flags] = process.argv.slice(2);
if (!BENCHES.includes(name)) {
  process.stderr.write(`usage: bench -- <${BENCHES.join('|')}> [--json]\n`);
  process.exit(EXIT.usage);
}

function isRun(value: unknown): value is () => Promise<unknown> {
  return typeof value === 'function';
}

/** Each bench module gives `run(): Promise<{ ok: boolean, … }>`. */
async function run(): Promise<unknown> {
  const module: unknown = await import(`./${name}.ts`);
  if (typeof module !== 'object' || module === null || !('run' in module)) {
    throw new Error(`${name}.ts exports no run`);
  }
  if (!isRun(module.run)) throw new Error(`run of ${name}.ts is not a function`);
  return await module.run();
}

const result = await run().catch((error: unknown) => ({
  ok: false,
  bench: name,
  reason: error instanceof Error ? error.message : String(error),
}));
const text = flags.includes('--json') ? JSON.stringify(result) : JSON.stringify(result, null, 2);
process.stdout.write(`${text}\n`);
const isOk = typeof result === 'object' && result !== null && 'ok' in result && result.ok === true;
process.exitCode = isOk ? 0 : 1;
