import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { handOver } from './hand-over.ts';

const BACKTESTER = fileURLToPath(
  new URL('../../../services/backtester/src/main.ts', import.meta.url),
);

/** Strategies over bars; it needs no platform. */
export function addBacktestCommands(program: Command): void {
  const backtest = program
    .command('backtest')
    .description('try a strategy on bars, with the code that trades')
    .exitOverride();
  backtest
    .command('run')
    .description('one strategy over the bars of files, on one account: --strategy S --bars F...')
    .argument('[options...]')
    .allowUnknownOption()
    .helpOption(false)
    .action((options: string[]) => handOver(BACKTESTER, ['run', ...options]));
}
