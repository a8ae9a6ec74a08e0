import { formatScaled, type Money, multiplyScaled, notional } from '@ballast/domain';
import {
  type Exposure,
  outcome,
  type RiskFacts,
  type RuleInput,
  type RuleOutcome,
} from './facts.ts';

/** A share of the equity as the rules show it: "15 % of equity". */
export function shareOfEquity(share: bigint): string {
  return `${formatScaled(share * 100n)} % of equity`;
}

/** What the plan binds at its expected entry, quote currency. */
export function planNotional({ plan, instrument, entryPrice }: RuleInput): Money {
  const { multiplier, quoteCurrency } = instrument;
  return notional(entryPrice, plan.quantity, multiplier, quoteCurrency, 'ceil');
}

/** An amount may be a share of the equity; amounts of another currency cannot be compared. */
export function withinShare(
  { facts: { balance } }: RuleInput,
  amount: Money,
  share: bigint,
): RuleOutcome {
  const shown = shareOfEquity(share);
  const seen = `${formatScaled(amount.amount)} ${amount.currency}`;
  if (balance === null) return outcome(false, `${seen}, equity unknown`, shown);
  const { equity } = balance;
  const limit = multiplyScaled(equity.amount, share, 'floor');
  return outcome(
    equity.currency === amount.currency && amount.amount <= limit,
    seen,
    `${formatScaled(limit)} ${equity.currency} (${shown})`,
  );
}

/** The plan's notional with that of what else is held, as a share of equity. */
export function exposureWithin(
  input: RuleInput,
  held: readonly Exposure[],
  share: bigint,
): RuleOutcome {
  const planned = planNotional(input);
  const open = sumIn(planned.currency, notionals(held));
  if (open === null) {
    return outcome(false, 'positions in several currencies', shareOfEquity(share));
  }
  const total = { ...planned, amount: planned.amount + open };
  return withinShare(input, total, share);
}

/** Open trades, and what no trade of ours entered: neither makes up for the other. */
export function allHeld({ openTrades, unattributed }: RiskFacts): readonly Exposure[] {
  return [...openTrades, ...unattributed];
}

export function notionals(held: readonly Exposure[]): Money[] {
  return held.map((exposure) => exposure.notional);
}

/** Null when an amount that is not zero is of another currency: it cannot be added. */
export function sumIn(currency: string, amounts: readonly Money[]): bigint | null {
  const counted = amounts.filter(({ amount }) => amount !== 0n);
  if (counted.some((money) => money.currency !== currency)) return null;
  return counted.reduce((sum, { amount }) => sum + amount, 0n);
}
