import type { UnsentPage } from '@ballast/db';
import type { Logger } from '@ballast/observability';
import type { Clock } from '../clock.ts';
import type { Journal } from '../journal/journal.ts';

/** A receiver that does not answer is asked again after a pause that doubles up to the last. */
const RETRY_FIRST_MS = 1_000;
const RETRY_LAST_MS = 60_000;
/** A page that nobody has taken for so long is history: it stays in the table, unsent. */
const GIVEN_UP_AFTER_MS = 24 * 3_600_000;

export type Pager = { stop(): Promise<void> };
/** Gives one page to its receiver. @throws when it was not taken */
export type SendPage = (page: UnsentPage) => Promise<void>;

/**
 * Gives every page that an incident has stored to the operator's receiver, oldest first, until it
 * is taken. A page may come twice, after a crash between the sending and its record: the receiver
 * knows it by its id.
 */
export function startPager(parts: {
  journal: Pick<Journal, 'write' | 'onCommit' | 'book'>;
  unsent: (from: number) => Promise<readonly UnsentPage[]>;
  send: SendPage;
  clock: Pick<Clock, 'now' | 'after'>;
  log: Logger;
}): Pager {
  const { journal, clock, log } = parts;
  let running: Promise<void> | null = null;
  let stopTimer: (() => void) | null = null;
  let failures = 0;
  let seen = journal.book.incidents;
  let wanted = false;
  let stopped = false;

  async function deliver(): Promise<void> {
    let refused: string | null = null;
    for (const page of await parts.unsent(clock.now() - GIVEN_UP_AFTER_MS)) {
      if (stopped) return;
      const fault = await attempt(page, parts.send);
      await journal.write({ type: 'paged', id: page.id, at: clock.now(), error: fault });
      // One that is not taken must not keep the others back.
      if (fault === null) wanted = true;
      refused = fault ?? refused;
    }
    if (refused !== null) throw new Error(refused);
    failures = 0;
  }

  function run(): void {
    stopTimer = null;
    if (stopped || running !== null) return;
    wanted = false;
    running = deliver()
      .catch((error: unknown) => {
        failures += 1;
        log.error({ err: error, failures }, 'a page was not taken, tried again');
      })
      .finally(() => {
        running = null;
        if (failures > 0) later(Math.min(RETRY_FIRST_MS * 2 ** (failures - 1), RETRY_LAST_MS));
        else if (wanted) later(0);
      });
  }

  function later(ms: number): void {
    if (!stopped) stopTimer ??= clock.after(ms, run);
  }

  journal.onCommit(() => {
    const { incidents } = journal.book;
    if (incidents === seen) return;
    const isNews = [...incidents.keys()].some((id) => !seen.has(id));
    seen = incidents;
    if (!isNews) return;
    wanted = true;
    if (running === null) later(0);
  });
  run();
  return {
    async stop() {
      stopped = true;
      stopTimer?.();
      await running;
    },
  };
}

/** Why the page was not taken; null when it was. */
async function attempt(page: UnsentPage, send: SendPage): Promise<string | null> {
  try {
    await send(page);
    return null;
  } catch (error) {
    return String(error instanceof Error ? error.message : error).slice(0, 500);
  }
}
