import { EXIT, LaunchError } from './launch-error.ts';
import { type LaunchOptions, parseOptions, USAGE } from './options.ts';
import { type Platform, startPlatform } from './platform.ts';

/** One Ctrl-C arrives from the terminal and once more from npm, which passes it on. */
const SAME_KEY_PRESS_MS = 500;

const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** `npm start`: runs the platform until Ctrl-C or SIGTERM; only its start can fail. */
async function main(): Promise<number> {
  // npm runs scripts in the checkout; relative paths of the operator start where he stands.
  const options = parseOptions(process.argv.slice(2), process.env['INIT_CWD'] ?? process.cwd());
  if (options === 'help') {
    process.stdout.write(USAGE);
    return 0;
  }
  const interrupt = listenForSignals();
  const platform = await start(options, interrupt.signal);
  if (platform === undefined) return 0;
  interrupt.onSecond(() => platform.killServices());
  await interrupt.received;
  print('Stopping');
  await platform.stop();
  return 0;
}

/** Nothing when Ctrl-C ended the start; what had been started is stopped then. */
async function start(options: LaunchOptions, signal: AbortSignal): Promise<Platform | undefined> {
  try {
    const platform = await startPlatform({ ...options, log: print, signal });
    print(`\n  Dashboard  ${platform.dashboardUrl}`);
    print(`  Log in     ${platform.loginLink()}`);
    print('             (works once, within 15 minutes; Ctrl-C stops everything)\n');
    return platform;
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}

function listenForSignals() {
  const controller = new AbortController();
  const received = Promise.withResolvers<void>();
  let atSecond = (): void => {};
  let firstAt: number | undefined;
  const stop = (reason: string) => {
    controller.abort(new LaunchError(`stopped: ${reason}`));
    received.resolve();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      firstAt ??= Date.now();
      if (Date.now() - firstAt > SAME_KEY_PRESS_MS) atSecond();
      stop(signal);
    });
  }
  // The bootstrap holds the other end of this channel: nobody would be left to stop us.
  if (process.send !== undefined) process.once('disconnect', () => stop('its starter is gone'));
  return {
    signal: controller.signal,
    received: received.promise,
    onSecond: (act: () => void) => void (atSecond = act),
  };
}

main().then(
  (exitCode) => process.exit(exitCode),
  (error: unknown) => {
    const known = error instanceof LaunchError;
    process.stderr.write(`${known ? error.message : String(Object(error)['stack'] ?? error)}\n`);
    process.exit(known ? error.exitCode : EXIT.failure);
  },
);
