import type { Clock } from '../src/clock.ts';

type Event = { readonly at: number; readonly sequence: number; readonly act: () => void };

/**
 * One clock for everything that is simulated. Nothing passes by itself: `run` goes from event to
 * event, and between two of them everything that was waiting for the first has been done.
 */
export class VirtualTime {
  #now: number;
  #sequence = 0;
  readonly #heap: Event[] = [];

  constructor(startAt: number) {
    this.#now = startAt;
  }

  now(): number {
    return this.#now;
  }

  /** Events of one moment happen in the order they were asked for. The answer takes it back. */
  after(ms: number, act: () => void): () => void {
    let wanted = true;
    this.#sequence += 1;
    this.#push({
      at: this.#now + Math.max(0, ms),
      sequence: this.#sequence,
      act: () => wanted && act(),
    });
    return () => {
      wanted = false;
    };
  }

  /** Lets `until` (epoch ms) come; `onEvent` is called when all that an event caused is done. */
  async run(until: number, onEvent: () => void): Promise<number> {
    let events = 0;
    for (;;) {
      // Promises that the last event has kept run before the next one comes.
      await new Promise((resolve) => setImmediate(resolve));
      onEvent();
      const next = this.#heap[0];
      if (next === undefined || next.at > until) break;
      this.#pop();
      this.#now = next.at;
      next.act();
      events += 1;
    }
    this.#now = Math.max(this.#now, until);
    return events;
  }

  #push(event: Event): void {
    const heap = this.#heap;
    heap.push(event);
    let child = heap.length - 1;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (isBefore(heap[parent], heap[child])) return;
      this.#swap(parent, child);
      child = parent;
    }
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    heap[0] = last;
    let parent = 0;
    for (;;) {
      const left = 2 * parent + 1;
      const right = left + 1;
      let least = parent;
      if (left < heap.length && isBefore(heap[left], heap[least])) least = left;
      if (right < heap.length && isBefore(heap[right], heap[least])) least = right;
      if (least === parent) return;
      this.#swap(parent, least);
      parent = least;
    }
  }

  #swap(a: number, b: number): void {
    const [first, second] = [this.#heap[a], this.#heap[b]];
    if (first === undefined || second === undefined) return;
    this.#heap[a] = second;
    this.#heap[b] = first;
  }
}

function isBefore(a: Event | undefined, b: Event | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return a.at < b.at || (a.at === b.at && a.sequence < b.sequence);
}

/** The clock of one process: when the process has died, nothing of it happens any more. */
export function processClock(time: VirtualTime, isAlive: () => boolean): Clock {
  const after = (ms: number, act: () => void): (() => void) =>
    time.after(ms, () => {
      if (isAlive()) act();
    });
  return {
    now: () => time.now(),
    after,
    sleep: (ms) => new Promise((resolve) => after(ms, resolve)),
    turn: () => new Promise((resolve) => after(0, resolve)),
  };
}
