import type { Timeframe } from '@ballast/domain';
import type { FeedOptions } from '../connection/feed-options.ts';
import { checkRoutes } from '../connection/routes.ts';
import { createFaultSink, FeedError, type FaultSink } from '../faults.ts';
import type { Feed, FeedCounts, FeedEvent, FeedState, Route } from '../feed.ts';
import { mergeByTime, type Recorded } from './merge.ts';
import { openRecordedFile, type RecordedFile } from './recorded-file.ts';
import { RowReader } from './recorded-rows.ts';

/** What the handler gets at once when nothing holds the replay back. */
const BATCH_MAX = 256;

export type Recording = {
  /** The name that a route has for it. */
  readonly symbol: string;
  readonly path: string;
  /** Of a file of bars. */
  readonly timeframe: Timeframe;
};

export type ReplayOptions = Pick<FeedOptions, 'routes' | 'handlers' | 'log'> & {
  readonly recordings: readonly Recording[];
  /** Times as fast as it happened; `asFast` waits for nothing but the handler. */
  readonly speed: number | 'asFast';
};

export type ReplayFeed = Feed & {
  /** Resolves at the end, after `stop`, and when a recording cannot be read on. */
  readonly ended: Promise<'ended' | 'stopped' | 'failed'>;
};

/**
 * Plays recordings in the order of their times, which are also the times of what is told: each run
 * tells the same. Starts at once; the state is `down` with the reason when it is over.
 */
export function openReplayFeed(options: ReplayOptions): ReplayFeed {
  return new Replay(options);
}

class Replay implements ReplayFeed {
  readonly source = 'replay';
  readonly counts: FeedCounts = { frames: 0, events: 0, connects: 1, faults: {} };
  readonly ended: ReplayFeed['ended'];
  readonly #options: ReplayOptions;
  readonly #fault: FaultSink;
  readonly #files: RecordedFile[] = [];
  #routes = new Map<string, Route>();
  #state: FeedState | undefined;
  #stopped = false;
  #paused = false;
  /** Ends a wait early. */
  #wake: () => void = () => undefined;

  constructor(options: ReplayOptions) {
    this.#options = options;
    this.#fault = createFaultSink(this.counts.faults, options.log, Date.now, (fault) => {
      options.handlers.onFault?.(fault);
    });
    this.setRoutes(options.routes);
    this.ended = this.#run();
  }

  setRoutes(routes: readonly Route[]): void {
    checkRoutes(routes);
    this.#routes = new Map(routes.map((route) => [route.symbol, route]));
  }

  setPaused(paused: boolean): void {
    this.#paused = paused;
    this.#wake();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake();
    await this.ended;
  }

  #enter(state: FeedState, reason: string): void {
    if (state === this.#state || (this.#stopped && state !== 'live')) return;
    this.#state = state;
    this.#options.log.info({ state, reason, feed: 'replay' }, 'feed state');
    this.#options.handlers.onState(state, reason);
  }

  async #run(): ReplayFeed['ended'] {
    // Whoever opened it has it in hand before the first event.
    await Promise.resolve();
    this.#enter('connecting', 'start');
    try {
      await this.#play(mergeByTime(this.#options.recordings.map((one) => this.#rows(one))));
    } catch (error) {
      const message = error instanceof FeedError ? `${error.code} ${error.message}` : String(error);
      this.#fault('FEED_SOURCE_ERROR', message);
      this.#enter('down', error instanceof FeedError ? error.code : 'FEED_SOURCE_ERROR');
      return 'failed';
    } finally {
      for (const file of this.#files) file.close();
    }
    if (this.#stopped) return 'stopped';
    this.#enter('down', 'REPLAY_ENDED');
    return 'ended';
  }

  async *#rows({ symbol, path, timeframe }: Recording): AsyncGenerator<Recorded> {
    const file = await openRecordedFile(path);
    this.#files.push(file);
    let route: Route | undefined;
    let reader: RowReader | undefined;
    for await (const row of file.rows) {
      if (this.#stopped) return;
      this.counts.frames += 1;
      const wanted = this.#routes.get(symbol);
      if (wanted === undefined) continue;
      if (reader === undefined || wanted !== route) {
        route = wanted;
        reader = new RowReader({ route, kind: file.kind, timeframe, label: symbol }, this.#fault);
      }
      const timed = reader.read(row);
      if (timed !== null) yield { ...timed, symbol };
    }
  }

  async #play(recorded: AsyncIterable<Recorded>): Promise<void> {
    const { speed } = this.#options;
    const startedAt = performance.now();
    let firstAt: number | null = null;
    let batch: FeedEvent[] = [];
    let batchAt = 0;
    for await (const { at, symbol, event } of recorded) {
      firstAt ??= at;
      const isFull = speed === 'asFast' ? batch.length >= BATCH_MAX : at !== batchAt;
      if (isFull && batch.length > 0) {
        this.#tell(batch);
        batch = [];
        await this.#turn();
      }
      batchAt = at;
      if (speed !== 'asFast') await this.#until(startedAt + (at - firstAt) / speed);
      await this.#whilePaused();
      if (this.#stopped) return;
      // It may have been given up since its row was read.
      if (this.#routes.has(symbol)) batch.push(event);
    }
    this.#tell(batch);
  }

  #tell(events: FeedEvent[]): void {
    if (events.length === 0 || this.#stopped) return;
    this.#enter('live', 'data');
    this.counts.events += events.length;
    this.#options.handlers.onEvents(events);
  }

  /** Lets everything else have its turn. */
  #turn(): Promise<void> {
    return new Promise((resolve) => {
      setImmediate(resolve);
    });
  }

  async #until(due: number): Promise<void> {
    for (let left = due - performance.now(); left > 0; left = due - performance.now()) {
      if (this.#stopped) return;
      await this.#rest(left);
    }
  }

  async #whilePaused(): Promise<void> {
    while (this.#paused && !this.#stopped) await this.#rest(null);
  }

  #rest(ms: number | null): Promise<void> {
    return new Promise((resolve) => {
      const timer = ms === null ? null : setTimeout(resolve, Math.min(ms, REST_MAX_MS));
      this.#wake = () => {
        if (timer !== null) clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** Longest that a timer takes. */
const REST_MAX_MS = 60_000;
