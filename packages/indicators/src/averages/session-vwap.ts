import { type Columns, type Indicator, requireMultiple, requireSameLength } from '../indicator.ts';

const SESSION = 0;
const FLOW = 1;
const VOLUME = 2;

/**
 * Volume-weighted average price since the session began: typical price (high + low + close) / 3,
 * weighted with the volume. A price. Warm-up: 1. `session` is any finite number that changes when a
 * session begins: `sessionOf` where sessions are of one length; the day's number where summer time
 * or holidays shift them. Before the session's first volume it is the typical price. The sums begin
 * anew with each session, so that rounding errors stay those of one session.
 */
export function sessionVwap(): Indicator<
  [session: number, high: number, low: number, close: number, volume: number]
> {
  return {
    warmUp: 1,
    size: 3,
    offsets: {},
    start(state, at) {
      state[at + SESSION] = NaN;
      state.fill(0, at + FLOW, at + VOLUME + 1);
    },
    step(state, at, session, high, low, close, volume) {
      const same = state[at + SESSION] === session;
      state[at + SESSION] = session;
      const typical = (high + low + close) / 3;
      const flow = (same ? (state[at + FLOW] ?? 0) : 0) + typical * volume;
      const total = (same ? (state[at + VOLUME] ?? 0) : 0) + volume;
      state[at + FLOW] = flow;
      state[at + VOLUME] = total;
      return total === 0 ? typical : flow / total;
    },
  };
}

/** Number of the session of `lengthMs` that `openTime` is in; the first begins at `beginMs`. */
export function sessionOf(openTime: number, lengthMs: number, beginMs: number): number {
  requireMultiple('lengthMs', lengthMs);
  return Math.floor((openTime - beginMs) / lengthMs);
}

export function sessionVwapOf(columns: Columns, sessions: Float64Array, out: Float64Array): void {
  const { high, low, close, volume } = columns;
  requireSameLength(out, sessions, high, low, close, volume);
  let flow = 0;
  let total = 0;
  let session = NaN;
  for (let i = 0; i < out.length; i++) {
    const traded = volume[i] ?? NaN;
    const typical = ((high[i] ?? NaN) + (low[i] ?? NaN) + (close[i] ?? NaN)) / 3;
    const now = sessions[i] ?? NaN;
    const same = now === session;
    session = now;
    flow = (same ? flow : 0) + typical * traded;
    total = (same ? total : 0) + traded;
    out[i] = total === 0 ? typical : flow / total;
  }
}
