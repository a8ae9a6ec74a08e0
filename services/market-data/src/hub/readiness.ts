import type { Logger } from '@ballast/observability';
import type { Pipeline } from './pipeline.ts';

const FIRST_QUOTES_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 50;

/**
 * Waits for a quote of each instrument that is traded now. Some may have none for hours, a halted
 * stock for one: those are told, and keep the others from nobody.
 * @throws Error when no instrument at all has had one
 */
export async function firstQuotes(
  pipeline: Pick<Pipeline, 'withoutQuote' | 'sources' | 'counts'>,
  { now, log }: { readonly now: () => number; readonly log: Logger },
): Promise<void> {
  const until = now() + FIRST_QUOTES_WITHIN_MS;
  while (pipeline.withoutQuote().length > 0) {
    if (now() >= until) {
      const missing = pipeline.withoutQuote().join(', ');
      const feeds = [...pipeline.sources()].map(
        ([source, { state, reason }]) => `${source} is ${state} (${reason})`,
      );
      const message = `no quote yet for ${missing}; ${feeds.join(', ')}`;
      if ((pipeline.counts()['quotes'] ?? 0) === 0) throw new Error(message);
      log.error({ code: 'INSTRUMENTS_WITHOUT_QUOTE' }, message);
      return;
    }
    await new Promise((resolve) => {
      setTimeout(resolve, LOOK_EVERY_MS);
    });
  }
}
