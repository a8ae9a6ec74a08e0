import type { ProcessIdentity } from '../stores/process-identity.ts';
import { logTail } from '../stores/log-file.ts';
import { EXIT, LaunchError } from './launch-error.ts';
import {
  describeExit,
  type ReadyInfo,
  type ServiceExit,
  ServiceProcess,
} from './service-process.ts';

const RESTARTS_MAX = 5;
const RESTART_WINDOW_MS = 5 * 60_000;
const FIRST_DELAY_MS = 250;
/** Signals after which `whenReady` waits for the next run. */
const ENDING = new Set<NodeJS.Signals>(['SIGKILL', 'SIGTERM', 'SIGQUIT', 'SIGABRT']);

export interface SupervisedOptions {
  name: string;
  main: string;
  cwd: string;
  logFile: string;
  /** Asked at every start; gets what the service told when it was last ready. */
  environment(previous: ReadyInfo | undefined): NodeJS.ProcessEnv;
  /** The service runs under a new process id. */
  onSpawn(): void;
  log(line: string): void;
  /** The service cannot be kept up. */
  giveUp(reason: LaunchError): void;
}

/** A service that is started again when it ends by itself, with growing pauses and a limit. */
export class SupervisedService {
  readonly name: string;
  readonly #options: SupervisedOptions;
  readonly #stop = new AbortController();
  #process: ServiceProcess | undefined;
  #info: ReadyInfo | undefined;
  #ready: PromiseWithResolvers<void> = Promise.withResolvers();
  #restartTimes: number[] = [];
  #planned = false;
  #isReady = false;

  constructor(options: SupervisedOptions) {
    this.name = options.name;
    this.#options = options;
    this.#ready.promise.catch(() => {});
  }

  get identity(): ProcessIdentity | undefined {
    return this.#process?.identity;
  }

  get info(): ReadyInfo | undefined {
    return this.#info;
  }

  /** Resolves when the service runs and said so; after a kill, when it is up again. */
  whenReady(): Promise<void> {
    return this.#ready.promise;
  }

  /** First start: a failure is the caller's, there is no second attempt. */
  async start(signal: AbortSignal): Promise<void> {
    await this.#startOnce(AbortSignal.any([signal, this.#stop.signal]));
  }

  kill(signal: NodeJS.Signals): void {
    if (ENDING.has(signal)) this.#expectRestart();
    this.#process?.kill(signal);
  }

  /** An orderly stop and start, which does not count as a failure. */
  async restart(): Promise<void> {
    this.#planned = true;
    this.#expectRestart();
    await this.#process?.stop();
    this.#planned = false;
    await this.#startOnce(this.#stop.signal);
  }

  async stop(): Promise<void> {
    this.#stop.abort(new Error(`${this.name} was stopped`));
    await this.#process?.stop();
    this.#ready.reject(new Error(`${this.name} was stopped`));
  }

  killNow(): void {
    this.#stop.abort(new Error(`${this.name} was killed`));
    this.#process?.kill('SIGKILL');
  }

  async #startOnce(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { name, main, cwd, logFile, environment } = this.#options;
    const run = new ServiceProcess({ name, main, cwd, logFile, env: environment(this.#info) });
    this.#process = run;
    try {
      this.#info = await run.ready(signal);
    } catch (error) {
      await run.stop();
      throw error;
    } finally {
      this.#options.onSpawn();
    }
    this.#isReady = true;
    this.#ready.resolve();
    void run.exited.then((exit) => this.#onExit(exit));
  }

  async #onExit(exit: ServiceExit): Promise<void> {
    if (this.#planned || this.#stop.signal.aborted) return;
    this.#expectRestart();
    let reason = `ended with ${describeExit(exit)}`;
    let fatal = exit.code === EXIT.configuration;
    while (!fatal) {
      const pauseMs = this.#nextPauseMs();
      if (pauseMs === undefined) break;
      this.#options.log(`${this.name} ${reason}; starting again in ${pauseMs} ms`);
      await pause(pauseMs, this.#stop.signal);
      if (this.#stop.signal.aborted) return;
      try {
        await this.#startOnce(this.#stop.signal);
        this.#options.log(`${this.name} runs again`);
        return;
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        reason = error instanceof Error ? error.message : String(error);
        fatal = error instanceof LaunchError && error.exitCode === EXIT.configuration;
      }
    }
    const limit = fatal ? '' : ` more than ${RESTARTS_MAX} times in 5 minutes`;
    const tail = logTail(this.#options.logFile);
    const message = `${this.name} ${reason}${limit}. Its last lines:\n${tail}`;
    const failure = new LaunchError(message, fatal ? EXIT.configuration : EXIT.failure);
    this.#ready.reject(failure);
    this.#options.giveUp(failure);
  }

  /** Doubles with each restart in the window; nothing once the limit is reached. */
  #nextPauseMs(): number | undefined {
    const now = Date.now();
    this.#restartTimes = this.#restartTimes.filter((at) => now - at < RESTART_WINDOW_MS);
    if (this.#restartTimes.length >= RESTARTS_MAX) return undefined;
    this.#restartTimes.push(now);
    return FIRST_DELAY_MS * 2 ** (this.#restartTimes.length - 1);
  }

  #expectRestart(): void {
    if (!this.#isReady) return;
    this.#isReady = false;
    this.#ready = Promise.withResolvers();
    this.#ready.promise.catch(() => {});
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
