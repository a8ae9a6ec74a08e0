import {
  CLEAN_PUSH,
  CLEAN_REQUEST,
  FAULT_NAMES,
  type FaultName,
  type FaultPort,
} from '@ballast/sim-core';
import { checkFits, MEANINGS, type RestartFault } from './fault-meanings.ts';
import { createRules, type FaultOrder, type Rule, ruleOf } from './fault-rules.ts';

/** Which fault meets what, from what was ordered. The one mechanism behind all front ends. */
export type FaultPlan = FaultPort & {
  /** @throws RangeError for a kind or variant that the fault cannot have. */
  order(order: FaultOrder): void;
  /** Ends what was ordered under a name, or all of it. */
  clear(fault?: FaultName): void;
  /** How often each fault has struck. */
  readonly counts: ReadonlyMap<FaultName, number>;
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
  const sockets = { silent: 0, halfOpen: 0 };

  /** Durations begin at once when scripted, and with a request when seeded. */
  function begin({ order: { fault }, meaning, ms }: Rule): void {
    if (meaning.place === 'socket') {
      sockets[meaning.state] = Math.max(sockets[meaning.state], now() + ms);
    }
    if (isRestart(fault)) restart(fault, ms);
  }

  return {
    counts: rules.counts,
    order(order) {
      checkFits(order.fault, order.on, order.variant);
      const rule = ruleOf(order, now());
      const { place } = rule.meaning;
      if ((place !== 'socket' && place !== 'venue') || order.rate !== undefined) {
        return rules.add(rule);
      }
      rules.strike(order.fault);
      begin(rule);
    },
    clear(fault) {
      rules.clear(fault);
      for (const name of FAULT_NAMES) {
        const meaning = MEANINGS[name];
        const meant = fault === undefined || fault === name;
        if (meant && meaning.place === 'socket') sockets[meaning.state] = 0;
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
    socket() {
      if (now() < sockets.halfOpen) return 'halfOpen';
      return now() < sockets.silent ? 'silent' : 'open';
    },
    fillPercentMax() {
      const rule = rules.meet('fillSize');
      if (rule?.meaning.place !== 'fillSize') return 100;
      return rule.order.percent ?? rule.meaning.percentDefault;
    },
  };
}

function isRestart(fault: FaultName): fault is RestartFault {
  return fault === 'dailyRestart' || fault === 'stateLost' || fault === 'sessionIdRollBack';
}
