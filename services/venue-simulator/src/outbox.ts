import type { PushFate } from '@ballast/sim-core';

/** Messages held back by faults. */
const HELD_MAX = 1_000;

/** What of a fate is about when a message leaves, and how often. */
type Delivery = Pick<PushFate, 'copies' | 'delayMs' | 'afterNext' | 'thenBreak'>;

export type Outbox<T> = {
  push(message: T, fate: Delivery): void;
  close(): void;
};

/** Sends messages as their fates have it: dropped, doubled, late, or after the next one. */
export function createOutbox<T>(
  send: (message: T) => void,
  breakConnections: () => void,
): Outbox<T> {
  const timers = new Set<NodeJS.Timeout>();
  const held: { readonly message: T; readonly fate: Delivery }[] = [];
  const leave = (message: T, fate: Delivery): void => {
    for (let copy = 0; copy < fate.copies; copy += 1) send(message);
    if (fate.thenBreak) breakConnections();
  };
  const release = (message: T, fate: Delivery): void => {
    leave(message, fate);
    for (const late of held.splice(0)) leave(late.message, late.fate);
  };
  return {
    push(message, fate) {
      if (fate.afterNext && held.length < HELD_MAX) {
        held.push({ message, fate });
        return;
      }
      if (fate.delayMs === 0) return release(message, fate);
      const timer = setTimeout(() => {
        timers.delete(timer);
        release(message, fate);
      }, fate.delayMs);
      timers.add(timer);
    },
    close() {
      for (const timer of timers) clearTimeout(timer);
      held.length = 0;
    },
  };
}
