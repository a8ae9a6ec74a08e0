import type { AccountView } from '@ballast/dashboard-server/api';
import type { Bar, Quote } from '@ballast/domain';
import { useCallback, useSyncExternalStore } from 'react';
import { liveStore } from './live-store.ts';

/** Past this silence nothing on the page counts as current. */
const STALE_AFTER_MS = 2_200;
const TICK_MS = 250;

export function useQuote(instrument: string): Quote | null {
  return useTopic(`quote:${instrument}`, () => liveStore.quote(instrument));
}

export function useForming(instrument: string): Bar | null {
  return useTopic(`forming:${instrument}`, () => liveStore.forming(instrument));
}

export function useAccount(): AccountView | null {
  return useTopic('account', liveStore.account);
}

/** The server's clock, epoch ms, in steps of a quarter of a second. */
export function useServerNow(): number {
  return useSyncExternalStore(onTick, () => ticker.now);
}

/** Whole seconds without a word from the server once that is too long; null while all is well. */
export function useSilence(): number | null {
  return useSyncExternalStore(onTick, () => ticker.silentSeconds);
}

function useTopic<T>(topic: string, read: () => T): T {
  const subscribe = useCallback(
    (listener: () => void) => liveStore.listen(topic, listener),
    [topic],
  );
  return useSyncExternalStore(subscribe, read);
}

const ticker = {
  now: Date.now(),
  silentSeconds: null as number | null,
  listeners: new Set<() => void>(),
};

setInterval(() => {
  ticker.now = liveStore.serverNow();
  const silence = liveStore.silenceMs();
  const late = silence !== null && silence > STALE_AFTER_MS;
  ticker.silentSeconds = late ? Math.floor(silence / 1_000) : null;
  for (const listener of ticker.listeners) listener();
}, TICK_MS);

function onTick(listener: () => void): () => void {
  ticker.listeners.add(listener);
  return () => ticker.listeners.delete(listener);
}
