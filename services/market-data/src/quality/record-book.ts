import type { Logger } from '@ballast/observability';
import { QUALITY_RULES } from './quality-rules.ts';

/** What one rule found in the data of one instrument and source within one window. Epoch ms. */
export type QualityRecord = {
  readonly rule: string;
  /** `FEED_WIDE` for what is not of one instrument. */
  readonly instrument: string;
  readonly source: string;
  readonly fromTime: number;
  readonly toTime: number;
  readonly count: number;
  /** The first example, as it came. */
  readonly evidence: unknown;
  readonly foundAt: number;
};

export const FEED_WIDE = '*';
/** From the first breach on; the next one after it begins a new record. */
export const WINDOW_MS = 300_000;
/** Records of one window. A feed gone mad breaks many rules for each of 600 instruments. */
const OPEN_MAX = 2_000;
/** Records that wait while the database is away, beside those of the window. */
const ENDED_MAX = 10_000;
const FULL_FOR_MS = 1_000;
const WARN_EVERY_MS = 5_000;

type Kept = {
  readonly record: { -readonly [K in keyof QualityRecord]: QualityRecord[K] };
  savedCount: number;
};

export type Breach = {
  readonly rule: string;
  readonly instrument: string;
  readonly source: string;
  readonly at: number;
  readonly evidence: unknown;
  readonly count?: number;
};

/** Gathers breaches into records: one for each rule, instrument, source and window. */
export class RecordBook {
  readonly #now: () => number;
  readonly #log: Logger;
  readonly #open = new Map<string, Kept>();
  #ended: Kept[] = [];
  #fullUntil = 0;
  #toldUntil = 0;
  readonly #warnedAt = new Map<string, number>();
  readonly #counts = { qualityBreaches: 0, qualityBreachesDropped: 0, qualityRecordsDropped: 0 };
  readonly #byRule = new Map<string, number>(QUALITY_RULES.map((rule) => [rule, 0]));

  constructor({ now, log }: { now: () => number; log: Logger }) {
    this.#now = now;
    this.#log = log;
  }

  note(breach: Breach): void {
    const { rule, instrument, source, at, count = 1 } = breach;
    this.#count(rule, count);
    const foundAt = this.#now();
    const key = `${rule} ${source} ${instrument}`;
    const known = this.#open.get(key);
    if (known !== undefined) {
      const { record } = known;
      if (foundAt < record.foundAt + WINDOW_MS) {
        record.count += count;
        record.fromTime = Math.min(record.fromTime, at);
        record.toTime = Math.max(record.toTime, at);
        return;
      }
      this.#end(key, known);
    }
    if (this.#isFull(foundAt)) {
      this.#counts.qualityBreachesDropped += count;
      this.#tell('QUALITY_BREACHES_DROPPED', foundAt);
      return;
    }
    const times = { fromTime: at, toTime: at, foundAt };
    const { evidence } = breach;
    const record = { rule, instrument, source, ...times, count, evidence };
    this.#open.set(key, { record, savedCount: 0 });
    this.#warn(breach, foundAt);
  }

  /** Breaches since the start, of each rule too; the feeds count their faults themselves. */
  counts(): Record<string, number> {
    return { ...this.#counts, ...Object.fromEntries(this.#byRule) };
  }

  /** The oldest records that are not stored as they are now. */
  changed(limit: number): QualityRecord[] {
    this.#endOld(this.#now());
    const fresh = [...this.#open.values()].filter(isChanged);
    return [...this.#ended, ...fresh].slice(0, limit).map(({ record }) => ({ ...record }));
  }

  /** What `changed` gave is stored, or never will be. */
  settle(records: readonly QualityRecord[]): void {
    const stored = new Map(records.map((record) => [nameOf(record), record.count]));
    this.#ended = this.#ended.filter(({ record }) => stored.get(nameOf(record)) !== record.count);
    for (const kept of this.#open.values()) {
      kept.savedCount = stored.get(nameOf(kept.record)) ?? kept.savedCount;
    }
  }

  #count(rule: string, count: number): void {
    this.#counts.qualityBreaches += count;
    const before = this.#byRule.get(rule);
    if (before !== undefined) this.#byRule.set(rule, before + count);
  }

  #isFull(at: number): boolean {
    if (this.#open.size < OPEN_MAX) return false;
    // A look at all of them is too dear for each breach of a flood.
    if (at >= this.#fullUntil) {
      this.#fullUntil = at + FULL_FOR_MS;
      this.#endOld(at);
    }
    return this.#open.size >= OPEN_MAX;
  }

  #end(key: string, kept: Kept): void {
    this.#open.delete(key);
    if (isChanged(kept)) this.#ended.push(kept);
    const surplus = this.#ended.length - ENDED_MAX;
    if (surplus <= 0) return;
    this.#ended.splice(0, surplus);
    this.#counts.qualityRecordsDropped += surplus;
    this.#tell('QUALITY_RECORDS_DROPPED', this.#now());
  }

  #endOld(at: number): void {
    for (const [key, kept] of this.#open) {
      if (at >= kept.record.foundAt + WINDOW_MS) this.#end(key, kept);
    }
  }

  /** Each rule once in five seconds: the records name every instrument. */
  #warn({ rule: code, ...what }: Breach, at: number): void {
    if (at - (this.#warnedAt.get(code) ?? Number.NEGATIVE_INFINITY) < WARN_EVERY_MS) return;
    this.#warnedAt.set(code, at);
    this.#log.warn({ code, ...what }, 'market data broke a rule');
  }

  /** Once in a window: it is said while things are worst. */
  #tell(code: string, at: number): void {
    if (at < this.#toldUntil) return;
    this.#toldUntil = at + WINDOW_MS;
    this.#log.error({ code, ...this.#counts }, 'more is wrong with the data than is kept');
  }
}

const isChanged = ({ record, savedCount }: Kept): boolean => savedCount !== record.count;

const nameOf = ({ rule, source, instrument, foundAt }: QualityRecord): string =>
  `${rule} ${source} ${instrument} ${foundAt}`;
