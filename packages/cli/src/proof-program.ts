import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { EXIT } from './failure.ts';

const CHECKOUT = new URL('../../../', import.meta.url);

/**
 * What proves the platform, with processes and stores of its own: each command is a program of the
 * checkout that prints its own object and ends with its own exit code.
 */
const PROGRAMS = [
  {
    usage: 'drill <name>',
    description:
      'a drill with real processes: crash-matrix, brake, phantom-position, drop-fills, ' +
      'second-gateway, ibkr-reset',
    main: 'tools/drills/main.ts',
  },
] as const;

export function addProofCommands(program: Command): void {
  for (const { usage, description, main } of PROGRAMS) {
    program
      .command(`${usage} [options...]`)
      .description(description)
      .allowUnknownOption()
      .passThroughOptions()
      .helpOption(false)
      .exitOverride()
      .action(async (name: string, options: string[]) => handOver(main, [name, ...options]));
  }
}

/** Standard streams and signals are the program's; its exit code becomes ours. */
async function handOver(main: string, args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [fileURLToPath(new URL(main, CHECKOUT)), ...args], {
    stdio: 'inherit',
  });
  const pass = (signal: NodeJS.Signals): void => void child.kill(signal);
  const signals = ['SIGTERM', 'SIGHUP', 'SIGINT'] as const;
  for (const signal of signals) process.on(signal, pass);
  process.exitCode = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? EXIT.failure));
  });
  for (const signal of signals) process.off(signal, pass);
}
