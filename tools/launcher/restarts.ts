import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT, LaunchError } from './launch-error.ts';

/**
 * A signal to a whole group reaches its members one by one: a part may be gone before the launcher
 * knows that all are to stop. Counts towards the first pause.
 */
const SIGNAL_SPREAD_MS = 100;

/** How long to wait before a process is started again. */
export interface RestartTiming {
  firstPauseMs: number;
  maxPauseMs: number;
  /** A run that lasted this long starts the pauses from the first one again. */
  steadyAfterMs: number;
  /** A restart that is not ready after this time is said to be still recovering. */
  recoveringAfterMs: number;
}

export const RESTART_TIMING: RestartTiming = {
  firstPauseMs: 250,
  maxPauseMs: 30_000,
  steadyAfterMs: 60_000,
  recoveringAfterMs: 30_000,
};

/** What a restart needs to know about its surroundings. */
export interface RestartContext {
  timing: RestartTiming;
  log(line: string): void;
}

/**
 * Starts one process again, for ever: a platform with open positions is not given up because one
 * of its parts, or what that part depends on, is away.
 */
export class Restarts {
  readonly #name: string;
  readonly #context: RestartContext;
  readonly #stop: AbortSignal;
  #failures = 0;
  #upSince: number | undefined;

  constructor(name: string, context: RestartContext, stop: AbortSignal) {
    this.#name = name;
    this.#context = context;
    this.#stop = stop;
  }

  /** The process is ready. */
  up(): void {
    this.#upSince = performance.now();
  }

  /**
   * Resolves when `start` succeeded. Each different reason for being down is said once, with what
   * its message holds of the log.
   * @throws when the stop signal is given, or a LaunchError with exit code 78: a wrong
   *   configuration does not become right by trying again
   */
  async untilUp(reason: Error, start: () => Promise<void>): Promise<void> {
    const { log } = this.#context;
    let said: string | undefined;
    let waitedMs = SIGNAL_SPREAD_MS;
    await sleep(waitedMs, undefined, { signal: this.#stop });
    for (let failure = reason; ;) {
      if (failure instanceof LaunchError && failure.exitCode === EXIT.configuration) {
        log(`${failure.message}\n${this.#name} stays down until the next npm start`);
        throw failure;
      }
      const pauseMs = this.#nextPauseMs();
      const [firstLine] = failure.message.split('\n', 1);
      if (firstLine !== said) {
        const plan = `starting again in ${pauseMs} ms, and on until it runs; the others go on`;
        log(`${failure.message}\n${this.#name}: ${plan}`);
      }
      said = firstLine;
      await sleep(Math.max(0, pauseMs - waitedMs), undefined, { signal: this.#stop });
      waitedMs = 0;
      try {
        await this.#saidWhenSlow(start);
        log(`${this.#name} runs again`);
        return;
      } catch (error) {
        this.#stop.throwIfAborted();
        failure = error instanceof Error ? error : new Error(String(error));
      }
    }
  }

  async #saidWhenSlow(start: () => Promise<void>): Promise<void> {
    const { log, timing } = this.#context;
    const afterMs = timing.recoveringAfterMs;
    const timer = setTimeout(
      () => log(`${this.#name} is still recovering after ${afterMs} ms; it is left to it`),
      afterMs,
    );
    try {
      await start();
    } finally {
      clearTimeout(timer);
    }
  }

  /** Doubles with each failure since the last steady run. */
  #nextPauseMs(): number {
    const { firstPauseMs, maxPauseMs, steadyAfterMs } = this.#context.timing;
    const upMs = this.#upSince === undefined ? 0 : performance.now() - this.#upSince;
    this.#upSince = undefined;
    if (upMs >= steadyAfterMs) this.#failures = 0;
    const pauseMs = Math.min(maxPauseMs, firstPauseMs * 2 ** this.#failures);
    this.#failures += 1;
    return pauseMs;
  }
}
