import { fileURLToPath } from 'node:url';
import { Argument, type Command } from 'commander';
import { handOver } from './hand-over.ts';

const SIMULATION = fileURLToPath(
  new URL('../../../services/order-gateway/simulation/main.ts', import.meta.url),
);

/** `sim check` names the race by what races; the simulation has one walk for it. */
const RACE = 'stop-target-race';

/** The simulation of the order path; it needs no platform and touches none. */
export function addSimCommands(program: Command): void {
  const sim = program
    .command('sim')
    .description('prove the order path in simulation')
    .exitOverride();
  const passOn = (name: string, description: string): void => {
    sim
      .command(name)
      .description(description)
      .argument('[options...]')
      .allowUnknownOption()
      .helpOption(false)
      .action((options: string[]) => handOver(SIMULATION, [name, ...options]));
  };
  passOn('soak', 'many seeded days with every fault: --seeds N [--from S] [--hours H] [--fault F]');
  passOn('replay', 'one seed again, the same every time: --seed S [--trace]');
  passOn('mutants', 'deliberate defects, each of which must be seen: [--seeds N] [--lanes N]');
  sim
    .command('check')
    .description(`every interleaving of one race: ${RACE} --exhaustive`)
    .addArgument(new Argument('<what>', 'which').choices([RACE]))
    .option('--exhaustive', 'all of them; there is no other way to check', false)
    .option('--json', 'one JSON object; printed in any case', false)
    .action(() => handOver(SIMULATION, ['race']))
    .exitOverride();
}
