import {
  type Gate,
  parseQuantity,
  type Quantity,
  toNumber,
  type TradeDirection,
} from '@ballast/domain';
import { assess, isDenied, type RuleVerdict, sizeTrade } from '@ballast/order-core';
import { judge, type Judgement, type Opinion } from '@ballast/strategies';
import type { AccountFacts } from './account-facts.ts';
import type { BlockedEntry } from './blocked-entry.ts';
import { askTicks, bidTicks, lastTicks } from './costs.ts';
import { type CourseMemory, RememberedWrongly } from './course-memory.ts';
import { GateFacts } from './gate-facts.ts';
import { Opening } from './opening.ts';
import type { BacktestOptions } from './run.ts';
import type { ShadowTrades } from './shadow-trades.ts';
import { exactOf, type SizedTicks } from './sized-ticks.ts';
import type { Standing } from './standing.ts';
import { SureRules } from './sure-rules.ts';
import { type SizingShares, sureSize } from './sure-size.ts';
import { priceOf } from './terms.ts';
import type { Track } from './track.ts';
import type { TradeDesk } from './trade-desk.ts';

export type Proposal = {
  readonly track: Track;
  readonly direction: TradeDirection;
  /** When it would be sent, epoch ms. */
  readonly now: number;
};

type Refusal = { readonly gate: Gate; readonly input: string; readonly threshold: string };
type Sized = ReturnType<typeof sizeTrade>;

/** More than all rounding of floats together. */
const SURELY_MORE = 1 + 1e-9;

/** From what the strategy says to a trade: the same way as live, one by one, best score first. */
export class Decider {
  readonly blocked: BlockedEntry[] = [];
  /** How often each gate let a signal pass since what it looks at is not known. */
  readonly notAsked = new Map<Gate, number>();
  signals = 0;
  readonly #desk: TradeDesk;
  readonly #account: AccountFacts;
  readonly #shadows: ShadowTrades;
  readonly #memory: CourseMemory | null;
  readonly #options: BacktestOptions;
  readonly #gates: GateFacts;
  readonly #rules: SureRules;
  readonly #shares: SizingShares;
  readonly #proposals: Proposal[] = [];
  #ids = 0;

  constructor(
    parts: {
      readonly desk: TradeDesk;
      readonly account: AccountFacts;
      readonly shadows: ShadowTrades;
      readonly memory: CourseMemory | null;
    },
    options: BacktestOptions,
  ) {
    this.#desk = parts.desk;
    this.#account = parts.account;
    this.#shadows = parts.shadows;
    this.#memory = parts.memory;
    this.#options = options;
    const { strategy, gates, limits, capabilities, costs } = options;
    this.#gates = new GateFacts(strategy, { ...parts, costs, limits: gates.limits });
    this.#rules = new SureRules(limits, capabilities);
    const { risk, notional } = options.sizing;
    this.#shares = { risk: toNumber(risk), notional: toNumber(notional) };
  }

  propose(proposal: Proposal): void {
    this.#proposals.push(proposal);
  }

  /** All that was proposed on these bars. */
  decide(): void {
    const proposals = this.#proposals;
    if (proposals.length === 0) return;
    if (proposals.length > 1) proposals.sort(byScore);
    const standing = this.#desk.standing();
    for (const proposal of proposals) this.#decideOne(proposal, standing);
    proposals.length = 0;
  }

  #decideOne(proposal: Proposal, standing: Standing): void {
    const { track, direction, now } = proposal;
    const { model, state, bars, row, instrument } = track;
    const opinion = model.opinion(state, 0, direction, bars, row);
    if (opinion === null) return;
    this.signals += 1;
    if (!track.isBusy) track.shown = bars.close[row] ?? NaN;
    const sure = this.#memory === null ? null : this.#sureSize(proposal, opinion, standing);
    const isChecked = sure !== null && this.#memory?.isChosen() === true;
    const exact = sure === null || isChecked ? this.#size(proposal, opinion) : null;
    if (sure !== null && exact !== null) checkSize(sure, exact, track);
    const opening = this.#openingOf(proposal, exact ?? sure);
    const refusal = this.#gateRefusal(proposal, standing) ?? sizingRefusal(exact);
    if (refusal !== null || opening === null) {
      return this.#block(proposal, opinion, refusal, opening);
    }
    const isSure = sure !== null && this.#isSurelyAllowed(proposal, sure, standing);
    // Denied or not, it is asked for: live the strategy waits after either.
    track.askedAt = now;
    if (!isSure || isChecked) {
      const verdicts = assess(opening.plan, this.#account.of(instrument, now));
      this.#rules.learn(verdicts);
      const rule = ruleRefusal(verdicts);
      if (rule !== null && isSure) throw new RememberedWrongly(`surely allowed, but ${rule.input}`);
      if (rule !== null) return this.#block(proposal, opinion, rule, opening);
    }
    this.#account.opened(opening);
    this.#desk.enter(track, opening);
    standing.add(this.#desk.boundIn(instrument.id), instrument.sector);
  }

  #gateRefusal(proposal: Proposal, standing: Standing): Refusal | null {
    const { track, now } = proposal;
    const { instrument } = track;
    const { equity, bound } = standing;
    const inSector = standing.inSector(instrument.sector);
    const account = (bound / equity) * SURELY_MORE;
    const sector = instrument.sector === null ? 0 : (inSector / equity) * SURELY_MORE;
    let judgement = this.#judge(proposal, { account, strategy: account, sector });
    // What a float is not sure of is reckoned exactly.
    if ((judgement.kind === 'blocked' && judgement.gate === 'exposure') || !(equity > 0)) {
      judgement = this.#judge(proposal, this.#account.shares(instrument, now));
    }
    for (const gate of judgement.notAsked) {
      this.notAsked.set(gate, (this.notAsked.get(gate) ?? 0) + 1);
    }
    if (judgement.kind === 'allowed') return null;
    const { input, threshold } = judgement.refusal;
    return { gate: judgement.gate, input, threshold };
  }

