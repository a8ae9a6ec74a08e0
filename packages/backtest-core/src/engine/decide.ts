import {
  type Gate,
  parseQuantity,
  parseUuid,
  type Quantity,
  type SignalId,
  type TradeDirection,
  type TradeId,
  type TradePlan,
  uuidV7,
} from '@ballast/domain';
import { assess, isDenied, marketPlan, openTrade, sizeTrade } from '@ballast/order-core';
import { judge, type Opinion } from '@ballast/strategies';
import type { AccountFacts } from './account-facts.ts';
import type { BlockedEntry } from './blocked-entry.ts';
import { GateFacts } from './gate-facts.ts';
import type { BacktestOptions } from './run.ts';
import type { ShadowTrades } from './shadow-trades.ts';
import type { Track } from './track.ts';
import type { TradeDesk } from './trade-desk.ts';

export type Proposal = {
  readonly track: Track;
  readonly direction: TradeDirection;
  /** When it would be sent, epoch ms. */
  readonly now: number;
};

type Refusal = { readonly gate: Gate; readonly input: string; readonly threshold: string };

/** From what the strategy says to a trade: the same way as live, one by one, best score first. */
export class Decider {
  readonly blocked: BlockedEntry[] = [];
  /** How often each gate let a signal pass since what it looks at is not known. */
  readonly notAsked = new Map<Gate, number>();
  signals = 0;
  readonly #desk: TradeDesk;
  readonly #account: AccountFacts;
  readonly #shadows: ShadowTrades;
  readonly #options: BacktestOptions;
  readonly #gates: GateFacts;
  #proposals: Proposal[] = [];
  #ids = 0;

  constructor(
    parts: {
      readonly desk: TradeDesk;
      readonly account: AccountFacts;
      readonly shadows: ShadowTrades;
    },
    options: BacktestOptions,
  ) {
    this.#desk = parts.desk;
    this.#account = parts.account;
    this.#shadows = parts.shadows;
    this.#options = options;
    const { strategy, gates } = options;
    this.#gates = new GateFacts(strategy, { ...parts, limits: gates.limits });
  }

  propose(proposal: Proposal): void {
    this.#proposals.push(proposal);
  }

  /** All that was proposed on these bars. */
  decide(): void {
    if (this.#proposals.length === 0) return;
    const proposals = this.#proposals;
    this.#proposals = [];
    if (proposals.length > 1) proposals.sort(byScore);
    for (const proposal of proposals) this.#decideOne(proposal);
  }

  #decideOne(proposal: Proposal): void {
    const { track, direction, now } = proposal;
    const { model, state, bars, row, instrument } = track;
    const opinion = model.opinion(state, 0, direction, bars, row);
    if (opinion === null) return;
    this.signals += 1;
    if (!this.#desk.isBusy(track)) this.#desk.show(track, bars.close[row] ?? NaN);
    const sized = this.#size(proposal, opinion);
    const plan = sized.kind === 'sized' ? this.#planOf(proposal, sized) : null;
    const refusal = this.#gateRefusal(proposal) ?? sizingRefusal(sized);
    if (refusal !== null || plan === null) return this.#block(proposal, opinion, refusal, plan);
    const facts = this.#account.of(instrument, this.#desk.trades(), now);
    const verdicts = assess(plan, facts);
    if (isDenied(verdicts)) {
      const denied = verdicts.find((verdict) => verdict.outcome === 'deny');
      const input = `${denied?.rule ?? ''}: ${denied?.input ?? ''}`;
      const rule: Refusal = { gate: 'gateway', input, threshold: denied?.limit ?? '' };
      return this.#block(proposal, opinion, rule, plan);
    }
    const { account, capabilities } = this.#options;
    const id = this.#nextTradeId(now);
    const opened = openTrade({ id, account, plan, instrument, capabilities, verdicts, at: now });
    this.#account.opened(opened.trade);
    this.#gates.asked(track, now);
    this.#desk.enter(track, opened);
  }

  #gateRefusal({ track, direction, now }: Proposal): Refusal | null {
    const judgement = judge(this.#gates.of(track, direction, now), this.#options.gates);
    for (const gate of judgement.notAsked) {
      this.notAsked.set(gate, (this.notAsked.get(gate) ?? 0) + 1);
    }
    if (judgement.kind === 'allowed') return null;
    const { input, threshold } = judgement.refusal;
    return { gate: judgement.gate, input, threshold };
  }

  /** Kept with what it would have come to, where there was something to try. */
  #block(
    { track, direction, now }: Proposal,
    { level }: Opinion,
    refusal: Refusal | null,
    plan: TradePlan | null,
  ): void {
    if (refusal === null) return;
    const at = this.blocked.length;
    const of = { instrument: track.instrument.id, direction, decidedAt: now, level };
    const entry: BlockedEntry = { ...of, ...refusal, counterfactual: null };
    this.blocked.push(entry);
    if (plan === null) return;
    const shadow = { id: this.#nextTradeId(now), plan, at: now };
    this.#shadows.begin(track, shadow, ({ leftAt, exit, realised }) => {
      this.blocked[at] = { ...entry, counterfactual: { leftAt, exit, realised } };
    });
  }

  #size({ track, direction }: Proposal, { level }: Opinion): ReturnType<typeof sizeTrade> {
    const { instrument, bars, row } = track;
    const { risk, notional, volume } = this.#options.sizing;
    const print = this.#desk.printOf(instrument.id);
    const traded = volume === null ? null : quantityOf(bars.volume[row] ?? 0);
    return sizeTrade({
      ...{ instrument, direction, level, equity: this.#account.equity },
      price: direction === 'long' ? print.ask : print.bid,
      ...{ riskFraction: risk, notionalFraction: notional },
      volume: traded === null || volume === null ? null : { traded, share: volume },
    });
  }

  #planOf(
    { track: { instrument }, direction, now }: Proposal,
    sized: Parameters<typeof marketPlan>[0],
  ): TradePlan {
    const signalId = parseUuid<SignalId>(this.#nextId(now));
    const origin = { kind: 'signal', signalId, strategy: this.#options.strategy } as const;
    return marketPlan(sized, { instrument, direction }, origin);
  }

  #nextTradeId(at: number): TradeId {
    return parseUuid<TradeId>(this.#nextId(at));
  }

  #nextId(at: number): string {
    this.#ids += 1;
    const bytes = new Uint8Array(10);
    new DataView(bytes.buffer).setUint32(6, this.#ids);
    return uuidV7(at, bytes);
  }
}

function sizingRefusal(sized: ReturnType<typeof sizeTrade>): Refusal | null {
  if (sized.kind === 'sized') return null;
  return { gate: 'sizing', input: sized.input, threshold: sized.threshold };
}

/** A volume as the bars have it. */
const quantityOf = (volume: number): Quantity => parseQuantity(volume.toFixed(8));

function byScore(a: Proposal, b: Proposal): number {
  const score = ({ track: { state, model } }: Proposal): number => state[model.score] ?? NaN;
  return score(b) - score(a);
}
