import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { CODE, VenueRefusal } from './codes.ts';
import { scalarText } from './json.ts';

export type Credentials = { readonly key: string; readonly secret: string };

const AHEAD_MAX_MS = 1_000;
export const RECEIVE_WINDOW_DEFAULT_MS = '5000';

/**
 * Checks a REST request over the bytes as they came: query string for GET, body for POST.
 * @throws VenueRefusal 10003 for the key, 10002 for the time, 10004 for the signature
 */
export function checkSignature(
  credentials: Credentials,
  headers: IncomingHttpHeaders,
  payload: string,
  now: number,
): void {
  const header = (name: string): string => String(headers[name] ?? '');
  if (header('x-bapi-api-key') !== credentials.key) {
    throw new VenueRefusal(CODE.unknownKey, 'API key is invalid.');
  }
  const timestamp = header('x-bapi-timestamp');
  const window = header('x-bapi-recv-window') || RECEIVE_WINDOW_DEFAULT_MS;
  checkTime(timestamp, window, now);
  const text = `${timestamp}${credentials.key}${window}${payload}`;
  if (!equalHex(sign(credentials.secret, text), header('x-bapi-sign'))) {
    throw new VenueRefusal(CODE.badSignature, 'error sign! please check your signature');
  }
}

/** now − window ≤ timestamp < now + 1 s. @throws VenueRefusal 10002 */
export function checkTime(timestamp: string, window: string, now: number): void {
  const at = /^\d{13}$/.test(timestamp) ? Number(timestamp) : Number.NaN;
  const wide = /^\d{1,6}$/.test(window) ? Number(window) : Number.NaN;
  if (now - wide <= at && at < now + AHEAD_MAX_MS) return;
  const told = `req_timestamp[${timestamp}],server_timestamp[${now}],recv_window[${window}]`;
  const what = 'invalid request, please check your server timestamp or recv_window param.';
  throw new VenueRefusal(CODE.timestamp, `${what} ${told}`);
}

/** The `auth` frame of the private and trade sockets: [key, expires, signature]. */
export function checkSocketAuth(
  credentials: Credentials,
  args: readonly unknown[],
  now: number,
): void {
  const [key, expires, signature] = args.map(scalarText);
  if (key !== credentials.key) throw new VenueRefusal(CODE.unknownKey, 'API key is invalid.');
  if (!(Number(expires) > now)) throw new VenueRefusal(CODE.timestamp, 'auth request expired');
  if (equalHex(sign(credentials.secret, `GET/realtime${expires}`), signature ?? '')) return;
  throw new VenueRefusal(CODE.badSignature, 'error sign! please check your signature');
}

function sign(secret: string, text: string): string {
  return createHmac('sha256', secret).update(text).digest('hex');
}

function equalHex(expected: string, given: string): boolean {
  const a = Buffer.from(expected);
  const b = Buffer.from(given);
  return a.length === b.length && timingSafeEqual(a, b);
}
