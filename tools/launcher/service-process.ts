import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { logTail, withLog } from '../stores/log-file.ts';
import { identify, type ProcessIdentity } from '../stores/process-identity.ts';
import { EXIT, LaunchError } from './launch-error.ts';

/** A service promises to close within 5 s. */
const STOP_WITHIN_MS = 7_000;

/** What a service told with `ready`, for example its port. */
export type ReadyInfo = Readonly<Record<string, unknown>>;

export interface ServiceExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

interface ServiceCommand {
  name: string;
  main: string;
  cwd: string;
  env: NodeJS.ProcessEnv;
  logFile: string;
}

/** One run of one service, from spawn to exit. */
export class ServiceProcess {
  readonly exited: Promise<ServiceExit>;
  /** Resolves as soon as `identity` is known, or when there is no such process. */
  readonly identified: Promise<void>;
  readonly #child: ChildProcess;
  readonly #command: ServiceCommand;
  #identity: ProcessIdentity | undefined;

  constructor(command: ServiceCommand) {
    this.#command = command;
    const { main, cwd, env } = command;
    this.#child = withLog(command.logFile, (log) =>
      spawn(process.execPath, [main], { cwd, env, stdio: ['ignore', log, log, 'ipc'] }),
    );
    this.exited = new Promise((resolve) => {
      this.#child.once('error', () => resolve({ code: EXIT.failure, signal: null }));
      this.#child.once('exit', (code, signal) => resolve({ code, signal }));
    });
    this.identified = this.#identify();
  }

  get identity(): ProcessIdentity | undefined {
    return this.#identity;
  }

  /** @throws LaunchError with the last lines of the log when it ends first or takes too long */
  async ready(signal: AbortSignal, withinMs?: number): Promise<ReadyInfo> {
    await this.identified;
    const timeout = withinMs === undefined ? [] : [AbortSignal.timeout(withinMs)];
    const end = AbortSignal.any([signal, ...timeout]);
    const decided = new AbortController();
    const outcome = await Promise.race([
      this.#readyMessage(),
      this.exited,
      once(end, 'abort', { signal: decided.signal }).then(() => 'late' as const),
    ]);
    decided.abort();
    signal.throwIfAborted();
    if (outcome === 'late') throw this.#failure(`was not ready within ${withinMs} ms`);
    if ('info' in outcome) return outcome.info;
    throw this.failureOf(outcome, ' before it was ready');
  }

  /** Why the service is down, with the last lines of its log. */
  failureOf(exit: ServiceExit, when = ''): LaunchError {
    const exitCode = exit.code === EXIT.configuration ? EXIT.configuration : EXIT.failure;
    return this.#failure(`ended with ${describeExit(exit)}${when}`, exitCode);
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** SIGTERM, then SIGKILL; resolves when the process is gone. */
  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_WITHIN_MS);
    await this.exited;
    clearTimeout(timer);
  }

  async #identify(): Promise<void> {
    const { pid } = this.#child;
    const found = pid === undefined ? undefined : await identify(pid);
    if (found !== undefined) this.#identity = { pid: found.pid, startedAt: found.startedAt };
  }

  async #readyMessage(): Promise<{ info: ReadyInfo }> {
    for (;;) {
      const received: unknown[] = await once(this.#child, 'message');
      const message = received[0];
      if (typeof message === 'object' && message !== null && 'type' in message) {
        const { type, ...info } = message;
        if (type === 'ready') return { info };
      }
    }
  }

  #failure(what: string, exitCode: number = EXIT.failure): LaunchError {
    const { name, logFile } = this.#command;
    const tail = logTail(logFile);
    return new LaunchError(`${name} ${what}. Its last lines (${logFile}):\n${tail}`, exitCode);
  }
}

function describeExit(exit: ServiceExit): string {
  return exit.signal === null ? `exit ${exit.code}` : exit.signal;
}
