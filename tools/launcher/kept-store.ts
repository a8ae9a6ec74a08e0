import { logTail } from '../stores/log-file.ts';
import type { StoreProcess, StoreRestart } from '../stores/store-process.ts';
import { type RestartContext, Restarts } from './restarts.ts';

interface Store extends StoreProcess {
  port: number;
}

/** A store and how to end it for good. */
export interface KeptStore<S extends Store> {
  /** The first run: its port and URLs hold for all later runs. */
  first: S;
  /** From now on the store may end by itself. */
  expectEnd(): void;
  stop(): Promise<void>;
}

/**
 * Starts a store, and again on the same port and data whenever it ends by itself. Services notice
 * a lost connection and come back to the same address.
 */
export async function keepStore<S extends Store>(
  name: string,
  logFile: string,
  context: RestartContext,
  start: (again?: StoreRestart) => Promise<S>,
): Promise<KeptStore<S>> {
  const stopping = new AbortController();
  const { signal } = stopping;
  const restarts = new Restarts(name, context, signal);
  const first = await start();
  let run: StoreProcess = first;
  let restart = Promise.resolve();

  function watch(): void {
    restarts.up();
    void run.exited.then(() => {
      if (!signal.aborted) restart = startAgain();
    });
  }

  async function startAgain(): Promise<void> {
    const tail = `Its last lines (${logFile}):\n${logTail(logFile)}`;
    try {
      await restarts.untilUp(new Error(`${name} ended by itself. ${tail}`), async () => {
        run = await start({ port: first.port, signal });
        watch();
      });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  const expectEnd = (): void => stopping.abort(new Error(`${name} is stopped`));

  async function stop(): Promise<void> {
    expectEnd();
    await restart;
    await run.stop();
  }

  watch();
  return { first, expectEnd, stop };
}
