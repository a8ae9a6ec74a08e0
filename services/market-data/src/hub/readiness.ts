import type { Pipeline } from './pipeline.ts';

const FIRST_QUOTES_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 50;

/**
 * Waits for a quote of each instrument that is traded now.
 * @throws Error naming those that had none
 */
export async function firstQuotes(pipeline: Pipeline, now: () => number): Promise<void> {
  const until = now() + FIRST_QUOTES_WITHIN_MS;
  while (pipeline.withoutQuote().length > 0) {
    if (now() >= until) {
      const missing = pipeline.withoutQuote().join(', ');
      const feeds = [...pipeline.sources()].map(
        ([source, { state, reason }]) => `${source} is ${state} (${reason})`,
      );
      throw new Error(`no quote yet for ${missing}; ${feeds.join(', ')}`);
    }
    await new Promise((resolve) => {
      setTimeout(resolve, LOOK_EVERY_MS);
    });
  }
}
