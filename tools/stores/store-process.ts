import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { logTail, withLog } from './log-file.ts';
import { identify, type ProcessIdentity, stopProcess } from './process-identity.ts';

const POLL_MS = 20;

/** A store that runs; `exited` resolves whenever and however it ends. */
export interface StoreProcess {
  identity: ProcessIdentity;
  exited: Promise<void>;
  stop(): Promise<void>;
}

/** A start that follows a run of the same store, while services wait for it. */
export interface StoreRestart {
  port: number;
  /** Ends the start, which otherwise may take as long as it needs: recovering is not failing. */
  signal: AbortSignal;
}

interface StoreCommand {
  name: string;
  command: readonly string[];
  env: NodeJS.ProcessEnv;
  logFile: string;
  readyWithinMs: number;
  again: StoreRestart | undefined;
  /** Signals of an orderly stop; SIGKILL follows. */
  stopSignals: readonly NodeJS.Signals[];
  stopWithinMs: number;
  isReady(): Promise<boolean>;
}

/**
 * Starts a store in a process group of its own: the Ctrl-C of a terminal must not stop the stores
 * before the services that still write to them.
 */
export async function startStoreProcess(store: StoreCommand): Promise<StoreProcess> {
  const [program = '', ...args] = store.command;
  const child = withLog(store.logFile, (log) =>
    spawn(program, args, { env: store.env, stdio: ['ignore', log, log], detached: true }),
  );
  let ended = false;
  const exited = once(child, 'exit').then(
    () => void (ended = true),
    () => void (ended = true),
  );
  const failure = (what: string) =>
    new Error(
      `${store.name} ${what}. Its last lines (${store.logFile}):\n${logTail(store.logFile)}`,
    );

  const found = child.pid === undefined ? undefined : await identify(child.pid);
  if (found === undefined) throw failure('did not start');
  const identity = { pid: found.pid, startedAt: found.startedAt };
  const steps = [...store.stopSignals, 'SIGKILL' as const].map((signal) => ({
    signal,
    waitMs: store.stopWithinMs,
  }));
  const stop = async () => {
    if (!ended) await stopProcess(identity, steps);
    await exited;
  };

  const { again } = store;
  const deadline = again === undefined ? Date.now() + store.readyWithinMs : Infinity;
  while (!(await store.isReady())) {
    if (ended) throw failure('stopped while starting');
    if (again?.signal.aborted === true) {
      await stop();
      throw failure('was stopped while starting');
    }
    if (Date.now() > deadline) {
      await stop();
      throw failure(`was not ready within ${store.readyWithinMs} ms`);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return { identity, exited, stop };
}
