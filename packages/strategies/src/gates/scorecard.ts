import { addMoney, GATES, InvalidInput, type Money, type StoredGate } from '@ballast/domain';

/** A stored signal: `tradeId` is the trade it asked for, null when it asked for none. */
export type ScoredSignal = { readonly id: string; readonly tradeId: string | null };

export type ScoredBlock = { readonly signalId: string; readonly gate: StoredGate };

/** What the plan of a blocked signal would have earned after all costs. */
export type Counterfactual = { readonly signalId: string; readonly earned: Money };

export type GateScore = {
  readonly gate: StoredGate;
  readonly blocked: number;
  /** Losses that did not happen, one amount a currency, none negative. */
  readonly saved: readonly Money[];
  /** Gains that were forgone, the same way. */
  readonly missed: readonly Money[];
  /** Blocked signals whose counterfactual is not known. */
  readonly unknown: number;
};

/** `signals` is `entries` and what the gates blocked and what is unexplained, together. */
export type Scorecard = {
  readonly signals: number;
  /** Signals that asked for a trade and were not blocked after that. */
  readonly entries: number;
  /** In the order of the gates, former names last; gates that blocked nothing are left out. */
  readonly gates: readonly GateScore[];
  /** Signals that neither asked nor were blocked: there should be none. */
  readonly unexplained: readonly string[];
};

/**
 * What each gate saved and what it cost. The blocked rows and counterfactuals are those of the
 * signals, in any order.
 * @throws InvalidInput SIGNAL_TWICE, BLOCKED_TWICE or COUNTERFACTUAL_TWICE; BLOCKED_WITHOUT_SIGNAL
 * or COUNTERFACTUAL_WITHOUT_BLOCK where a row belongs to none of the others
 */
export function scorecard(
  signals: readonly ScoredSignal[],
  blocked: readonly ScoredBlock[],
  counterfactuals: readonly Counterfactual[],
): Scorecard {
  const byId = keyed(signals, ({ id }) => id, 'SIGNAL_TWICE');
  const blocks = keyed(blocked, ({ signalId }) => signalId, 'BLOCKED_TWICE');
  const known = keyed(counterfactuals, ({ signalId }) => signalId, 'COUNTERFACTUAL_TWICE');
  requireIn(blocks.keys(), byId, 'BLOCKED_WITHOUT_SIGNAL');
  requireIn(known.keys(), blocks, 'COUNTERFACTUAL_WITHOUT_BLOCK');
  const scores = new Map<StoredGate, GateScore>();
  for (const { gate, signalId } of blocked) {
    scores.set(gate, scored(scores.get(gate) ?? none(gate), known.get(signalId)?.earned ?? null));
  }
  const free = signals.filter(({ id }) => !blocks.has(id));
  return {
    signals: signals.length,
    entries: free.filter(({ tradeId }) => tradeId !== null).length,
    gates: [...scores.values()].toSorted((a, b) => placeOf(a.gate) - placeOf(b.gate)),
    unexplained: free.filter(({ tradeId }) => tradeId === null).map(({ id }) => id),
  };
}

function none(gate: StoredGate): GateScore {
  return { gate, blocked: 0, saved: [], missed: [], unknown: 0 };
}

function scored(score: GateScore, earned: Money | null): GateScore {
  const more = { ...score, blocked: score.blocked + 1 };
  if (earned === null) return { ...more, unknown: score.unknown + 1 };
  const { amount, currency } = earned;
  if (amount === 0n) return more;
  if (amount > 0n) return { ...more, missed: added(score.missed, earned) };
  return { ...more, saved: added(score.saved, { amount: -amount, currency }) };
}

/** Amounts of different currencies do not add: one each, by the alphabet. */
function added(amounts: readonly Money[], more: Money): readonly Money[] {
  const same = amounts.find(({ currency }) => currency === more.currency);
  const others = amounts.filter((amount) => amount !== same);
  const sum = same === undefined ? more : addMoney(same, more);
  return [...others, sum].toSorted((a, b) => (a.currency < b.currency ? -1 : 1));
}

function placeOf(gate: StoredGate): number {
  const place = GATES.findIndex((name) => name === gate);
  return place === -1 ? GATES.length : place;
}

function keyed<T>(
  rows: readonly T[],
  keyOf: (row: T) => string,
  code: string,
): ReadonlyMap<string, T> {
  const map = new Map<string, T>();
  for (const row of rows) {
    const key = keyOf(row);
    if (map.has(key)) throw new InvalidInput(code, `signal ${key} is there twice`);
    map.set(key, row);
  }
  return map;
}

function requireIn(
  keys: Iterable<string>,
  among: ReadonlyMap<string, unknown>,
  code: string,
): void {
  for (const key of keys) {
    if (!among.has(key)) throw new InvalidInput(code, `nothing to hold signal ${key} against`);
  }
}
