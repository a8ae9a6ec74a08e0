import { runService } from '@ballast/observability';
import { ConfigFault, simulatorConfig } from './config.ts';
import { openSimulator } from './simulator.ts';

/** sysexits EX_CONFIG: starting again cannot help. */
const EXIT_CONFIGURATION = 78;
const config = simulatorConfig();

runService('venue-simulator', async ({ log, metrics, onClose, fail }) => {
  const refused = metrics.counter(
    'ballast_venue_simulator_inputs_refused_total',
    'Input refused, by code',
    ['front_end', 'code'],
  );
  const count = (frontEnd: string, code: string): void => {
    refused.inc({ front_end: frontEnd, code });
  };
  try {
    const simulator = await openSimulator(config, { log, count, fail });
    onClose(simulator.close, 'simulator');
    return simulator.info;
  } catch (error) {
    if (!(error instanceof ConfigFault)) throw error;
    process.stderr.write(`configuration: ${error.variable}: ${error.message}\n`);
    process.exit(EXIT_CONFIGURATION);
  }
});
