/**
 * What a caller can know about a failed bus operation. BUS_UNAVAILABLE: it was not sent.
 * BUS_OUTCOME_UNKNOWN: sent, and no answer came: it may have happened. BUS_REFUSED: Redis answered
 * with an error, so it did not happen (an ACL refusal is one). FENCED: refused because somebody
 * holds a higher fence.
 */
export type BusErrorCode =
  | 'BUS_UNAVAILABLE'
  | 'BUS_OUTCOME_UNKNOWN'
  | 'BUS_REFUSED'
  | 'BUS_REPLY_MALFORMED'
  | 'FENCED'
  | 'COMMAND_TOO_LARGE'
  | 'STATE_NOT_JSON'
  | 'STATE_MALFORMED';

export class BusError extends Error {
  readonly code: BusErrorCode;

  constructor(code: BusErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'BusError';
    this.code = code;
  }
}

/** Sorts what ioredis throws by what it says about the outcome. */
export function toBusError(operation: string, error: unknown): BusError {
  if (error instanceof BusError) return error;
  const name = error instanceof Error ? error.name : '';
  const text = error instanceof Error ? error.message : String(error);
  if (name === 'ReplyError' && text.startsWith('FENCED ')) {
    return new BusError('FENCED', `${operation}: ${text}`, error);
  }
  if (name === 'ReplyError') return new BusError('BUS_REFUSED', `${operation}: ${text}`, error);
  if (/enableOfflineQueue|ECONNREFUSED|ENOTFOUND/.test(text)) {
    return new BusError('BUS_UNAVAILABLE', `${operation}: no connection to Redis`, error);
  }
  return new BusError('BUS_OUTCOME_UNKNOWN', `${operation}: ${text}`, error);
}
