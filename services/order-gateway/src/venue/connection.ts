import type { Broker } from '@ballast/brokers';
import type { Logger } from '@ballast/observability';
import type { Inbox } from './inbox.ts';

const SWEEP_RETRY_MS = 1_000;

export type VenueConnection = {
  /**
   * Resolves after the first complete sweep that began with a live stream: only then is nothing
   * missed any more, and only then may commands be taken.
   */
  recovered(): Promise<void>;
  close(): Promise<void>;
};

/**
 * Keeps the private stream and the sweep going. Sweeps never overlap: one that is wanted while
 * another runs follows it. A stream that comes (back) alive wants one at once, since it has no
 * replay.
 */
export function connectVenue(parts: {
  broker: Pick<Broker, 'openStream'>;
  inbox: Inbox;
  sweep: () => Promise<void>;
  everyMs: number;
  log: Logger;
  count: (what: string) => void;
}): VenueConnection {
  const { broker, inbox, log, count } = parts;
  const first = Promise.withResolvers<void>();
  let timer: NodeJS.Timeout | null = null;
  let running: Promise<void> | null = null;
  let wanted = false;
  let live = false;
  let closed = false;

  const failed = (what: string) => (error: unknown) => {
    count(what);
    log.error({ err: error }, `${what} failed`);
  };

  async function sweepOnce(): Promise<void> {
    let pauseMs = parts.everyMs;
    const beganLive = live;
    try {
      await parts.sweep();
      count('sweeps');
      if (beganLive) first.resolve();
    } catch (error) {
      failed('sweep')(error);
      pauseMs = Math.min(SWEEP_RETRY_MS, parts.everyMs);
    }
    running = null;
    if (closed) return;
    if (wanted) sweepSoon();
    else timer = setTimeout(sweepSoon, pauseMs);
  }

  function sweepSoon(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    wanted = running !== null;
    if (running === null) running = sweepOnce();
  }

  const stream = broker.openStream({
    onLive() {
      live = true;
      log.info('private stream is live');
      if (!closed) sweepSoon();
    },
    onDown(reason) {
      live = false;
      count('streamDown');
      if (!closed) log.warn({ reason }, 'private stream is down');
    },
    onReport: (report) => void inbox.report(report).catch(failed('report')),
    onFill: (fill) => void inbox.fill(fill, 'stream').catch(failed('fill')),
    onBadMessage(code, detail) {
      count(code);
      log.warn({ code, detail }, 'message of the venue not understood');
    },
  });

  // Open trades are looked after even while the stream cannot be had.
  sweepSoon();

  return {
    recovered: () => first.promise,
    async close() {
      closed = true;
      if (timer !== null) clearTimeout(timer);
      stream.close();
      await running;
    },
  };
}
