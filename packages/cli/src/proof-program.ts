import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { EXIT } from './failure.ts';

const DRILLS = fileURLToPath(new URL('../../../tools/drills/main.ts', import.meta.url));
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** What proves the platform with stores and processes of its own, beside one that may run. */
export function addProofCommands(program: Command): void {
  program
    .command('drill')
    .description(
      'real processes, killed and cheated: crash-matrix [--short], brake [--drawdown], ' +
        'phantom-position [--instrument ID], drop-fills [--rate PERCENT], second-gateway, ' +
        'ibkr-reset',
    )
    .argument('<name>')
    .argument('[options...]')
    .allowUnknownOption()
    .passThroughOptions()
    .helpOption(false)
    .exitOverride()
    .action((name: string, options: string[]) => handOver(DRILLS, [name, ...options]));
}

/** Its streams and exit status are ours; a signal to us is one to it, so that it cleans up. */
async function handOver(main: string, args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [main, ...args], { stdio: 'inherit' });
  const passOn = (signal: NodeJS.Signals): void => void child.kill(signal);
  for (const signal of SIGNALS) process.on(signal, passOn);
  try {
    process.exitCode = await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve(code ?? EXIT.failure));
    });
  } finally {
    for (const signal of SIGNALS) process.off(signal, passOn);
  }
}
