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
  const passOn = (name: string, description: string): void => {
    backtest
      .command(name)
      .description(description)
      .argument('[options...]')
      .allowUnknownOption()
      .helpOption(false)
      .action((options: string[]) => handOver(BACKTESTER, [name, ...options]));
  };
  passOn('run', 'one strategy over the bars of files, on one account: --strategy S --bars F...');
  passOn('sweep', 'with every combination of parameters: --vary name=a,b,c... --out FOLDER');
}
