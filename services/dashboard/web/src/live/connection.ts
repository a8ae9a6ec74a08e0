import { client } from '../api/trpc.ts';
import { checkSession } from '../session/login-calls.ts';
import { sessionStore } from '../session/session-store.ts';
import { keepShown } from './keep-shown.ts';
import { liveStore } from './live-store.ts';

/** The server speaks at least once a second: after this silence the connection is opened anew. */
const SILENCE_MAX_MS = 4_000;
const CHECK_MS = 500;
const RETRY_MS = 2_000;

/**
 * Keeps one stream open for as long as the page is logged in. It resumes after the last trade event
 * it has seen, so a break costs prices that are old anyway and no event. Returns what stops it.
 */
export function keepConnected(): () => void {
  let lastEventId: string | null = null;
  let openedAt = 0;
  let close: (() => void) | null = null;
  let stopped = false;
  const shown = keepShown(liveStore, (said) => client.live.show.mutate(said));

  function open(): void {
    close?.();
    openedAt = performance.now();
    const subscription = client.live.all.subscribe(
      { lastEventId },
      {
        onData: (envelope) => {
          lastEventId = envelope.id;
          liveStore.take(envelope.data);
          if (envelope.data.topic === 'market') shown.on(envelope.data.stream);
        },
        onError: () => undefined,
      },
    );
    close = () => subscription.unsubscribe();
  }

  async function check(): Promise<void> {
    const now = performance.now();
    const silence = liveStore.silenceMs() ?? Number.POSITIVE_INFINITY;
    if (silence < SILENCE_MAX_MS || now - openedAt < RETRY_MS) return;
    openedAt = now;
    const answer = await checkSession();
    if (stopped) return;
    if (answer === 'out') sessionStore.ended();
    else if (answer === 'in') open();
  }

  open();
  const timer = setInterval(() => void check(), CHECK_MS);
  return () => {
    stopped = true;
    clearInterval(timer);
    shown.stop();
    close?.();
  };
}
