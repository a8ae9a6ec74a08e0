import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Logger } from '@ballast/observability';
import type { VenueEvent } from '@ballast/sim-core';
import { z } from 'zod';

/** One change of the account: the events of one step, and the counter that ids come from. */
export type JournalRecord = { readonly sequence: number; readonly events: readonly VenueEvent[] };

/** Append-only file of all that the venue has acknowledged; null directory: memory only. */
export type Journal = {
  readonly restored: readonly JournalRecord[];
  /** Returns when the change is with the operating system: a killed process does not lose it. */
  append(record: JournalRecord): void;
  close(): void;
};

/** Executions kept at start; older ones are dropped from the file. */
const EXECUTIONS_KEPT = 20_000;
const FILE = 'account.jsonl';
const BIGINT = /^n:-?\d+$/;

const part = <T extends VenueEvent['kind']>(kind: T, key: string) =>
  z.custom<Extract<VenueEvent, { kind: T }>>(
    (value) =>
      z.looseObject({ kind: z.literal(kind), [key]: z.unknown() }).safeParse(value).success,
  );

const journalRecord = z.object({
  sequence: z.int(),
  events: z.array(
    z.union([
      part('order', 'order'),
      part('execution', 'execution'),
      part('position', 'position'),
      part('wallet', 'currency'),
    ]),
  ),
});

/** @throws Error JOURNAL_CORRUPT with the line when a line other than the last is broken. */
export function openJournal(directory: string | undefined, log: Pick<Logger, 'warn'>): Journal {
  if (directory === undefined) {
    return { restored: [], append: () => undefined, close: () => undefined };
  }
  mkdirSync(directory, { recursive: true });
  const path = join(directory, FILE);
  const restored = compact(existsSync(path) ? readRecords(path, log) : []);
  writeAtomically(path, restored.map((record) => `${encode(record)}\n`).join(''));
  const file = openSync(path, 'a');
  return {
    restored,
    append(record) {
      // `writeSync` may write a part and say so by its count alone, as on a disk that gets full.
      writeFileSync(file, `${encode(record)}\n`);
    },
    close: () => closeSync(file),
  };
}

/** A half-written last line was never acknowledged, since the ack comes after the write. */
function readRecords(path: string, log: Pick<Logger, 'warn'>): JournalRecord[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  const torn = lines.pop();
  const records = lines.map((line, index) => {
    try {
      return decode(line);
    } catch (error) {
      throw new Error(`JOURNAL_CORRUPT: ${path} line ${index + 1}`, { cause: error });
    }
  });
  if (torn !== undefined && torn !== '') log.warn({ path }, 'torn last line dropped');
  return records;
}

/** The last state of each order, position and currency, and the executions. */
function compact(records: readonly JournalRecord[]): JournalRecord[] {
  const latest = new Map<string, VenueEvent>();
  const executions: VenueEvent[] = [];
  for (const event of records.flatMap((record) => record.events)) {
    if (event.kind === 'execution') executions.push(event);
    else latest.set(keyOf(event), event);
  }
  const last = records.at(-1);
  if (last === undefined) return [];
  const events = [...executions.slice(-EXECUTIONS_KEPT), ...latest.values()];
  return [{ sequence: last.sequence, events }];
}

function keyOf(event: Exclude<VenueEvent, { kind: 'execution' }>): string {
  if (event.kind === 'order') return `order ${event.order.id}`;
  if (event.kind === 'position') return `position ${event.position.instrument}`;
  return `wallet ${event.currency}`;
}

function encode(record: JournalRecord): string {
  return JSON.stringify(record, (_key, value: unknown) =>
    typeof value === 'bigint' ? `n:${value}` : value,
  );
}

function decode(line: string): JournalRecord {
  const parsed: unknown = JSON.parse(line, (_key, value: unknown) =>
    typeof value === 'string' && BIGINT.test(value) ? BigInt(value.slice(2)) : value,
  );
  return journalRecord.parse(parsed);
}

/** The file is the old one or the new one, whole, whatever happens in between. */
export function writeAtomically(path: string, text: string): void {
  const fresh = `${path}.new`;
  writeFileSync(fresh, text);
  const file = openSync(fresh, 'r');
  fsyncSync(file);
  closeSync(file);
  renameSync(fresh, path);
}
