import { createPrng, FAULT_NAMES, FEED_FAULT_NAMES, nextUnit } from '@ballast/sim-core';
import { type AnyFaultName, type FaultKind, type Meaning, MEANINGS } from './fault-meanings.ts';

export const ALL_FAULT_NAMES = [...FAULT_NAMES, ...FEED_FAULT_NAMES] as const;

/** A fault as it is ordered: the next so many (scripted), or each with a probability (seeded). */
export type FaultOrder = {
  readonly fault: AnyFaultName;
  /** Only what is of this kind; without it, all that the fault can meet. */
  readonly on?: FaultKind | undefined;
  /** How often; without it once, and for a seeded fault or a duration without end. */
  readonly count?: number | undefined;
  /** Probability for each, drawn from the plan's seed. */
  readonly rate?: number | undefined;
  /** Delay, age or duration: MEANINGS says which. */
  readonly ms?: number | undefined;
  /** Of partialFills. */
  readonly percent?: number | undefined;
  readonly variant?: string | undefined;
};

/** An order in force. */
export type Rule = {
  readonly order: FaultOrder;
  readonly meaning: Meaning;
  readonly ms: number;
  left: number;
  readonly until: number;
};

export type Rules = {
  /** @throws RangeError beyond the most that can be in force */
  add(rule: Rule): void;
  clear(fault?: AnyFaultName): void;
  /** The first rule of a place that meets this, spent by one. Each rule draws at most once. */
  meet(place: Meaning['place'], kind?: FaultKind): Rule | null;
  /** The variant that is ordered; else a script's is the first, and a seeded fault draws one. */
  variantOf(rule: Rule): string;
  strike(fault: AnyFaultName): void;
  readonly counts: ReadonlyMap<AnyFaultName, number>;
};

/** Orders in force at once; more is a mistake of who orders them. */
const ORDERS_MAX = 1_000;

export function createRules(seed: string, now: () => number): Rules {
  const prng = createPrng(`${seed}/faults`);
  const counts = new Map<AnyFaultName, number>(ALL_FAULT_NAMES.map((name) => [name, 0]));
  let rules: Rule[] = [];
  const strike = (fault: AnyFaultName): void =>
    void counts.set(fault, (counts.get(fault) ?? 0) + 1);
  return {
    counts,
    strike,
    add(rule) {
      if (rules.length >= ORDERS_MAX) throw new RangeError(`${ORDERS_MAX} faults are in force`);
      rules.push(rule);
    },
    clear(fault) {
      rules = rules.filter(({ order }) => fault !== undefined && order.fault !== fault);
    },
    meet(place, kind) {
      if (rules.length === 0) return null;
      rules = rules.filter(({ left, until }) => left > 0 && now() < until);
      for (const rule of rules) {
        const { order, meaning } = rule;
        if (meaning.place !== place || !fits(rule, kind)) continue;
        if (order.rate !== undefined && nextUnit(prng) >= order.rate) continue;
        rule.left -= 1;
        strike(order.fault);
        return rule;
      }
      return null;
    },
    variantOf({ order, meaning }) {
      const variants = 'variants' in meaning ? (meaning.variants ?? []) : [];
      const drawn = order.rate === undefined ? 0 : Math.floor(nextUnit(prng) * variants.length);
      return order.variant ?? variants[drawn] ?? '';
    },
  };
}

export function ruleOf(order: FaultOrder, now: number): Rule {
  const meaning = MEANINGS[order.fault];
  const lasts = 'lasts' in meaning && order.ms !== undefined;
  const endless = order.rate !== undefined || lasts;
  return {
    order,
    meaning,
    ms: order.ms ?? meaning.msDefault,
    left: order.count ?? (endless ? Number.POSITIVE_INFINITY : 1),
    until: lasts ? now + (order.ms ?? 0) : Number.POSITIVE_INFINITY,
  };
}

function fits({ order, meaning }: Rule, kind: FaultKind | undefined): boolean {
  if (kind === undefined) return true;
  if (order.on !== undefined) return order.on === kind;
  const kinds: readonly string[] = 'kinds' in meaning ? meaning.kinds : [];
  return kinds.includes(kind);
}
