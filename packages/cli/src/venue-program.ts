import { fileURLToPath } from 'node:url';
import { type Command, Option } from 'commander';
import { handOver } from './hand-over.ts';

const CONFORMANCE = fileURLToPath(new URL('../../../tools/conformance/main.ts', import.meta.url));

/**
 * About venues themselves; needs no platform and touches none. In a process of its own: here
 * nothing may speak to a venue.
 */
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
      handOver(CONFORMANCE, [
        '--venue',
        given.venue,
        ...(given.case === undefined ? [] : ['--case', given.case]),
      ]),
    )
    .exitOverride();
}
