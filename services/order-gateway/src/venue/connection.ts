import { type Broker, BrokerError } from '@ballast/brokers';
import type { Logger } from '@ballast/observability';
import type { Clock } from '../clock.ts';
import type { Inbox } from './inbox.ts';
import { scheduleSweeps } from './sweep-schedule.ts';

export type VenueConnection = {
  /**
   * Resolves after the first complete sweep that began with a live stream: only then is nothing
   * missed any more, and only then may commands be taken.
   */
  recovered(): Promise<void>;
  /**
   * Why a new risk would not be looked after at once: a fill may have been missed, or would be seen
   * only by the next sweep. Null when the stream is live and was swept after. Exits never wait.
   */
  behind(): string | null;
  close(): Promise<void>;
};

type ConnectionParts = {
  readonly broker: Pick<Broker, 'openStream'>;
  readonly inbox: Inbox;
  readonly sweep: () => Promise<void>;
  readonly everyMs: number;
  readonly clock: Pick<Clock, 'after'>;
  readonly log: Logger;
  readonly count: (what: string) => void;
  /** Keeps what could not be read. */
  readonly odd?: ((code: string, detail: string, raw?: string) => void) | undefined;
};

/**
 * Keeps the private stream and the sweep going. A stream that comes (back) alive wants a sweep at
 * once, since it has no replay; while it cannot be had, open trades are looked after by sweeps.
 */
export function connectVenue(parts: ConnectionParts): VenueConnection {
  const { broker, inbox, log, count } = parts;
  const first = Promise.withResolvers<void>();
  let live = false;
  let swept = false;
  /** Counts the breaks, so that a sweep from before one is not taken for one after it. */
  let breaks = 0;
  let closed = false;

  const failed = (what: string) => (error: unknown) => {
    count(what);
    log.error({ err: error }, `${what} failed`);
  };
  const said = createSweepLog(log, count);
  const sweep = async (): Promise<void> => {
    const began = live ? breaks : null;
    await parts.sweep();
    count('sweeps');
    said.worked();
    if (began !== breaks) return;
    swept = true;
    first.resolve();
  };
  const schedule = scheduleSweeps(sweep, parts.everyMs, parts.clock, said.failed);

  const stream = broker.openStream({
    onLive() {
      live = true;
      log.info('private stream is live');
      schedule.soon();
    },
    onDown(reason) {
      live = false;
      swept = false;
      breaks += 1;
      count('streamDown');
      if (!closed) log.warn({ reason }, 'private stream is down');
    },
    onReport: (report) => void inbox.report(report).catch(failed('report')),
    onFill: (fill) => void inbox.fill(fill, 'stream').catch(failed('fill')),
    onBadMessage(code, detail, raw) {
      count(code);
      parts.odd?.(code, detail, raw);
      log.warn({ code, detail }, 'message of the venue not understood');
    },
  });
  schedule.soon();

  return {
    recovered: () => first.promise,
    behind() {
      if (!live) return 'the private stream is down';
      return swept ? null : 'the venue has not been swept since the private stream came back';
    },
    async close() {
      closed = true;
      stream.close();
      await schedule.stop();
    },
  };
}

/** A sweep that fails is tried again every second, and said again when its reason changes. */
function createSweepLog(log: Logger, count: (what: string) => void) {
  let last: string | null = null;
  return {
    worked(): void {
      if (last !== null) log.info('the sweep works again');
      last = null;
    },
    failed(error: unknown): void {
      count('sweep');
      const reason = error instanceof BrokerError ? error.code : String(error);
      if (reason === last) return;
      last = reason;
      log.error({ err: error }, 'sweep failed; it is tried again until it works');
    },
  };
}
