import {
  CLEAN_FEED,
  CLEAN_PUSH,
  CLEAN_REQUEST,
  type FaultPort,
  type FeedFaultPort,
} from '@ballast/sim-core';
import {
  type AnyFaultName,
  checkFits,
  type Meaning,
  MEANINGS,
  type RestartFault,
} from './fault-meanings.ts';
import { ALL_FAULT_NAMES, createRules, type FaultOrder, type Rule, ruleOf } from './fault-rules.ts';
import { createMuteTimes } from './mute-times.ts';

/** What front ends ask: of their private side, and of their public feeds. */
export type VenueFaults = FaultPort & FeedFaultPort;

/** Which fault meets what, from what was ordered. The one mechanism behind all front ends. */
export type FaultPlan = VenueFaults & {
  /** @throws RangeError for a kind or variant that the fault cannot have. */
  order(order: FaultOrder): void;
  /** Ends what was ordered under a name, or all of it. */
  clear(fault?: AnyFaultName): void;
  /** How often each fault has struck. */
  readonly counts: ReadonlyMap<AnyFaultName, number>;
};

/**
 * The same seed, orders and questions give the same fates. Times are epoch ms of `now`.
 * `restart` is asked to take the venue away for `ms`.
 */
export function createFaultPlan(options: {
  readonly seed: string;
  readonly now: () => number;
  readonly restart: (fault: RestartFault, ms: number) => void;
}): FaultPlan {
  const { now, restart } = options;
  const rules = createRules(options.seed, now);
  const mute = createMuteTimes(now);

  /** Durations begin at once when scripted, and with a request when seeded. */
  function begin({ order: { fault }, meaning, ms }: Rule): void {
    if (isMuting(meaning)) mute.begin(meaning, ms);
    if (isRestart(fault)) restart(fault, ms);
  }

  return {
    counts: rules.counts,
    order(order) {
      checkFits(order.fault, order.on, order.variant);
      const rule = ruleOf(order, now());
      const lasts = isMuting(rule.meaning) || rule.meaning.place === 'venue';
      if (!lasts || order.rate !== undefined) return rules.add(rule);
      rules.strike(order.fault);
      begin(rule);
    },
    clear(fault) {
      rules.clear(fault);
      for (const name of ALL_FAULT_NAMES) {
        const meaning = MEANINGS[name];
        const isMeant = fault === undefined || fault === name;
        if (isMeant && isMuting(meaning)) mute.end(meaning);
      }
    },
    request(kind) {
      const begun = rules.meet('socket') ?? rules.meet('venue');
      if (begun !== null) begin(begun);
      const rule = rules.meet('request', kind);
      if (rule?.meaning.place !== 'request') return CLEAN_REQUEST;
      return { ...CLEAN_REQUEST, ...rule.meaning.fate(rule.ms, rules.variantOf(rule)) };
    },
    push(kind) {
      const rule = rules.meet('push', kind);
      if (rule?.meaning.place !== 'push') return CLEAN_PUSH;
      return { ...CLEAN_PUSH, ...rule.meaning.fate(rule.ms, rules.variantOf(rule)) };
    },
    listingAgeMs: () => rules.meet('listing')?.ms ?? 0,
    socket: mute.socket,
    feedSocket: mute.feedSocket,
    feed(kind) {
      const begun = rules.meet('feedSocket');
      if (begun !== null) begin(begun);
      const rule = rules.meet('feed', kind);
      if (rule?.meaning.place !== 'feed') return CLEAN_FEED;
      return { ...CLEAN_FEED, ...rule.meaning.fate(rule.ms, rules.variantOf(rule)) };
    },
    fillPercentMax() {
      const rule = rules.meet('fillSize');
      if (rule?.meaning.place !== 'fillSize') return 100;
      return rule.order.percent ?? rule.meaning.percentDefault;
    },
  };
}

function isMuting(
  meaning: Meaning,
): meaning is Extract<Meaning, { place: 'socket' | 'feedSocket' }> {
  return meaning.place === 'socket' || meaning.place === 'feedSocket';
}

function isRestart(fault: AnyFaultName): fault is RestartFault {
  return fault === 'dailyRestart' || fault === 'stateLost' || fault === 'sessionIdRollBack';
}
