import {
  formatScaled,
  type InstrumentId,
  type MicrostructurePoint,
  type PublicTrade,
  TAKER_INTERVAL_MS,
} from '@ballast/domain';
import { DecimalSum } from './decimal-sum.ts';

/** After its end the last trades of an interval may still be under way for this long. */
const GRACE_MS = 2_000;
/** An interval was seen in full when trades came for this long before it began. */
const LIVE_MARGIN_MS = 2_000;
/** A new instrument's trades are subscribed within this time. */
const SUBSCRIBED_WITHIN_MS = 30_000;
/** Intervals kept of an instrument: the late trades of those before the newest still count. */
const KEPT = 4;

type Interval = {
  readonly buy: DecimalSum;
  readonly sell: DecimalSum;
  /** Of a trade without a side nobody knows whose volume it is. */
  unsided: boolean;
  /** Null until it has ended. */
  whole: boolean | null;
  /** It has trades that were not told yet. */
  changed: boolean;
};

type Followed = { readonly since: number; readonly intervals: Map<number, Interval> };

/**
 * Volume of takers by interval, from public trades that come each once: the venue does not list it.
 * An interval that was not seen from its beginning to its end is not told at all: it cannot be had
 * later. The standby process feeds one too, so that a takeover leaves no hole.
 */
export class TakerVolume {
  readonly #followed = new Map<InstrumentId, Followed>();
  #liveSince: number | null = null;
  readonly counts = { takerIntervals: 0, takerIntervalsBroken: 0, takerTradesTooLate: 0 };

  /** Trades come from `since` on (epoch ms), or, with null, do not come. */
  setLive(since: number | null): void {
    this.#liveSince = since;
  }

  trade({ instrument, quantity, takerSide, eventTime }: PublicTrade): void {
    const followed = this.#followed.get(instrument);
    if (followed === undefined) return;
    const start = eventTime - (eventTime % TAKER_INTERVAL_MS);
    const interval = followed.intervals.get(start) ?? this.#open(followed, start);
    if (interval === null) {
      this.counts.takerTradesTooLate += 1;
      return;
    }
    interval.changed = true;
    if (takerSide === 'buy') interval.buy.add(quantity);
    else if (takerSide === 'sell') interval.sell.add(quantity);
    else interval.unsided = true;
  }

  /** Whose trades are wanted from `now` on (epoch ms). */
  follow(instruments: readonly InstrumentId[], now: number): void {
    const wanted = new Set(instruments);
    for (const id of this.#followed.keys()) if (!wanted.has(id)) this.#followed.delete(id);
    for (const id of wanted) {
      if (this.#followed.has(id)) continue;
      this.#followed.set(id, { since: now, intervals: new Map() });
    }
  }

  /** What has ended by `now` and was not told yet, and again what a late trade has changed. */
  finished(now: number): MicrostructurePoint[] {
    const points: MicrostructurePoint[] = [];
    const ended = now - GRACE_MS - TAKER_INTERVAL_MS;
    const last = ended - (ended % TAKER_INTERVAL_MS);
    for (const [instrument, followed] of this.#followed) {
      const { intervals, since } = followed;
      // One without any trade has ended too.
      if (since <= last && !intervals.has(last)) this.#open(followed, last);
      for (const [start, interval] of intervals) {
        if (start > last) continue;
        interval.whole ??= this.#isWhole(start, since);
        if (interval.changed) points.push(...this.#tell(instrument, start, interval));
      }
    }
    return points;
  }

  /** Null for one older than those that are kept: a part of it would be told as the whole. */
  #open({ intervals }: Followed, start: number): Interval | null {
    intervals.set(start, emptyInterval());
    if (intervals.size > KEPT) intervals.delete(Math.min(...intervals.keys()));
    return intervals.get(start) ?? null;
  }

  #isWhole(start: number, since: number): boolean {
    const whole =
      this.#liveSince !== null &&
      this.#liveSince + LIVE_MARGIN_MS <= start &&
      since + SUBSCRIBED_WITHIN_MS <= start;
    if (whole) this.counts.takerIntervals += 1;
    else this.counts.takerIntervalsBroken += 1;
    return whole;
  }

  #tell(instrument: InstrumentId, at: number, interval: Interval): MicrostructurePoint[] {
    interval.changed = false;
    if (interval.whole !== true || interval.unsided) return [];
    return [
      { instrument, kind: 'taker-buy-volume', at, value: formatScaled(interval.buy.total()) },
      { instrument, kind: 'taker-sell-volume', at, value: formatScaled(interval.sell.total()) },
    ];
  }
}

function emptyInterval(): Interval {
  const sums = { buy: new DecimalSum(), sell: new DecimalSum() };
  return { ...sums, unsided: false, whole: null, changed: true };
}
