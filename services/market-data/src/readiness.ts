import type { Pipeline } from './pipeline.ts';

const FIRST_QUOTES_WITHIN_MS = 30_000;

/** Waits for a quote of each instrument. @throws Error naming those that had none */
export async function firstQuotes(pipeline: Pipeline): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const { state, reason } = pipeline.feed();
    const missing = pipeline.withoutQuote().join(', ');
    reject(new Error(`no quote yet for ${missing}; the feed is ${state} (${reason})`));
  }, FIRST_QUOTES_WITHIN_MS);
  try {
    await Promise.race([pipeline.allQuoted(), promise]);
  } finally {
    clearTimeout(timer);
  }
}
