import type { VenueBalance } from '@ballast/domain';
import type { Logger } from '@ballast/observability';
import {
  type BrakeInput,
  type BrakeReading,
  stepBrake,
  type VenueProgress,
} from '@ballast/order-core';
import type { Clock } from '../clock.ts';
import type { Book } from '../journal/book.ts';
import type { Journal } from '../journal/journal.ts';
import { incidentsOfBrake } from './brake-incidents.ts';
import type { LookTools, VenueCalls } from './look-at-venue.ts';
import { nothingFrozen } from './reconciled.ts';
import { createVenueLooks } from './venue-looks.ts';

/** While something is left, venues are asked this often; once flat, this often whether it stays. */
const LOOK_EVERY_MS = 2_000;
const VERIFY_EVERY_MS = 15_000;

export type BrakeWatch = {
  /** Told by each comparison of ledger and venue. */
  compared(equal: boolean): void;
  /** To be called after a sweep and the balance that was asked for after it. */
  afterSweep(balance: VenueBalance | null): Promise<void>;
  /** The newest look at each venue; empty while the brake does not flatten. */
  progress(): readonly VenueProgress[];
  stop(): Promise<void>;
};

type Parts = Pick<LookTools, 'lots'> & {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Logger;
  readonly coolingMs: number;
};

/**
 * Engages by drawdown, and while the brake is engaged asks every venue again and again until it is
 * proven flat. All that must survive is in the database, so a restart goes on where this ended.
 */
export function createBrakeWatch(venues: readonly VenueCalls[], parts: Parts): BrakeWatch {
  const { journal, clock, coolingMs } = parts;
  const looks = createVenueLooks(venues, { ...parts, now: () => clock.now() });
  const flattens = (): boolean => {
    const { status } = journal.book.brake;
    return status === 'engaging' || status === 'engaged';
  };
  let equal = false;

  /** Nothing is written that would change nothing, and leave nothing to be told. */
  async function tell(input: BrakeInput): Promise<void> {
    const { brake, event } = stepBrake(journal.book.brake, input);
    if (event === null && !isToBeTold(brake, journal.book, input.at)) return;
    await journal.write({ type: 'brake', input });
  }

  const schedule = scheduleLooks(parts, {
    pauseMs() {
      if (!flattens()) {
        looks.forget();
        return null;
      }
      if (!looks.hasLooked()) return 0;
      return journal.book.brake.status === 'engaging' ? LOOK_EVERY_MS : VERIFY_EVERY_MS;
    },
    async look() {
      await looks.look();
      await tell({ type: 'progress', at: clock.now(), venues: looks.progress(), coolingMs });
    },
  });

  return {
    compared(isEqual) {
      equal = isEqual;
    },
    async afterSweep(balance) {
      const reconciled = equal && nothingFrozen(journal.book);
      // One comparison vouches for one snapshot.
      equal = false;
      if (!reconciled || balance === null) return;
      await tell({ type: 'equity', at: clock.now(), equity: balance.equity });
    },
    progress: () => (flattens() ? looks.progress() : []),
    stop: () => schedule.stop(),
  };
}

/** Is there an incident to open or to resolve: the bound has passed, or nobody has told it yet? */
function isToBeTold(brake: BrakeReading, { incidents }: Book, at: number): boolean {
  const { opens, resolves } = incidentsOfBrake(brake, [...incidents.values()], [], at);
  return opens.length + resolves.length > 0;
}

/** Looks again and again, never two at once, and at once after the commit that makes it due. */
function scheduleLooks(
  { journal, clock, log }: Parts,
  task: { pauseMs: () => number | null; look: () => Promise<void> },
): { stop(): Promise<void> } {
  let running: Promise<void> | null = null;
  let stopTimer: (() => void) | null = null;
  let dueAt = Number.POSITIVE_INFINITY;
  let stopped = false;

  /** Sets the next look; one that is due earlier stays. */
  function wake(): void {
    if (stopped || running !== null) return;
    const pauseMs = task.pauseMs();
    const at = pauseMs === null ? Number.POSITIVE_INFINITY : clock.now() + pauseMs;
    if (pauseMs === null || at >= dueAt) return;
    stopTimer?.();
    dueAt = at;
    stopTimer = clock.after(pauseMs, run);
  }

  function run(): void {
    dueAt = Number.POSITIVE_INFINITY;
    stopTimer = null;
    if (stopped || task.pauseMs() === null) return;
    running = task
      .look()
      .catch((error: unknown) => log.error({ err: error }, 'brake: look failed, tried again'))
      .finally(() => {
        running = null;
        wake();
      });
  }

  journal.onCommit(wake);
  wake();
  return {
    async stop() {
      stopped = true;
      stopTimer?.();
      await running;
    },
  };
}
