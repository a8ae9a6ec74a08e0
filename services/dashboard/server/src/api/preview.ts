import {
  addMoney,
  divideScaled,
  formatMoney,
  formatPrice,
  formatScaled,
  type Instrument,
  type Money,
  multiplyScaled,
  notional,
  type Price,
  priceDistance,
  parseMoney,
  type TradePlan,
  targetsOf,
} from '@ballast/domain';
import {
  assess,
  expectedEntry,
  isDenied,
  type RiskFacts,
  type RuleVerdict,
} from '@ballast/order-core';

const HUNDRED = 100n * 10n ** 18n;

/**
 * Decimal text; null where something it needs is not known. Losses are before fees and slippage.
 */
export type PlanPreview = {
  readonly at: number;
  readonly verdicts: readonly RuleVerdict[];
  readonly allowed: boolean;
  readonly entryPrice: string | null;
  readonly currency: string | null;
  readonly notional: string | null;
  readonly maxLoss: string | null;
  readonly rewardRisk: string | null;
  readonly percentOfEquity: string | null;
  readonly openRiskAfter: string | null;
};

/**
 * The gateway's own rules on the facts of this moment. A preview promises nothing:
 * the gateway asks again.
 */
export function previewPlan(
  facts: RiskFacts,
  plan: TradePlan,
  openRisk: string | null,
): PlanPreview {
  const verdicts = assess(plan, facts);
  const entryPrice = expectedEntry(plan, facts);
  const amounts =
    facts.instrument === null || entryPrice === null
      ? null
      : amountsOf(plan, facts.instrument, entryPrice);
  const equity = facts.balance?.equity ?? null;
  return {
    at: facts.now,
    verdicts,
    allowed: !isDenied(verdicts),
    entryPrice: entryPrice === null ? null : formatPrice(entryPrice),
    currency: facts.instrument?.quoteCurrency ?? null,
    notional: amounts === null ? null : formatMoney(amounts.notional),
    maxLoss: amounts === null ? null : formatMoney(amounts.maxLoss),
    rewardRisk: amounts?.rewardRisk ?? null,
    percentOfEquity: amounts === null ? null : percentOf(amounts.maxLoss, equity),
    openRiskAfter:
      amounts === null || openRisk === null
        ? null
        : formatMoney(addMoney(amounts.maxLoss, parseMoney(openRisk, amounts.maxLoss.currency))),
  };
}

function amountsOf(plan: TradePlan, instrument: Instrument, entryPrice: Price) {
  const risk = priceDistance(entryPrice, plan.stop);
  const reward = rewardOf(plan, entryPrice);
  const contracts = multiplyScaled(plan.quantity, instrument.multiplier, 'ceil');
  const maxLoss: Money = {
    amount: multiplyScaled(risk, contracts, 'ceil'),
    currency: instrument.quoteCurrency,
  };
  return {
    notional: notional(entryPrice, plan.quantity, instrument.multiplier, instrument.quoteCurrency),
    maxLoss,
    rewardRisk:
      risk === 0n || reward === null ? null : formatScaled(divideScaled(reward, risk, 'floor')),
  };
}

/** Distance to the targets, each by its part of the quantity; null where a stop trails instead. */
function rewardOf(plan: TradePlan, entryPrice: Price): bigint | null {
  const targets = targetsOf(plan);
  if (targets.length === 0) return null;
  return targets.reduce((sum, { price, fraction }) => {
    return sum + multiplyScaled(priceDistance(price, entryPrice), fraction, 'floor');
  }, 0n);
}

function percentOf(part: Money, whole: Money | null): string | null {
  if (whole === null || whole.currency !== part.currency || whole.amount <= 0n) return null;
  return formatScaled(
    divideScaled(multiplyScaled(part.amount, HUNDRED, 'ceil'), whole.amount, 'ceil'),
  );
}
