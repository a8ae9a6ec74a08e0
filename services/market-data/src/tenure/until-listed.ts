import { setTimeout as delay } from 'node:timers/promises';
import { InvalidInput } from '@ballast/domain';
import type { Logger } from '@ballast/observability';
import type { Tenure } from './tenure.ts';

const ASK_AGAIN_MS = 5_000;

/**
 * A first start while a venue is away: without its listing nobody knows what to stream, and to
 * start again would change nothing. Asks until all that is needed is told, or the tenure ends.
 * @throws what `ensure` throws else; AbortError when the tenure has ended
 */
export async function untilListed(
  tenure: Pick<Tenure, 'add'>,
  ensure: () => Promise<void>,
  options: {
    readonly log: Logger;
    /** Told what is missing, and null once it is there. */
    readonly onLacking: (what: string | null) => void;
    readonly againMs?: number;
  },
): Promise<void> {
  const { log, onLacking, againMs = ASK_AGAIN_MS } = options;
  const ended = new AbortController();
  tenure.add(async () => ended.abort());
  for (;;) {
    try {
      await ensure();
      return onLacking(null);
    } catch (error) {
      if (!(error instanceof InvalidInput) || error.code !== 'LISTING_UNKNOWN') throw error;
      onLacking(error.message);
      const again = `nothing is streamed; asked again in ${againMs} ms`;
      log.error({ code: error.code }, `${error.message}: ${again}`);
    }
    await delay(againMs, undefined, { signal: ended.signal });
  }
}
