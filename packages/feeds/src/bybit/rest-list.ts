import { FeedError } from '../faults.ts';

/** Epoch ms as these listings write it; `Number` would read '' and null as 1970. */
const EPOCH_MS = /^[1-9]\d{0,14}$/;
/** The venue's return codes that say more than "no". */
const CODES: Readonly<Record<number, string>> = {
  10_001: 'HISTORY_SYMBOL_UNKNOWN',
  10_006: 'HISTORY_RATE_LIMITED',
  10_018: 'HISTORY_RATE_LIMITED',
  10_000: 'HISTORY_UNREACHABLE',
  10_016: 'HISTORY_UNREACHABLE',
};

/**
 * The list in a v5 answer.
 * @param invalid code for an answer that cannot be read
 * @throws FeedError what the venue's return code means, or `invalid`
 */
export function readList(text: string, label: string, invalid: string): readonly unknown[] {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new FeedError(invalid, `${label}: answer is no JSON`);
  }
  const code = field(body, 'retCode');
  if (code !== 0) {
    const known = typeof code === 'number' ? CODES[code] : undefined;
    const said = field(body, 'retMsg');
    const message = typeof said === 'string' ? said.slice(0, 120) : 'no message';
    throw new FeedError(known ?? 'HISTORY_REFUSED', `${label}: ${message}`);
  }
  const rows = field(field(body, 'result'), 'list');
  if (Array.isArray(rows)) return rows;
  throw new FeedError(invalid, `${label}: answer has no list`);
}

/** Epoch ms of a listing; null for what is none. */
export function readTime(value: unknown): number | null {
  return typeof value === 'string' && EPOCH_MS.test(value) ? Number(value) : null;
}

export function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
