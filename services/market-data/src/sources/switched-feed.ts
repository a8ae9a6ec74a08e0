import type { Feed, FeedHandlers, FeedState, Route } from '@ballast/feeds';
import type { Logger } from '@ballast/observability';
import type { Source } from './source.ts';

type Counts = Feed['counts'];

/** The state's reason in a process that is not the active one. */
export const LEFT_TO_ACTIVE = 'left to the active process';

/** Tells the feeds of a process whether it is the active one. */
export class FeedSwitch {
  readonly #feeds = new Set<SwitchedFeed>();
  #isActive = false;

  get isActive(): boolean {
    return this.#isActive;
  }

  add(feed: SwitchedFeed): void {
    this.#feeds.add(feed);
  }

  /** The active one tries at once what was refused or lost: nobody else can any more. */
  setActive(active: boolean): void {
    if (active === this.#isActive) return;
    this.#isActive = active;
    for (const feed of this.#feeds) feed.setActive(active);
  }
}

/**
 * The source with a feed that follows the switch. Where the venue takes one connection for a key it
 * refuses the second, and does not end the first: only the active process has one, unless this
 * process has a key of its own.
 */
export function switchedSource(
  source: Source,
  { feedSwitch, hasOwnKey, log }: { feedSwitch: FeedSwitch; hasOwnKey: boolean; log: Logger },
): Source {
  const isShared = source.oneConnection === true && !hasOwnKey;
  return {
    ...source,
    oneConnection: isShared,
    open(routes, handlers) {
      const feed = new SwitchedFeed(source, routes, { handlers, isShared, log });
      if (isShared && !feedSwitch.isActive) handlers.onState('down', LEFT_TO_ACTIVE);
      else feed.open();
      feedSwitch.add(feed);
      return feed;
    },
  };
}

type Told = { handlers: FeedHandlers; isShared: boolean; log: Logger };

class SwitchedFeed implements Feed {
  readonly source: Feed['source'];
  readonly #from: Source;
  readonly #told: Told;
  /** Of the connections before. */
  #past: Counts = { frames: 0, events: 0, connects: 0, faults: {} };
  #routes: readonly Route[];
  #feed: Feed | null = null;
  #state: FeedState = 'down';
  #isPaused = false;
  #isStopped = false;
  #ending: Promise<void> = Promise.resolve();

  constructor(from: Source, routes: readonly Route[], told: Told) {
    this.source = from.name;
    this.#from = from;
    this.#routes = routes;
    this.#told = told;
  }

  get counts(): Counts {
    return this.#feed === null ? this.#past : sumOf(this.#past, this.#feed.counts);
  }

  /** @throws FeedError what the source's own feed throws */
  open(): void {
    const { handlers } = this.#told;
    // One that was closed may still tell the end of its connection.
    let isClosed = (): boolean => false;
    const feed = this.#from.open(this.#routes, {
      onEvents: (events) => {
        if (!isClosed()) handlers.onEvents(events);
      },
      onState: (state, reason) => {
        if (isClosed()) return;
        this.#state = state;
        handlers.onState(state, reason);
      },
      onFault: (fault) => {
        if (!isClosed()) handlers.onFault?.(fault);
      },
    });
    this.#feed = feed;
    isClosed = () => this.#feed !== feed;
    if (this.#isPaused) feed.setPaused(true);
  }

  setActive(active: boolean): void {
    const { isShared, handlers, log } = this.#told;
    if (this.#isStopped) return;
    if (!active) {
      if (isShared) this.#close();
      if (isShared) handlers.onState('down', LEFT_TO_ACTIVE);
      return;
    }
    if (this.#feed !== null && this.#state !== 'down') return;
    this.#close();
    try {
      this.open();
    } catch (error) {
      log.error({ err: error, source: this.source }, 'a feed was not opened');
    }
  }

  setRoutes(routes: readonly Route[]): void {
    this.#feed?.setRoutes(routes);
    this.#routes = routes;
  }

  setPaused(paused: boolean): void {
    this.#isPaused = paused;
    this.#feed?.setPaused(paused);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#close();
    await this.#ending;
  }

  #close(): void {
    const feed = this.#feed;
    if (feed === null) return;
    this.#past = sumOf(this.#past, feed.counts);
    this.#feed = null;
    this.#state = 'down';
    const ending = feed.stop().catch((error: unknown) => {
      this.#told.log.warn({ err: error, source: this.source }, 'a feed did not end cleanly');
    });
    this.#ending = Promise.all([this.#ending, ending]).then(() => undefined);
  }
}

function sumOf(past: Counts, now: Counts): Counts {
  const faults: Record<string, number> = { ...past.faults };
  for (const [code, count = 0] of Object.entries<number | undefined>(now.faults)) {
    faults[code] = (faults[code] ?? 0) + count;
  }
  return {
    frames: past.frames + now.frames,
    events: past.events + now.events,
    connects: past.connects + now.connects,
    faults,
  };
}
