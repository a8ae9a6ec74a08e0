import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Command, Option } from 'commander';
import { EXIT } from './failure.ts';

const CONFORMANCE = fileURLToPath(new URL('../../../tools/conformance/main.ts', import.meta.url));

/** About venues themselves; needs no platform and touches none. */
export function addVenueCommands(program: Command): void {
  const venue = program.command('venue').description('what venues and adapters do').exitOverride();
  venue
    .command('conformance')
    .description('the numbered cases that every adapter must pass, at simulated venues')
    .addOption(
      new Option('--venue <name>', 'which')
        .choices(['bybit', 'alpaca', 'ibkr', 'all'])
        .makeOptionMandatory(),
    )
    .option('--case <numbers>', 'only these, by comma')
    .option('--json', 'one JSON object; printed in any case', false)
    .action((given: { venue: string; case?: string }) =>
      conform([
        '--venue',
        given.venue,
        ...(given.case === undefined ? [] : ['--case', given.case]),
      ]),
    )
    .exitOverride();
}

/** In a process of its own, whose exit status is ours: here nothing may speak to a venue. */
function conform(args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [CONFORMANCE, ...args], { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      process.exitCode = signal === null ? (code ?? EXIT.failure) : EXIT.failure;
      resolve();
    });
  });
}
