import type { Failing, Logger } from '@ballast/observability';
import type { Clock } from '../clock.ts';
import type { Pager, SendPage } from './pager.ts';

const LOOK_EVERY_MS = 1_000;
/** A Postgres that starts again is back by then: that wakes nobody. */
const PAGE_AFTER_MS = 15_000;
/** A receiver that does not answer is asked again after a pause that doubles up to the last. */
const RETRY_LAST_MS = 60_000;

/**
 * Pages once for each outage that what happens cannot be stored. No incident can be stored then
 * either, so this page has no row: it is given up when the outage is over.
 */
export function pageFailing(parts: {
  failing: () => Failing | null;
  send: SendPage;
  clock: Pick<Clock, 'now' | 'after'>;
  log: Logger;
}): Pager {
  const { clock, log } = parts;
  /** The outage whose page was taken, by its begin. */
  let pagedSince: number | null = null;
  let refusals = 0;
  let running = Promise.resolve();
  let stopTimer: () => void = () => undefined;
  let stopped = false;

  async function look(): Promise<void> {
    const failing = parts.failing();
    if (failing === null) refusals = 0;
    else if (failing.since !== pagedSince && clock.now() - failing.since >= PAGE_AFTER_MS) {
      await page(failing);
    }
    later(Math.min(LOOK_EVERY_MS * 2 ** refusals, RETRY_LAST_MS));
  }

  async function page({ code, cannot, advice, since }: Failing): Promise<void> {
    const id = `${code}-${since}`;
    const detail = `since ${new Date(since).toISOString()} the gateway cannot ${cannot}. ${advice}`;
    const whole = { instrument: null, tradeId: null, resolvedAt: null };
    const incident = { ...whole, incidentId: id, kind: code, detail, openedAt: since };
    try {
      await parts.send({ id, attempts: refusals, ...incident });
      pagedSince = since;
      refusals = 0;
    } catch (error) {
      refusals += 1;
      log.error({ err: error, refusals }, 'the page of an outage was not taken, tried again');
    }
  }

  function later(ms: number): void {
    if (stopped) return;
    stopTimer = clock.after(ms, () => {
      running = look();
    });
  }

  later(LOOK_EVERY_MS);
  return {
    async stop() {
      stopped = true;
      stopTimer();
      await running;
    },
  };
}
