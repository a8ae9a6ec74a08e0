import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { handOver } from './hand-over.ts';

const DRILLS = fileURLToPath(new URL('../../../tools/drills/main.ts', import.meta.url));

/** What proves the platform with stores and processes of its own, beside one that may run. */
export function addProofCommands(program: Command): void {
  program
    .command('drill')
    .description(
      'real processes, killed and cheated: crash-matrix [--short], brake [--drawdown], ' +
        'phantom-position [--instrument ID], drop-fills [--rate PERCENT], second-gateway, ' +
        'ibkr-reset, feed-faults and feed-failover [--minutes N] [--instruments N]',
    )
    .argument('<name>')
    .argument('[options...]')
    .allowUnknownOption()
    .passThroughOptions()
    .helpOption(false)
    .exitOverride()
    .action((name: string, options: string[]) => handOver(DRILLS, [name, ...options]));
}
