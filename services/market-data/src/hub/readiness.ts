import type { InstrumentId } from '@ballast/domain';
import type { Logger } from '@ballast/observability';
import type { Pipeline } from './pipeline.ts';

/** Below what the launcher gives a service that it starts for the first time. */
const WITHIN_MS = 20_000;
const LOOK_EVERY_MS = 50;
const NAMED = 10;

type Parts = {
  /** What this process still needs before all that it has to do has begun; null: nothing. */
  readonly lacks: () => string | null;
  /** Whether a quote of it may come to this process. */
  readonly isHeard: (instrument: InstrumentId) => boolean;
  readonly now: () => number;
  readonly log: Logger;
};

/**
 * Waits for a quote of each instrument that is traded now, but not for ever: a venue may be away, a
 * stock may be halted for hours. The feeds go on trying, and their state tells when they are well.
 * @returns what is missing, in words; null when nothing is
 */
export async function untilReady(
  pipeline: Pick<Pipeline, 'withoutQuote' | 'sources'>,
  { lacks, isHeard, now, log }: Parts,
): Promise<string | null> {
  const until = now() + WITHIN_MS;
  const missing = (): InstrumentId[] => pipeline.withoutQuote().filter(isHeard);
  while (lacks() !== null || missing().length > 0) {
    if (now() >= until) {
      const problem = described(missing(), lacks(), pipeline.sources());
      log.error({ code: 'NOT_READY' }, problem);
      return problem;
    }
    await new Promise((resolve) => {
      setTimeout(resolve, LOOK_EVERY_MS);
    });
  }
  return null;
}

function described(
  missing: readonly InstrumentId[],
  lacks: string | null,
  sources: ReturnType<Pipeline['sources']>,
): string {
  const others = missing.length - NAMED;
  const names = missing.slice(0, NAMED).join(', ') + (others > 0 ? ` and ${others} more` : '');
  const feeds = [...sources].map(
    ([source, { state, reason }]) => `${source} is ${state} (${reason})`,
  );
  return [
    ...(lacks === null ? [] : [lacks]),
    ...(missing.length === 0 ? [] : [`no quote yet for ${names}`]),
    ...feeds,
  ].join('; ');
}