  #judge(
    { track, direction, now }: Proposal,
    exposure: ReturnType<AccountFacts['shares']>,
  ): Judgement {
    return judge(this.#gates.of(track, { direction, now, exposure }), this.#options.gates);
  }

  /** Kept with what it would have come to, where there was something to try. */
  #block(
    { track, direction, now }: Proposal,
    { level }: Opinion,
    refusal: Refusal | null,
    opening: Opening | null,
  ): void {
    if (refusal === null) return;
    const at = this.blocked.length;
    const of = { instrument: track.instrument.id, direction, decidedAt: now, level };
    const entry: BlockedEntry = { ...of, ...refusal, counterfactual: null };
    this.blocked.push(entry);
    if (opening === null) return;
    this.#shadows.begin(track, opening, ({ leftAt, exit, realised }) => {
      this.blocked[at] = { ...entry, counterfactual: { leftAt, exit, realised } };
    });
  }

  #sureSize(
    { track, direction }: Proposal,
    { level }: Opinion,
    { equity }: Standing,
  ): SizedTicks | null {
    if (this.#options.sizing.volume !== null) return null;
    const price = this.#entryTicks(track, direction);
    return sureSize({ direction, level, price, equity }, track.terms, this.#shares);
  }

  #isSurelyAllowed(
    { track, direction, now }: Proposal,
    sure: SizedTicks,
    standing: Standing,
  ): boolean {
    const last = lastTicks(track.shown, track.terms);
    const price = this.#entryTicks(track, direction);
    const at = { track, isLong: direction === 'long', price, last, now };
    return this.#rules.areKept(sure, at, standing, this.#account.results);
  }

  /**
   * What an entry at market would get on the bar's close, which is not what the market showed last
   * where something is held: there it is an open, or the price of an order.
   */
  #entryTicks({ bars, row, terms }: Track, direction: TradeDirection): number {
    const ticksOf = direction === 'long' ? askTicks : bidTicks;
    return ticksOf(bars.close[row] ?? NaN, terms, this.#options.costs);
  }

  #size({ track, direction }: Proposal, { level }: Opinion): Sized {
    const { instrument, bars, row, terms } = track;
    const { risk, notional, volume } = this.#options.sizing;
    const traded = volume === null ? null : volumeOf(bars.volume[row] ?? 0);
    return sizeTrade({
      ...{ instrument, direction, level, equity: this.#account.equity },
      price: priceOf(this.#entryTicks(track, direction), terms),
      ...{ riskFraction: risk, notionalFraction: notional },
      volume: traded === null || volume === null ? null : { traded, share: volume },
    });
  }

  #openingOf(
    { track, direction, now: at }: Proposal,
    sized: Sized | SizedTicks | null,
  ): Opening | null {
    if (sized === null || ('kind' in sized && sized.kind !== 'sized')) return null;
    const number = this.#ids + 1;
    this.#ids += 2;
    return new Opening(track, sized, { direction, at, strategy: this.#options.strategy, number });
  }
}

function checkSize(sure: SizedTicks, exact: Sized, track: Track): void {
  const { stop, target, quantity } = exactOf(sure, track.terms);
  const isSame =
    exact.kind === 'sized' &&
    exact.stop === stop &&
    exact.target === target &&
    exact.quantity === quantity;
  if (isSame) return;
  const seen = exact.kind === 'sized' ? `quantity ${exact.quantity}` : exact.input;
  throw new RememberedWrongly(`surely sized ${quantity} of ${track.instrument.id}, but ${seen}`);
}

function sizingRefusal(sized: Sized | null): Refusal | null {
  if (sized === null || sized.kind === 'sized') return null;
  return { gate: 'sizing', input: sized.input, threshold: sized.threshold };
}

function ruleRefusal(verdicts: readonly RuleVerdict[]): Refusal | null {
  if (!isDenied(verdicts)) return null;
  const denied = verdicts.find((verdict) => verdict.outcome === 'deny');
  const input = `${denied?.rule ?? ''}: ${denied?.input ?? ''}`;
  return { gate: 'gateway', input, threshold: denied?.limit ?? '' };
}

/** A volume as the bars have it. */
const volumeOf = (volume: number): Quantity => parseQuantity(volume.toFixed(8));

function byScore(a: Proposal, b: Proposal): number {
  const score = ({ track: { state, model } }: Proposal): number => state[model.score] ?? NaN;
  return score(b) - score(a);
}
