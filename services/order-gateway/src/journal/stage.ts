import {
  type Fill,
  type Instrument,
  type InstrumentId,
  invariant,
  type Quote,
  type TradeId,
  type TradePlan,
  type VenueCapabilities,
} from '@ballast/domain';
import {
  assess,
  ENDED,
  movedBy,
  openTrade,
  type Position,
  type RiskFacts,
  step,
  type StepResult,
  type Trade,
  type TradeEffect,
  type TradeEvent,
  type TradeInput,
} from '@ballast/order-core';
import { type Book, type OpenIncident, positionIn } from './book.ts';
import { gatherFacts } from './gather-facts.ts';
import type { AuditRow, CommandRefusalCode, FillChannel, NewIncident, Work } from './work.ts';

/** What the stage needs besides the book, all gathered before it runs. */
export type StageContext = {
  readonly account: string;
  readonly capabilities: VenueCapabilities;
  readonly instruments: ReadonlyMap<InstrumentId, Instrument>;
  readonly quotes: ReadonlyMap<InstrumentId, Quote>;
  readonly brake: RiskFacts['brake'];
  readonly balance: RiskFacts['balance'];
  /** When the venue gave the balance; epoch ms. */
  readonly balanceAt: number;
  /** Why a fill may be seen late, which freezes every instrument; null when it would not. */
  readonly behind: string | null;
  readonly newId: () => string;
};

export type StagedEvent = {
  readonly tradeId: TradeId;
  readonly at: number;
  readonly event: TradeEvent;
};
export type StagedEffect = {
  readonly id: string;
  readonly tradeId: TradeId;
  readonly at: number;
  readonly effect: TradeEffect;
};
export type StagedFill = {
  readonly tradeId: TradeId;
  readonly fill: Fill;
  readonly channel: FillChannel;
  readonly at: number;
};
type Refusal = Extract<Work, { type: 'refusal' }>;

/**
 * Until when a request may have left is what these say: a later date would only delay the proof
 * that it did not arrive.
 */
const LIMITS_A_REQUEST: ReadonlySet<TradeInput['type']> = new Set([
  'clock',
  'restarted',
  'submitNotSent',
  'submitUnclear',
]);

/**
 * Everything that one transaction is going to write: made by stepping the works in order on a copy
 * of the book.
 */
export class Stage {
  readonly trades = new Map<TradeId, Trade>();
  readonly positions = new Map<InstrumentId, Position>();
  readonly events: StagedEvent[] = [];
  readonly effects: StagedEffect[] = [];
  readonly fills: StagedFill[] = [];
  readonly refusals: Refusal[] = [];
  readonly audit: AuditRow[] = [];
  readonly opened: { readonly id: string; readonly incident: NewIncident }[] = [];
  readonly resolved: { readonly id: string; readonly resolution: string; readonly at: number }[] =
    [];
  readonly doneOutbox: { readonly id: string; readonly at: number }[] = [];
  readonly snapshots: Extract<Work, { type: 'snapshot' }>[] = [];
  private readonly book: Book;
  private readonly context: StageContext;
  private readonly now: number;
  private readonly bookedIn: ReadonlyMap<string, TradeId>;

  /**
   * @param now epoch ms of the transaction: what commands, rules and news are dated by
   * @param bookedIn the trades in which executions of these works are booked already
   */
  constructor(
    book: Book,
    context: StageContext,
    now: number,
    bookedIn: ReadonlyMap<string, TradeId>,
  ) {
    this.book = book;
    this.context = context;
    this.now = now;
    this.bookedIn = bookedIn;
  }

  /**
   * @throws BrokenInvariant when a work contradicts the book: nothing of the batch is then
   * committed.
   */
  add(work: Work): void {
    switch (work.type) {
      case 'command':
        return this.addCommand(work);
      case 'refusal':
        return this.refuse(work);
      case 'input':
        return this.addInput(work);
      case 'audit':
        this.audit.push(work.row);
        return undefined;
      case 'closeOutbox':
        this.doneOutbox.push(...work.ids.map((id) => ({ id, at: work.at })));
        return undefined;
      case 'openIncident':
        return this.open(work.incident);
      case 'resolveIncident':
        this.resolved.push(work);
        return undefined;
      case 'snapshot':
        this.snapshots.push(work);
        return undefined;
      default:
        return work satisfies never;
    }
  }

  private trade(id: TradeId): Trade | null {
    return this.trades.get(id) ?? this.book.trades.get(id) ?? null;
  }

  private addCommand(work: Extract<Work, { type: 'command' }>): void {
    const { command, entryId } = work;
    const { id, type, producer, actor } = command;
    const at = this.now;
    this.audit.push({
      at,
      kind: 'command',
      callId: null,
      tradeId: tradeOf(command),
      data: { id, type, producer, actor, entryId },
    });
    if (command.type === 'openTrade') {
      const { tradeId, plan } = command.body;
      if (this.trade(tradeId) !== null) return this.refuseCommand(work, 'COMMAND_REPEATED');
      return this.openTrade(tradeId, plan, work);
    }
    if (command.type !== 'closeTrade') return undefined;
    const { tradeId, reason } = command.body;
    const trade = this.trade(tradeId);
    if (trade === null) return this.refuseCommand(work, 'TRADE_UNKNOWN');
    if (ENDED.has(trade.status)) return this.refuseCommand(work, 'TRADE_ENDED');
    const by = `${command.actor}: ${reason}`;
    return this.take(tradeId, at, step(trade, { type: 'closeRequested', at, reason: by }));
  }

