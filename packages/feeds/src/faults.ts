import type { InstrumentId } from '@ballast/domain';
import type { Logger } from '@ballast/observability';

/**
 * Why a piece of input was not used, or a connection given up. Stable: counted, logged and shown.
 */
const FEED_FAULTS = [
  'FEED_FRAME_MALFORMED',
  'FEED_FRAME_TOO_LARGE',
  'FEED_TOPIC_UNKNOWN',
  'FEED_SYMBOL_UNKNOWN',
  'FEED_PRICE_INVALID',
  'FEED_OFF_TICK',
  'FEED_QUANTITY_INVALID',
  'FEED_TIME_INVALID',
  'FEED_FIELD_INVALID',
  'FEED_DELTA_WITHOUT_SNAPSHOT',
  'FEED_SNAPSHOT_MISSING',
  'FEED_SUBSCRIBE_REFUSED',
  'FEED_SUBSCRIBE_UNANSWERED',
  'FEED_PONG_MISSING',
  'FEED_DATA_STALE',
  'FEED_CONNECTION_LOST',
  'FEED_LOGIN_REFUSED',
  'FEED_ACCESS_REFUSED',
  'FEED_RATE_LIMITED',
  'FEED_SOURCE_ERROR',
  'FEED_SEQUENCE_GAP',
  'FEED_SEQUENCE_REPEATED',
  'FEED_BOOK_CROSSED',
  'FEED_BOOK_TOO_DEEP',
  'FEED_SYMBOL_LIMIT',
  'FEED_CONNECTION_LIMIT',
  'FEED_NOT_ENTITLED',
  'FEED_CLIENT_SLOW',
  'FEED_SESSION_TAKEN',
  'FEED_SOURCE_AWAY',
] as const;
export type FeedFault = (typeof FEED_FAULTS)[number];
export type FaultCounts = Partial<Record<FeedFault, number>>;

const LOG_EVERY_MS = 5_000;
const SAMPLE_LENGTH_MAX = 120;

/** Any JSON value as a sample. Nothing that a frame holds makes this throw. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value) ?? 'undefined';
  } catch {
    // Parsing takes any depth, writing does not; a bigint cannot be written at all.
    return `a ${typeof value} that has no JSON`;
  }
}

/** `instrument`: whose input it was, where that is known. */
export type FaultSink = (code: FeedFault, sample: string, instrument?: InstrumentId) => void;

/** One piece of input that was not used, or a connection given up. */
export type FaultNotice = {
  readonly code: FeedFault;
  /** Of what came, cut short; can be stored as text. */
  readonly sample: string;
  /** Null: of the whole feed, or not known. */
  readonly instrument: InstrumentId | null;
};

/**
 * Counts and tells every fault; logs each code at most once in five seconds,
 * with a sample and the count so far.
 */
export function createFaultSink(
  counts: FaultCounts,
  log: Logger,
  now: () => number = Date.now,
  tell?: (fault: FaultNotice) => void,
): FaultSink {
  const loggedAt = new Map<FeedFault, number>();
  return (code, whole, instrument) => {
    const count = (counts[code] ?? 0) + 1;
    counts[code] = count;
    const sample = storable(whole.slice(0, SAMPLE_LENGTH_MAX));
    tell?.({ code, sample, instrument: instrument ?? null });
    const at = now();
    if (at - (loggedAt.get(code) ?? Number.NEGATIVE_INFINITY) < LOG_EVERY_MS) return;
    loggedAt.set(code, at);
    log.warn({ code, count, sample }, 'feed input not used');
  };
}

/** Postgres takes no NUL and no half of a character. */
function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\u{FFFD}');
}

/** A source that cannot be used as asked; `code` is stable. */
export class FeedError extends Error {
  readonly code: string;

  constructor(code: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'FeedError';
    this.code = code;
  }
}

/** What a venue says that may be asked again; all else that it says is its last word. */
const PASSING: ReadonlySet<string> = new Set([
  'HISTORY_UNREACHABLE',
  'HISTORY_RATE_LIMITED',
  'RATE_BUDGET_FULL',
]);

export const isPassing = ({ code }: FeedError): boolean => PASSING.has(code);
