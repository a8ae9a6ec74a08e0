import type { Clock } from '../clock.ts';
import type { Journal } from '../journal/journal.ts';
import type { VenueOddity } from '../journal/work.ts';

/** What comes together is stored together. */
const GATHER_MS = 1_000;
/** Kinds that wait at once; the rest of a flood is counted as one. */
const KINDS_MAX = 200;
const DETAIL_MAX = 300;
const RAW_BYTES_MAX = 4_096;

export type Oddities = {
  /** `raw`: what came, as far as it is at hand. */
  note(code: string, detail: string, raw?: string): void;
  /** From now on what was noted is stored. */
  start(journal: Pick<Journal, 'write'>): void;
  /** Stores what waits. */
  stop(): Promise<void>;
};

/**
 * Whatever the venue sends that nobody can read is kept, counted and shown; the connection goes on.
 */
export function createOddities(venue: string, clock: Pick<Clock, 'now' | 'after'>): Oddities {
  let waiting = new Map<string, VenueOddity>();
  let journal: Pick<Journal, 'write'> | null = null;
  let stopTimer: (() => void) | null = null;

  async function store(): Promise<void> {
    stopTimer?.();
    stopTimer = null;
    if (journal === null || waiting.size === 0) return;
    const rows = [...waiting.values()];
    waiting = new Map();
    // A journal that refuses is ending the process, and has said why.
    await journal.write({ type: 'oddities', rows }).catch(() => undefined);
  }

  return {
    note(code, said, raw) {
      const full = !waiting.has(keyOf(code, said)) && waiting.size >= KINDS_MAX;
      const detail = full ? 'more than can be told apart' : storable(said).slice(0, DETAIL_MAX);
      const key = full ? keyOf(code, detail) : keyOf(code, said);
      const count = (waiting.get(key)?.count ?? 0) + 1;
      const kept = raw === undefined ? null : clipped(raw);
      waiting.set(key, { venue, code, detail, raw: kept, count, at: clock.now() });
      if (journal !== null) stopTimer ??= clock.after(GATHER_MS, () => void store());
    },
    start(to) {
      journal = to;
      void store();
    },
    stop: store,
  };
}

const keyOf = (code: string, detail: string): string => `${code} ${detail}`;

function clipped(raw: string): string {
  const bytes = Buffer.from(storable(raw)).subarray(0, RAW_BYTES_MAX);
  // The last character may have been cut in two.
  return bytes.toString().replace(/\ufffd$/, '');
}

/** Postgres keeps neither NUL nor half characters. */
function storable(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}
