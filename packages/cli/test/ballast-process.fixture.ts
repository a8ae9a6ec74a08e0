import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { compileCache } from '../../../tools/launcher/compile-cache.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

type Extra = { readonly input?: string };

/** Runs the command line as a process; fails unless standard output is exactly one JSON object. */
export async function runBallast(
  env: Record<string, string>,
  ...args: (string | Extra)[]
): Promise<{ code: unknown; object: unknown; told: string }> {
  const extra = args.find((arg): arg is Extra => typeof arg !== 'string') ?? {};
  const words = args.filter((arg) => typeof arg === 'string');
  const child = spawn(process.execPath, [MAIN, ...words, '--json'], {
    env: { ...compileCache, ...env },
    stdio: 'pipe',
  });
  child.stdin.end(extra.input ?? '');
  const [said, told, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  expect(said.split('\n'), said).toHaveLength(2);
  return { code, object: JSON.parse(said), told };
}

/** What `--help` says on standard output; fails unless that is all and the exit status is 0. */
export async function helpOf(...words: string[]): Promise<string> {
  const child = spawn(process.execPath, [MAIN, ...words, '--help'], {
    env: compileCache,
    stdio: 'pipe',
  });
  const [said, complained, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  expect({ code, complained }, words.join(' ')).toEqual({ code: 0, complained: '' });
  return said;
}

/** Runs it with a standard output that nobody reads, as `| head` leaves it. */
export async function runUnread(...words: string[]): Promise<{ code: unknown; told: string }> {
  const child = spawn(process.execPath, [MAIN, ...words], { env: compileCache, stdio: 'pipe' });
  child.stdout.destroy();
  const [told, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  return { code, told };
}
