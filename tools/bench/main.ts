import { EXIT } from '../launcher/launch-error.ts';
import { run as backtestLoad } from './backtest-load.ts';
import { run as backtestMemory } from './backtest-memory.ts';
import { run as backtest } from './backtest.ts';
import { run as bars } from './bars.ts';
import { run as feeds } from './feeds.ts';
import { run as gateway } from './gateway.ts';
import { run as hub } from './hub.ts';
import { run as indicators } from './indicators.ts';
import { run as portfolio } from './portfolio.ts';
import { run as push } from './push.ts';
import { run as scoring } from './scoring.ts';
import { run as sweep } from './sweep.ts';

/**
 * `main.ts <bench> [--json]`, one of those below: measures, prints the result on
 * standard output, exits 0 only when it holds.
 */
const BENCHES = new Map([
  ['hub', hub],
  ['gateway', gateway],
  ['bars', bars],
  ['feeds', feeds],
  ['push', push],
  ['indicators', indicators],
  ['backtest', backtest],
  ['scoring', scoring],
  ['backtest-load', backtestLoad],
  ['backtest-memory', backtestMemory],
  ['portfolio', portfolio],
  ['sweep', sweep],
]);

const [name = '', ...flags] = process.argv.slice(2);
const run = BENCHES.get(name);
if (run === undefined) {
  process.stderr.write(`usage: bench -- <${[...BENCHES.keys()].join('|')}> [--json]\n`);
  process.exit(EXIT.usage);
}

const result = await run().catch((error: unknown) => ({
  ok: false,
  bench: name,
  reason: error instanceof Error ? error.message : String(error),
}));
const text = flags.includes('--json') ? JSON.stringify(result) : JSON.stringify(result, null, 2);
process.stdout.write(`${text}\n`);
process.exitCode = result.ok ? 0 : 1;
