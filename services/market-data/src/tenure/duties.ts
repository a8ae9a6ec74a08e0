import { setTimeout as delay } from 'node:timers/promises';
import { type Bus, putState } from '@ballast/bus';
import { listingStateName, MISSING_BARS_STATE } from '@ballast/domain';
import type { Logger } from '@ballast/observability';
import type { MarketDataConfig } from '../config.ts';
import { type createMissingGauges, startMissingAlert } from '../coverage/missing-alert.ts';
import type { Hub } from '../hub/hub.ts';
import { startMicrostructure } from '../microstructure/microstructure-watch.ts';
import type { TakerVolume } from '../microstructure/taker-volume.ts';
import { startRetention } from '../retention/retention-watch.ts';
import type { Source } from '../sources/source.ts';
import { askBeforeAdding } from '../universe/ask-before-adding.ts';
import { ensureUniverse } from '../universe/first-universe.ts';
import { startListingWatch } from '../universe/listing-watch.ts';
import type { Universe } from '../universe/open-universe.ts';
import { universeHandlers } from '../universe/universe-handlers.ts';
import type { Tenure } from './tenure.ts';
import { untilListed } from './until-listed.ts';
import { startWork } from './work.ts';

export type DutyParts = {
  readonly config: MarketDataConfig;
  readonly bus: Bus;
  readonly hub: Hub;
  readonly universe: Universe;
  readonly sources: readonly Source[];
  readonly taker: TakerVolume;
  readonly gauges: ReturnType<typeof createMissingGauges>;
  /** What cannot go on: the process must end. */
  readonly fail: (error: Error) => void;
  /** Told what the start waits for, and null when it waits no more. */
  readonly onLacking: (what: string | null) => void;
  readonly now: () => number;
  readonly log: Logger;
};

/**
 * What else the active process alone does, beside letting data out: it keeps the universe, carries
 * out commands and jobs, and writes what it notices. @throws InvalidInput for a configuration that
 * names what no venue lists
 */
export async function startDuties(tenure: Tenure, parts: DutyParts): Promise<void> {
  const { config, bus, universe, sources, onLacking, now, log } = parts;
  const { db } = tenure;
  const listed = sources.flatMap(({ name, listing, ask }) =>
    listing === null ? [] : [{ venue: name, fetch: listing, ask }],
  );
  const listings = startListingWatch({
    ...{ db, now, log, listings: listed },
    publish: (listing) => putState(bus, listingStateName(listing.venue), listing),
    stored: () => universe.reload(),
  });
  tenure.add(
    () => listings.stop(),
    () => listings.counts,
  );
  await untilListed(
    tenure,
    () => ensureUniverse({ db, choice: config.BALLAST_INSTRUMENTS, watch: listings, now, log }),
    { log, onLacking },
  );
  await universe.reload();
  const late = delay(HISTORY_WITHIN_MS, undefined, { ref: false });
  await Promise.race([tenure.fetchHistory(), late]);
  startWatches(tenure, parts);
  await startWork(tenure, parts, {
    handlers: universeHandlers({
      book: listings.book,
      withoutSource: (added) => parts.hub.withoutSource(added),
    }),
    prepare: askBeforeAdding(listed, listings.book),
  });
  const kept = config.BALLAST_BARS_KEPT ?? new Map();
  const microstructureMonths = config.BALLAST_MICROSTRUCTURE_KEPT ?? null;
  const { BALLAST_QUALITY_KEPT: qualityMonths } = config;
  const retention = startRetention({ db, kept, microstructureMonths, qualityMonths, now, log });
  tenure.add(
    () => retention.stop(),
    () => retention.counts,
  );
}

/** A venue that is away is asked for the bars of each new instrument: the rest does not wait. */
const HISTORY_WITHIN_MS = 10_000;

/** Gaps that ended before this long ago are nobody's alarm. */
const ALERT_REACH_MS = 30 * 86_400_000;

function startWatches(
  tenure: Tenure,
  { bus, hub, sources, taker, gauges, now, log }: DutyParts,
): void {
  const { db } = tenure;
  const instruments = () => hub.instruments;
  const missing = startMissingAlert({
    ...{ db, instruments, gauges, now, log, reachMs: ALERT_REACH_MS },
    tell: (said) => putState(bus, MISSING_BARS_STATE, said),
  });
  tenure.add(
    () => missing.stop(),
    () => missing.counts,
  );
  for (const { microstructure: listings } of sources) {
    if (listings === null) continue;
    const watch = startMicrostructure({ db, instruments, taker, listings, now, log });
    tenure.add(
      () => watch.stop(),
      () => watch.counts,
    );
  }
}
