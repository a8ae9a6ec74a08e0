import { type Database, systemSettingsInForce } from '@ballast/db';
import type { Bar, Gate, Instrument, JudgingGate, Quote, Signal, TradePlan } from '@ballast/domain';
import { marketPlan, quotedPrice, type SizingInput, sizeTrade } from '@ballast/order-core';
import {
  type GateConfiguration,
  type GateRefusal,
  judge,
  regimeOf,
  withSettings,
} from '@ballast/strategies';
import { type Gathered, gatherFacts } from './gather-facts.ts';

export type JudgeContext = {
  readonly db: Database;
  readonly account: string;
  /** The gates' limits where nobody has set them. */
  readonly gates: GateConfiguration;
  readonly sizing: Pick<SizingInput, 'riskFraction' | 'notionalFraction'>;
};

/** The bar that is judged, and what its instrument is and stands at. */
export type Market = {
  readonly bar: Bar;
  readonly instrument: Instrument;
  readonly quote: Quote | null;
};

/** `notAsked`: gates that let the signal pass since what they needed was unknown. */
export type Verdict = { readonly notAsked: readonly JudgingGate[] } & (
  | { readonly kind: 'allowed'; readonly plan: TradePlan; readonly regime: GateRefusal['regime'] }
  | { readonly kind: 'blocked'; readonly gate: Gate; readonly refusal: GateRefusal }
);

/** The gates in their order, then the size. */
export async function verdictOn(
  context: JudgeContext,
  signal: Signal,
  market: Market,
): Promise<Verdict> {
  const { all } = await systemSettingsInForce(context.db, signal.decidedAt);
  const configuration = withSettings(context.gates, all);
  const { limits } = configuration;
  const { missing } = market.bar;
  const gathered = await gatherFacts(context, signal, { ...market, limits, missing });
  const judgement = judge(gathered.facts, configuration);
  if (judgement.kind === 'blocked') return judgement;
  const { notAsked } = judgement;
  const given = sizingInput(context, signal, market, gathered);
  const sized = sizeTrade(given);
  const regime = regimeOf(gathered.facts);
  if (sized.kind === 'refused') {
    const { input, threshold } = sized;
    const refusal = { input, threshold, settingsId: null, regime };
    return { kind: 'blocked', gate: 'sizing', refusal, notAsked };
  }
  const origin = { kind: 'signal', signalId: signal.id, strategy: signal.strategy } as const;
  return { kind: 'allowed', plan: marketPlan(sized, given, origin), regime, notAsked };
}

/** The price is the side of the quote that an entry takes. */
function sizingInput(
  { sizing }: JudgeContext,
  { direction, level }: Signal,
  { instrument, quote }: Market,
  { equity }: Gathered,
): SizingInput {
  const side = direction === 'long' ? quote?.ask : quote?.bid;
  const price = side === undefined ? null : quotedPrice(side);
  return { ...sizing, instrument, direction, level, price, equity, volume: null };
}
