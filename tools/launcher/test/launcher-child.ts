import { parseOptions } from '../options.ts';
import { startPlatform } from '../platform.ts';
import { FAKE_SERVICES } from './fake-services.ts';

/** A launcher in a process of its own: real stores, fake services; tells its test when it runs. */
const options = parseOptions(process.argv.slice(2), process.cwd());
if (options === 'help') throw new Error('no help here');
try {
  const log = (line: string): void => void process.stdout.write(`${line}\n`);
  const platform = await startPlatform({ ...options, log, services: FAKE_SERVICES });
  process.once('SIGTERM', () => void platform.stop().then(() => process.exit(0)));
  process.send?.({ ownerUrl: platform.ownerUrl, dashboardUrl: platform.dashboardUrl });
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  const exitCode: unknown = Object(error)['exitCode'];
  process.exit(typeof exitCode === 'number' ? exitCode : 1);
}
