import { FeedError } from './faults.ts';
import type { RateBudget } from './token-bucket.ts';

const REQUEST_TIMEOUT_MS = 15_000;
const ANSWER_BYTES_MAX = 32 * 1024 * 1024;

export type HistoryRequest = {
  readonly url: URL;
  /** May hold keys: they reach no error and no log. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly budget: RateBudget;
  /** What errors call the request. */
  readonly label: string;
};

/**
 * One GET, once, within the budget: the text of its answer.
 * @throws FeedError HISTORY_UNREACHABLE, HISTORY_RATE_LIMITED, HISTORY_LOGIN_REFUSED,
 * HISTORY_SYMBOL_UNKNOWN or HISTORY_REFUSED, and what the budget throws
 */
export async function getText(request: HistoryRequest): Promise<string> {
  const { url, headers = {}, budget, label } = request;
  await budget.take(1);
  const signal = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, { headers, signal, redirect: 'error' });
    text = await readText(response, label);
  } catch (error) {
    if (error instanceof FeedError) throw error;
    throw new FeedError('HISTORY_UNREACHABLE', `${label}: ${nameOf(error)}`);
  }
  if (response.ok) return text;
  // Told no keys, a venue can only mean the address: ByBit bans one for ten minutes that asks too
  // often, and all that asks from it is counted.
  const isBan = response.status === 403 && Object.keys(headers).length === 0;
  const code = isBan ? 'HISTORY_RATE_LIMITED' : codeOf(response.status);
  throw new FeedError(code, `${label}: HTTP ${response.status}`);
}

async function readText(response: Response, label: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const body: AsyncIterable<Uint8Array> | null = response.body;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > ANSWER_BYTES_MAX)
      throw new FeedError('HISTORY_REFUSED', `${label}: answer too long`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** A short name of what went wrong, never the error's text: it may quote the request. */
function nameOf(error: unknown): string {
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  const code: unknown =
    typeof cause === 'object' && cause !== null ? Reflect.get(cause, 'code') : undefined;
  if (typeof code === 'string' && /^[A-Z][A-Z_]{1,39}$/.test(code)) return code;
  return error instanceof Error && error.name === 'TimeoutError'
    ? 'no answer in time'
    : 'no answer';
}

function codeOf(status: number): string {
  if (status === 429) return 'HISTORY_RATE_LIMITED';
  if (status === 401 || status === 403) return 'HISTORY_LOGIN_REFUSED';
  if (status === 404) return 'HISTORY_SYMBOL_UNKNOWN';
  return status >= 500 ? 'HISTORY_UNREACHABLE' : 'HISTORY_REFUSED';
}
