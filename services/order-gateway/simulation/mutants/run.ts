import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { MUTANTS, type Mutant } from './list.ts';

export type MutantOutcome = {
  readonly mutant: string;
  readonly killed: boolean;
  readonly seed: number | null;
  readonly violation: string | null;
};

const LOADER = fileURLToPath(new URL('loader.mjs', import.meta.url));
const RUN_ONE = fileURLToPath(new URL('run-one.ts', import.meta.url));
const TIMEOUT_MS = 240_000;

/** Nothing is changed: whatever sees this one would see any other. */
export const CONTROL: Mutant = {
  name: 'nothing is changed',
  seenBy: 1,
  file: 'packages/order-core/src/step.ts',
  find: 'if (askedAt < settled) return result;',
  replace: 'if (askedAt < settled) return result;',
};
const CONTROL_SEEDS = 5;

/**
 * Each mutant in a process of its own, `lanes` at a time.
 * @throws Error when the simulation sees a violation, or does not run, without any change
 */
export async function runMutants(
  options: { from: number; seeds: number; hours: number; lanes: number },
  onEnd: (outcome: MutantOutcome) => void,
): Promise<readonly MutantOutcome[]> {
  const control = await runMutant(CONTROL, { ...options, seeds: CONTROL_SEEDS });
  if (control.violation !== null) throw new Error(`without any change: ${control.violation}`);
  const waiting = [...MUTANTS];
  const ended: MutantOutcome[] = [];
  const lane = async (): Promise<void> => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const outcome = await runMutant(mutant, options);
      ended.push(outcome);
      onEnd(outcome);
    }
  };
  await Promise.all(Array.from({ length: options.lanes }, lane));
  return ended;
}

/** Days of `hours` from seed `from` until one sees it, in a process of its own. */
export function runMutant(
  mutant: Mutant,
  { from, seeds, hours }: { from: number; seeds: number; hours: number },
): Promise<MutantOutcome> {
  const numbers = [from, seeds, hours].map(String);
  const args = ['--import', LOADER, RUN_ONE, ...numbers, JSON.stringify(mutant)];
  const child = spawn(process.execPath, args, {
    timeout: TIMEOUT_MS,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      const text = err.trim();
      if (text.includes('mutant "')) return reject(new Error(text.split('\n')[0]));
      const found: unknown =
        code === 0
          ? JSON.parse(out)
          : { seed: null, text: [`exit ${code}: ${text.slice(0, 300)}`] };
      resolve(outcomeOf(mutant, found));
    });
  });
}

function outcomeOf({ name: mutant }: Mutant, found: unknown): MutantOutcome {
  if (typeof found !== 'object' || found === null) {
    return { mutant, killed: false, seed: null, violation: null };
  }
  const seed: unknown = Reflect.get(found, 'seed');
  const text: unknown = Reflect.get(found, 'text');
  const violation = Array.isArray(text) ? String(text[0]) : 'it told nothing';
  // A defect that does not even run, or not to its end, proves nothing about the checker.
  if (typeof seed !== 'number' || /(Reference|Syntax|Type)Error/.test(violation)) {
    return { mutant, killed: false, seed: null, violation };
  }
  return { mutant, killed: true, seed, violation };
}
