import { parseArgs } from 'node:util';
import { FAULT_NAMES, type FaultName } from '@ballast/sim-core';
import { simulateDay } from './day.ts';
import { runMutants } from './mutants/run.ts';
import { exploreRace } from './race/explore.ts';
import { soak } from './soak.ts';

/**
 * The proofs of the order path: `soak`, `replay`, `mutants`, `race`. Prints one JSON object on
 * standard output and exits 0 only if everything held; 64 for a call that makes no sense.
 */
const EXIT_USAGE = 64;
const HOURS_OF_A_DAY = 24;
/** What market and operator do in the race: one unit at the stop, one at the target, one close. */
const RACE_MOVES = { stop: 1, target: 1, close: 1 };

const USAGE = `Usage: ballast sim
  soak    --seeds N [--from S] [--hours H] [--fault NAME|all|none]
  replay  --seed S [--hours H] [--fault NAME|all|none] [--trace]
  mutants [--seeds N] [--from S] [--hours H] [--lanes N]
  check   stop-target-race --exhaustive
faults: ${FAULT_NAMES.join(', ')}
`;

const [command = '', ...rest] = process.argv.slice(2);
const values = given();
if (values.help) {
  process.stdout.write(USAGE);
  process.exit();
}
const elapsed = (): number => performance.now();

switch (command) {
  case 'soak':
    await runSoak();
    break;
  case 'replay':
    await runReplay();
    break;
  case 'mutants':
    await runAllMutants();
    break;
  case 'race':
    runRace();
    break;
  default:
    misused(`unknown command "${command}"`);
}

function given() {
  try {
    const { values: options } = parseArgs({
      args: rest,
      options: {
        seeds: { type: 'string' },
        seed: { type: 'string' },
        from: { type: 'string', default: '1' },
        hours: { type: 'string', default: String(HOURS_OF_A_DAY) },
        lanes: { type: 'string', default: '2' },
        fault: { type: 'string', default: 'all' },
        trace: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    return options;
  } catch (error) {
    return misused(error instanceof Error ? error.message : String(error));
  }
}

async function runSoak(): Promise<void> {
  const faults = faultsOf(values.fault);
  const [from, seeds] = [whole('from', values.from), whole('seeds', values.seeds)];
  const hours = whole('hours', values.hours);
  const report = await soak({ from, seeds, hours, faults, untilFirst: false }, elapsed);
  const unmet = values.fault === 'all' ? faults.filter((name) => report.faults[name] === 0) : [];
  for (const { seed } of report.violations) {
    process.stderr.write(
      `replay with: ballast sim replay --seed ${seed} --hours ${hours} --trace\n`,
    );
  }
  if (unmet.length > 0) {
    process.stderr.write(`never met: ${unmet.join(', ')}; more --seeds meet them all\n`);
  }
  print({ ...report, unmet, ok: report.violations.length === 0 && unmet.length === 0 });
}

async function runReplay(): Promise<void> {
  const onTrace = (line: string): void => void process.stderr.write(`${line}\n`);
  const { faults, ...day } = await simulateDay({
    seed: whole('seed', values.seed),
    hours: whole('hours', values.hours),
    faults: faultsOf(values.fault),
    ...(values.trace ? { onTrace } : {}),
  });
  print({ ...day, faults: Object.fromEntries(faults), ok: day.violations.length === 0 });
}

async function runAllMutants(): Promise<void> {
  const [from, seeds] = [whole('from', values.from), whole('seeds', values.seeds ?? '150')];
  const [hours, lanes] = [whole('hours', values.hours), whole('lanes', values.lanes)];
  const ended = await runMutants({ from, seeds, hours, lanes }, (outcome) => {
    const { killed, mutant, seed, violation } = outcome;
    const end = killed ? `killed by seed ${seed}` : 'ALIVE';
    process.stderr.write(
      `${end}: ${mutant}${violation === null ? '' : `: ${violation.split('\n')[0]}`}\n`,
    );
  });
  const alive = ended.filter(({ killed }) => !killed).map(({ mutant }) => mutant);
  print({
    mutants: ended.length,
    killed: ended.length - alive.length,
    alive,
    ok: alive.length === 0,
  });
}

function runRace(): void {
  const profiles = (['reduceOnly', 'reserved'] as const).map((exits) =>
    exploreRace(exits, RACE_MOVES),
  );
  const ok = profiles.every(
    ({ shorts, overcommitted, notEnded }) => shorts + overcommitted + notEnded === 0,
  );
  print({ profiles, shorts: profiles.reduce((sum, { shorts }) => sum + shorts, 0), ok });
}

function faultsOf(name: string): readonly FaultName[] {
  if (name === 'all') return FAULT_NAMES;
  if (name === 'none') return [];
  const found = FAULT_NAMES.find((fault) => fault === name);
  return found === undefined ? misused(`no fault "${name}"`) : [found];
}

function whole(option: string, text: string | undefined): number {
  if (text === undefined) return misused(`--${option} is missing`);
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) {
    return misused(`--${option} ${text}: must be a whole number above 0`);
  }
  return number;
}

function misused(message: string): never {
  process.stderr.write(`${message}\n\n${USAGE}`);
  process.stdout.write(`${JSON.stringify({ ok: false, error: { code: 'USAGE', message } })}\n`);
  process.exit(EXIT_USAGE);
}

function print<T extends { readonly ok: boolean }>(report: T): void {
  process.stdout.write(`${JSON.stringify(report)}\n`);
  process.exitCode = report.ok ? 0 : 1;
}
