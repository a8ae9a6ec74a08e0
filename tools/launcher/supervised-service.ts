import type { ProcessIdentity } from '../stores/process-identity.ts';
import { type RestartContext, Restarts } from './restarts.ts';
import { type ReadyInfo, ServiceProcess } from './service-process.ts';

const FIRST_READY_WITHIN_MS = 30_000;
/** Signals after which `whenReady` waits for the next run. */
const ENDING = new Set<NodeJS.Signals>(['SIGKILL', 'SIGTERM', 'SIGQUIT', 'SIGABRT']);

export interface SupervisedOptions {
  name: string;
  main: string;
  cwd: string;
  logFile: string;
  /** Asked at every start; gets what the service told when it was last ready. */
  environment(previous: ReadyInfo | undefined): NodeJS.ProcessEnv;
  /** The service has a new process id; it may be long before it is ready. */
  onSpawn(): void;
  restarts: RestartContext;
}

/** A service that is started again for ever when it ends by itself. */
export class SupervisedService {
  readonly name: string;
  readonly #options: SupervisedOptions;
  readonly #stop = new AbortController();
  readonly #restarts: Restarts;
  #process: ServiceProcess | undefined;
  #info: ReadyInfo | undefined;
  #ready: PromiseWithResolvers<void> = Promise.withResolvers();
  #isReady = false;

  constructor(options: SupervisedOptions) {
    this.name = options.name;
    this.#options = options;
    this.#restarts = new Restarts(options.name, options.restarts, this.#stop.signal);
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
    const either = AbortSignal.any([signal, this.#stop.signal]);
    await this.#startOnce(either, FIRST_READY_WITHIN_MS);
  }

  kill(signal: NodeJS.Signals): void {
    if (ENDING.has(signal)) this.#expectRestart();
    this.#process?.kill(signal);
  }

  /** The whole platform is to stop: from now on the service may end by itself. */
  expectEnd(): void {
    this.#stop.abort(new Error(`${this.name} was stopped`));
  }

  async stop(): Promise<void> {
    this.expectEnd();
    await this.#process?.stop();
    this.#ready.reject(new Error(`${this.name} was stopped`));
  }

  killNow(): void {
    this.#stop.abort(new Error(`${this.name} was killed`));
    this.#process?.kill('SIGKILL');
  }

  /** Without a limit it may take as long as it needs: recovering is not failing. */
  async #startOnce(signal: AbortSignal, readyWithinMs?: number): Promise<void> {
    signal.throwIfAborted();
    const { name, main, cwd, logFile, environment } = this.#options;
    const run = new ServiceProcess({ name, main, cwd, logFile, env: environment(this.#info) });
    this.#process = run;
    try {
      await run.identified;
      this.#options.onSpawn();
      this.#info = await run.ready(signal, readyWithinMs);
    } catch (error) {
      await run.stop();
      throw error;
    }
    this.#restarts.up();
    this.#isReady = true;
    this.#ready.resolve();
    void run.exited.then((exit) => this.#startAgain(run.failureOf(exit)));
  }

  async #startAgain(reason: Error): Promise<void> {
    if (this.#stop.signal.aborted) return;
    this.#expectRestart();
    try {
      await this.#restarts.untilUp(reason, () => this.#startOnce(this.#stop.signal));
    } catch (error) {
      // Stopped, or wrongly configured, which was said: nobody should wait for it.
      this.#ready.reject(error);
    }
  }

  #expectRestart(): void {
    if (!this.#isReady) return;
    this.#isReady = false;
    this.#ready = Promise.withResolvers();
    this.#ready.promise.catch(() => {});
  }
}
