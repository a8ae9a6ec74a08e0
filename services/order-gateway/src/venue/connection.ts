import type { Broker } from '@ballast/brokers';
import type { Logger } from '@ballast/observability';
import type { Inbox } from './inbox.ts';
import { scheduleSweeps } from './sweep-schedule.ts';

export type VenueConnection = {
  /**
   * Resolves after the first complete sweep that began with a live stream: only then is nothing
   * missed any more, and only then may commands be taken.
   */
  recovered(): Promise<void>;
  close(): Promise<void>;
};

/**
 * Keeps the private stream and the sweep going. A stream that comes (back) alive wants a sweep at
 * once, since it has no replay; while it cannot be had, open trades are looked after by sweeps.
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
  let live = false;
  let closed = false;

  const failed = (what: string) => (error: unknown) => {
    count(what);
    log.error({ err: error }, `${what} failed`);
  };
  const sweep = async (): Promise<void> => {
    const beganLive = live;
    await parts.sweep();
    count('sweeps');
    if (beganLive) first.resolve();
  };
  const schedule = scheduleSweeps(sweep, parts.everyMs, failed('sweep'));

  const stream = broker.openStream({
    onLive() {
      live = true;
      log.info('private stream is live');
      schedule.soon();
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
  schedule.soon();

  return {
    recovered: () => first.promise,
    async close() {
      closed = true;
      stream.close();
      await schedule.stop();
    },
  };
}
