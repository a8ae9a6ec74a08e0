import type { Database } from '@ballast/db';
import type { Instrument } from '@ballast/domain';
import { ownRoutes, type PolledMicrostructure } from '@ballast/feeds';
import type { Logger } from '@ballast/observability';
import { takeTurns, type Turns } from '../turns.ts';
import { createMicrostructurePoll, type PollCounts } from './microstructure-poll.ts';
import { createTakerStore, type TakerStoreCounts } from './taker-store.ts';
import type { TakerVolume } from './taker-volume.ts';

const EVERY_MS = 1_000;
const DAY_MS = 86_400_000;
/** So far back points are asked for of the time before the first look. */
const HISTORY_MS = 30 * DAY_MS;

export type MicrostructureCounts = PollCounts &
  TakerStoreCounts &
  TakerVolume['counts'] & { failedMicrostructurePolls: number };

/**
 * Keeps what the venue of `listings` publishes beside prices while the process is the active one.
 * @param taker is fed in the standby too; it holds what the last intervals before a takeover were
 */
export function startMicrostructure(options: {
  db: Database;
  instruments: () => readonly Instrument[];
  listings: PolledMicrostructure;
  taker: TakerVolume;
  now: () => number;
  log: Logger;
}): { readonly counts: MicrostructureCounts; stop(): Promise<void> } {
  const { db, listings, taker, now, log } = options;
  const own = (): Instrument[] => options.instruments().filter(({ id }) => listings.covers(id));
  const routes = () => ownRoutes(own());
  const kept = { db, now, log };
  const polling = createMicrostructurePoll({ ...kept, routes, listings, historyMs: HISTORY_MS });
  const ids = () => own().map(({ id }) => id);
  const takers = createTakerStore({ ...kept, taker, instruments: ids });
  let failedMicrostructurePolls = 0;

  /** A question to the venue does not hold up what only has to be stored: each has its turns. */
  function begin(work: () => Promise<void>): Turns {
    const turns = takeTurns(async () => {
      try {
        await work();
      } catch (error) {
        failedMicrostructurePolls += 1;
        log.warn({ err: error }, 'microstructure was not looked at');
      }
    }, EVERY_MS);
    void turns.now();
    return turns;
  }

  const loops = [begin(polling.poll), begin(takers.store)];
  return {
    get counts() {
      const told = { ...polling.counts, ...takers.counts, ...taker.counts };
      return { ...told, failedMicrostructurePolls };
    },
    async stop() {
      polling.stop();
      await Promise.all(loops.map((loop) => loop.stop()));
    },
  };
}