  private openTrade(id: TradeId, plan: TradePlan, work: Extract<Work, { type: 'command' }>): void {
    const at = this.now;
    const instrument = this.context.instruments.get(plan.instrument) ?? null;
    if (instrument === null) return this.refuseCommand(work, 'INSTRUMENT_UNKNOWN');
    const verdicts = assess(plan, this.riskFacts(instrument, at));
    const { account, capabilities } = this.context;
    const parts = { id, account, plan, instrument, capabilities, verdicts, at };
    return this.take(id, at, openTrade(parts));
  }

  private riskFacts(instrument: Instrument, now: number): RiskFacts {
    const untouched = [...this.book.trades.values()].filter(({ id }) => !this.trades.has(id));
    const open = [...untouched, ...this.trades.values()].filter(
      (trade) => !ENDED.has(trade.status),
    );
    const staged = this.opened.map(({ incident }) => incident);
    const incidents = [...this.book.incidents.values(), ...staged];
    return gatherFacts(instrument, now, this.context, { open, incidents });
  }

  private refuseCommand(work: Extract<Work, { type: 'command' }>, code: CommandRefusalCode): void {
    const { command, entryId, at } = work;
    const { producer, id: commandId } = command;
    this.refuse({ type: 'refusal', producer, entryId, commandId, code, detail: command.type, at });
  }

  private refuse(refusal: Refusal): void {
    this.refusals.push(refusal);
    const { at, code, detail, commandId, producer } = refusal;
    const data = { code, detail, commandId, producer };
    this.audit.push({ at, kind: 'commandRefused', callId: null, tradeId: null, data });
  }

  private addInput(work: Extract<Work, { type: 'input' }>): void {
    const { tradeId, outboxId } = work;
    const input = this.withOwner(this.bookedNow(work.input), tradeId);
    if (outboxId !== undefined) this.doneOutbox.push({ id: outboxId, at: input.at });
    const trade = this.trade(tradeId);
    invariant(trade !== null, `input ${input.type} for trade ${tradeId}, which does not exist`);
    const result = step(trade, input);
    if (input.type === 'fill' && result.trade.fills !== trade.fills) {
      this.bookFill(trade, result.trade, input.fill, work.channel ?? 'stream', input.at);
    }
    this.take(tradeId, input.at, result);
  }

  /**
   * An input that waited for the database is news only now: dated when it arrived, the orders that
   * it asks for would be overdue before they could leave, and a stop would come 8 s late.
   */
  private bookedNow(input: TradeInput): TradeInput {
    if (LIMITS_A_REQUEST.has(input.type)) return input;
    return { ...input, at: Math.max(input.at, this.now) };
  }

  /**
   * An execution id is booked once in the whole ledger, so a trade alone cannot tell whether it is
   * new.
   */
  private withOwner(input: TradeInput, tradeId: TradeId): TradeInput {
    if (input.type !== 'fill') return input;
    const { executionId } = input.fill;
    const staged = this.fills.find(({ fill }) => fill.executionId === executionId)?.tradeId;
    const bookedIn = staged ?? this.bookedIn.get(executionId);
    return bookedIn === undefined || bookedIn === tradeId ? input : { ...input, bookedIn };
  }

  /** The account's position moves by what the trade's has moved: a correction too. */
  private bookFill(
    before: Trade,
    after: Trade,
    fill: Fill,
    channel: FillChannel,
    at: number,
  ): void {
    const { id: instrument, quoteCurrency } = before.instrument;
    const held = this.positions.get(instrument) ?? positionIn(this.book, instrument, quoteCurrency);
    this.positions.set(instrument, movedBy(held, before.position, after.position));
    this.fills.push({ tradeId: before.id, fill, channel, at });
  }

  private take(tradeId: TradeId, at: number, result: StepResult): void {
    this.trades.set(tradeId, result.trade);
    for (const event of result.events) {
      this.events.push({ tradeId, at, event });
      this.onEvent(result.trade, event, at);
    }
    for (const effect of result.effects) {
      this.effects.push({ id: this.context.newId(), tradeId, at, effect });
    }
  }

  /** Incidents follow from events; an ended trade has none left of its own. */
  private onEvent(trade: Trade, event: TradeEvent, at: number): void {
    const instrument = trade.plan.instrument;
    const base = { instrument, tradeId: trade.id, evidence: { event }, at };
    if (event.type === 'protectionLost') {
      const detail = 'filled quantity without a working stop';
      this.open({ ...base, kind: 'UNPROTECTED', detail });
    }
    if (event.type === 'incident') this.open({ ...base, kind: event.kind, detail: event.detail });
    if (event.type === 'protectionRestored')
      this.resolveOf(trade.id, ['UNPROTECTED'], 'covered', at);
    if (event.type !== 'statusChanged' || !ENDED.has(event.to)) return;
    this.resolveOf(
      trade.id,
      ['UNPROTECTED', 'TARGET_REJECTED', 'LEGS_EXHAUSTED'],
      'trade ended',
      at,
    );
  }

  private open(incident: NewIncident): void {
    this.opened.push({ id: this.context.newId(), incident });
    const { at, kind, tradeId, detail, instrument } = incident;
    const data = { kind, detail, instrument };
    this.audit.push({ at, kind: 'incident', callId: null, tradeId, data });
  }

  private resolveOf(tradeId: TradeId, kinds: string[], resolution: string, at: number): void {
    const staged = this.opened.map(({ id, incident }): OpenIncident => ({ id, ...incident }));
    for (const incident of [...this.book.incidents.values(), ...staged]) {
      if (incident.tradeId !== tradeId || !kinds.includes(incident.kind)) continue;
      this.resolved.push({ id: incident.id, resolution, at });
    }
  }
}

function tradeOf(command: Extract<Work, { type: 'command' }>['command']): string | null {
  return 'tradeId' in command.body ? command.body.tradeId : null;
}
