import type { SessionView } from '@ballast/dashboard-server/api';
import { useSyncExternalStore } from 'react';

export type SessionState =
  | { readonly status: 'checking' }
  | { readonly status: 'out'; readonly notice: string | null }
  | { readonly status: 'in'; readonly view: SessionView };

let state: SessionState = { status: 'checking' };
const listeners = new Set<() => void>();

function set(next: SessionState): void {
  state = next;
  for (const listener of listeners) listener();
}

export const sessionStore = {
  get: (): SessionState => state,
  started: (view: SessionView): void => set({ status: 'in', view }),
  /** The server no longer knows us. */
  ended(): void {
    if (state.status === 'in')
      set({ status: 'out', notice: 'Your session has ended. Log in again.' });
  },
  out: (notice: string | null): void => set({ status: 'out', notice }),
};

export function useSessionState(): SessionState {
  return useSyncExternalStore(subscribe, sessionStore.get);
}

/** For what is only drawn while logged in. */
export function useSession(): SessionView {
  const current = useSessionState();
  if (current.status !== 'in') throw new Error('drawn without a session');
  return current.view;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
