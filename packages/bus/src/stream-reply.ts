import { BusError } from './errors.ts';

/** `fields` is null for a pending entry that has been trimmed away: its content is lost. */
export type StreamEntry = {
  readonly stream: string;
  readonly id: string;
  readonly fields: ReadonlyMap<string, string> | null;
};

/**
 * The nested reply of XREAD and XREADGROUP as a flat list in order; null (nothing came) as empty.
 */
export function streamEntries(reply: unknown): StreamEntry[] {
  if (reply === null || reply === undefined) return [];
  return list(reply).flatMap((perStream) => {
    const [stream, entries] = list(perStream);
    if (typeof stream !== 'string') throw malformed();
    return list(entries).map((entry) => toEntry(stream, entry));
  });
}

function toEntry(stream: string, entry: unknown): StreamEntry {
  const [id, flat] = list(entry);
  if (typeof id !== 'string') throw malformed();
  if (flat === null || flat === undefined) return { stream, id, fields: null };
  const values = list(flat);
  const fields = new Map<string, string>();
  for (let index = 0; index + 1 < values.length; index += 2) {
    fields.set(String(values[index]), String(values[index + 1]));
  }
  return { stream, id, fields };
}

function list(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw malformed();
  return value;
}

function malformed(): BusError {
  return new BusError('BUS_REPLY_MALFORMED', 'stream reply not understood');
}
