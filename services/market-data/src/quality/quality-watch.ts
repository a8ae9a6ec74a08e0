import type { Bar, DataSource, Instrument } from '@ballast/domain';
import type { FaultNotice, FeedEvent } from '@ballast/feeds';
import type { Logger } from '@ballast/observability';
import { QualityJudge } from './quality-judge.ts';
import { type QualityRecord, RecordBook } from './record-book.ts';
import { createRecordWriter } from './record-writer.ts';

const WRITE_EVERY_MS = 5_000;
/** Of our own failures each so many is told: one would come with every tick. */
const TOLD_EVERY = 1_000;

type QualityWatchOptions = {
  /** May change at any time, which is a new array; followed within a second. */
  readonly instruments: () => readonly Instrument[];
  readonly now: () => number;
  readonly log: Logger;
  /** Stores records; what is stored of a record before is replaced. */
  readonly save: (records: readonly QualityRecord[]) => Promise<void>;
};

/**
 * Holds what the feeds tell against the rules of quality, and stores what broke one. It changes
 * nothing of the data and never throws: it stands beside the way of a tick.
 */
export function createQualityWatch({ instruments, now, log, save }: QualityWatchOptions) {
  const book = new RecordBook({ now, log });
  const judge = new QualityJudge(instruments, book, now);
  const writer = createRecordWriter(book, save, log);
  const failures = { qualityFailures: 0 };
  let underWay: Promise<void> | undefined;

  function guarded(look: () => void): void {
    try {
      look();
    } catch (error) {
      failures.qualityFailures += 1;
      if (failures.qualityFailures % TOLD_EVERY !== 1) return;
      log.error({ code: 'QUALITY_FAILED', err: error, ...failures }, 'data was not judged');
    }
  }

  function flush(): Promise<void> {
    underWay ??= writer.write().finally(() => {
      underWay = undefined;
    });
    return underWay;
  }

  const timer = setInterval(() => void flush(), WRITE_EVERY_MS);
  return {
    /** What one frame of a feed brought. Called for every feed that is heard, on the air or not. */
    onEvents(source: DataSource, events: readonly FeedEvent[]): void {
      guarded(() => judge.onEvents(source, events));
    },
    /** Input that a feed could not use. */
    onFault(source: DataSource, fault: FaultNotice): void {
      guarded(() => judge.onFault(source, fault));
    },
    /** Bars of our own making, as they are stored. */
    onBars(bars: readonly Bar[]): void {
      guarded(() => {
        for (const bar of bars) judge.onEvents(bar.source, [{ kind: 'bar', bar }]);
      });
    },
    /** Stores what is new; resolves when that was tried. */
    flush,
    /** Since the start; breaches by rule. Faults of feeds stand in the feeds' own counts. */
    counts(): Record<string, number> {
      const unknown = { qualityEventsUnknown: judge.unknown() };
      return { ...book.counts(), ...writer.counts, ...failures, ...unknown };
    },
    async stop(): Promise<void> {
      clearInterval(timer);
      await underWay;
      await flush();
    },
  };
}
