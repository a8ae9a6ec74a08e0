import { setTimeout as delay } from 'node:timers/promises';

/**
 * Looks at once and then again and again, with a pause after each look.
 * @param onError what a failed look means; the next one comes all the same
 */
export function lookRegularly(
  everyMs: number,
  look: () => Promise<unknown>,
  onError: (error: unknown) => void,
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const { signal } = stopping;
  const looking = async (): Promise<void> => {
    while (!signal.aborted) {
      try {
        await look();
      } catch (error) {
        onError(error);
      }
      await delay(everyMs, undefined, { signal }).catch(() => undefined);
    }
  };
  const done = looking();
  return {
    async stop() {
      stopping.abort();
      await done;
    },
  };
}
