import { encode } from '@msgpack/msgpack';
import { createStreamProtocol } from '../alpaca/stream-protocol.ts';
import { fuzzRoute, type FuzzTarget, protocolTarget } from './target.ts';

const ANSWER_TIMEOUT_MS = 5_000;
const AT = '2023-11-14T22:13:00.000Z';
const TIME = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

const trade = { T: 't', S: 'AAPL', i: 9, x: 'V', p: 100.15, s: 2, t: AT, c: ['@'], z: 'C' };
const changed = { x: 'V', t: AT, z: 'C' };
const bar = { T: 'b', S: 'AAPL', o: 100, h: 101, l: 99.5, c: 100.5, v: 12, t: AT, n: 3, vw: 100.2 };
const ITEMS: readonly (readonly object[])[] = [
  [{ T: 'success', msg: 'connected' }],
  [{ T: 'success', msg: 'authenticated' }],
  [{ T: 'subscription', trades: ['AAPL'], quotes: ['AAPL'], bars: ['AAPL'] }],
  [trade, { ...trade, i: 10 }],
  [{ T: 'q', S: 'AAPL', bx: 'V', bp: 100.1, bs: 3, ax: 'V', ap: 100.2, as: 4, t: AT, c: ['R'] }],
  [bar, { ...bar, T: 'u' }],
  [{ T: 'c', S: 'AAPL', oi: 9, op: 100.15, os: 2, ci: 11, cp: 100.16, cs: 2, ...changed }],
  [{ T: 'x', S: 'AAPL', i: 10, p: 100.15, s: 2, a: 'C', ...changed }],
  [{ T: 'error', code: 405, msg: 'symbol limit exceeded' }],
  [{ ...trade, S: 'BTC/USD', p: 27_451.5, s: 0.0001, tks: 'B' }],
];

/** Times are an extension of this wire that JSON does not have. */
function toWire(json: unknown): Uint8Array {
  return encode(withTimes(json));
}

function withTimes(value: unknown): unknown {
  if (typeof value === 'string') return TIME.test(value) ? new Date(value) : value;
  if (Array.isArray(value)) return value.map(withTimes);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withTimes(one)]));
}

export function alpacaTargets(): FuzzTarget[] {
  const routes = [fuzzRoute('alpaca', 'stock', 'AAPL'), fuzzRoute('alpaca', 'crypto', 'BTC/USD')];
  const samples = ITEMS.map((items) => Buffer.from(toWire(items)));
  const values = { samples: ITEMS.map((items) => Buffer.from(JSON.stringify(items))), toWire };
  const target = protocolTarget('alpaca', routes, { samples, values }, (link) =>
    createStreamProtocol(link, { key: 'k', secret: 's' }, ANSWER_TIMEOUT_MS),
  );
  return [target];
}
