import { type Fill, type InstrumentId, invariant, type TradeId } from '@ballast/domain';
import {
  type BrakeInput,
  type BrakeRefusal,
  ENDED,
  flat,
  movedBy,
  type Position,
  step,
  type StepResult,
  type Trade,
  type TradeEffect,
  type TradeEvent,
  type TradeInput,
} from '@ballast/order-core';
import { StagedBrake } from '../brake/staged-brake.ts';
import { bookForeign } from './book-foreign.ts';
import type { Book, OpenIncident } from './book.ts';
import { carryOut } from './carry-out.ts';
import { IncidentLog } from './incident-log.ts';
import { asOfCommit } from './input-time.ts';
import type { StageContext } from './stage-context.ts';
import { StagedUnattributed } from './staged-unattributed.ts';
import type { AuditRow, FillChannel, NewIncident, VenueOddity, Work } from './work.ts';

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
  readonly doneOutbox: { readonly id: string; readonly at: number }[] = [];
  readonly snapshots: Extract<Work, { type: 'snapshot' }>[] = [];
  readonly paged: Extract<Work, { type: 'paged' }>[] = [];
  readonly oddities: VenueOddity[] = [];
  readonly brake: StagedBrake;
  readonly unattributed: StagedUnattributed;
  private readonly incidents: IncidentLog;
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
    this.unattributed = new StagedUnattributed(book.unattributed);
    this.incidents = new IncidentLog(book, context.newId, (row) => this.audit.push(row));
    this.brake = new StagedBrake(book.brake, context.newId, (...row) => this.note(...row));
  }

  get opened(): IncidentLog['opened'] {
    return this.incidents.opened;
  }

  get resolved(): IncidentLog['resolved'] {
    return this.incidents.resolved;
  }

  get thawed(): IncidentLog['thawed'] {
    return this.incidents.thawed;
  }

  /** Lifts the freeze of an incident that stays open. */
  thaw(thawed: IncidentLog['thawed'][number]): void {
    this.incidents.thaw(thawed);
  }

  /**
   * @throws BrokenInvariant when a work contradicts the book: nothing of the batch is then
   * committed.
   */
  add(work: Work): void {
    switch (work.type) {
      case 'command':
        return carryOut(work, { stage: this, context: this.context, now: this.now });
      case 'refusal':
        return this.refuse(work);
      case 'input':
        return this.addInput(work);
      case 'foreignFill':
        return bookForeign(work, { stage: this, context: this.context, now: this.now });
      case 'brake':
        this.moveBrake({ ...work.input, at: Math.max(work.input.at, this.now) });
        return undefined;
      case 'audit':
        this.audit.push(work.row);
        return undefined;
      case 'closeOutbox':
        this.doneOutbox.push(...work.ids.map((id) => ({ id, at: work.at })));
        return undefined;
      case 'openIncident':
        return this.openIncident(work.incident);
      case 'resolveIncident':
        this.resolved.push({ id: work.id, resolution: work.resolution, at: work.at });
        return undefined;
      case 'snapshot':
        this.snapshots.push(work);
        return undefined;
      case 'paged':
        this.paged.push(work);
        return undefined;
      case 'oddities':
        this.oddities.push(...work.rows);
        return undefined;
      default:
        return work satisfies never;
    }
  }

  trade(id: TradeId): Trade | null {
    return this.trades.get(id) ?? this.book.trades.get(id) ?? null;
  }

  /** Trades that have not ended, as this transaction leaves them so far. */
  liveTrades(): readonly Trade[] {
    const untouched = [...this.book.trades.values()].filter(({ id }) => !this.trades.has(id));
    return [...untouched, ...this.trades.values()].filter(({ status }) => !ENDED.has(status));
  }

  openIncident(incident: NewIncident): void {
    this.incidents.open(incident);
  }

  /** The account's position in an instrument, as this transaction leaves it so far. */
  positionOf(instrument: InstrumentId): Position | undefined {
    return this.positions.get(instrument) ?? this.book.positions.get(instrument);
  }

  /** The account's positions, as this transaction leaves them so far. */
  ledger(): ReadonlyMap<InstrumentId, Position> {
    return new Map([...this.book.positions, ...this.positions]);
  }

  /** Open incidents, those of this transaction included. */
  knownIncidents(): readonly OpenIncident[] {
    return this.incidents.known();
  }

  /** A row of the audit log, dated by this transaction. */
  note(kind: string, tradeId: string | null, data: unknown): void {
    this.audit.push({ at: this.now, kind, callId: null, tradeId, data });
  }

  refuse(refusal: Refusal): void {
    this.refusals.push(refusal);
    const { at, code, detail, commandId, producer } = refusal;
    const data = { code, detail, commandId, producer };
    this.audit.push({ at, kind: 'commandRefused', callId: null, tradeId: null, data });
  }

  private addInput(work: Extract<Work, { type: 'input' }>): void {
    const { tradeId, outboxId } = work;
    const input = this.withOwner(asOfCommit(work.input, this.now), tradeId);
    if (outboxId !== undefined) this.doneOutbox.push({ id: outboxId, at: input.at });
    const trade = this.trade(tradeId);
    invariant(trade !== null, `input ${input.type} for trade ${tradeId}, which does not exist`);
    const result = step(trade, input);
    if (input.type === 'fill' && result.trade.fills !== trade.fills) {
      const revision = revisionIn(result.trade, input.fill);
      const fill = { ...input.fill, revision };
      this.bookFill(trade, result.trade, fill, work.channel ?? 'stream', input.at);
    }
    this.take(tradeId, input.at, result);
  }

  /**
   * An execution id is booked once in the whole ledger, so a trade alone cannot tell whether it is
   * new.
   */
  private withOwner(input: TradeInput, tradeId: TradeId): TradeInput {
    if (input.type !== 'fill') return input;
    const bookedIn = this.ownerOf(input.fill);
    return bookedIn === undefined || bookedIn === tradeId ? input : { ...input, bookedIn };
  }

  /** The trade in which this execution is booked last, by this transaction or before. */
  ownerOf({ executionId }: Fill): TradeId | undefined {
    const staged = this.fills.findLast(({ fill }) => fill.executionId === executionId)?.tradeId;
    return staged ?? this.bookedIn.get(executionId);
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
    const held = this.positionOf(instrument) ?? flat(quoteCurrency);
    this.positions.set(instrument, movedBy(held, before.position, after.position));
    this.fills.push({ tradeId: before.id, fill, channel, at });
  }

  /** What happens to the brake; one that is engaged closes every trade in this very commit. */
  moveBrake(input: BrakeInput): BrakeRefusal | null {
    const refusal = this.brake.take(input);
    const live = this.liveTrades();
    for (const trade of live) this.closeByBrake(trade, input.at);
    this.incidents.followBrake(this.brake.current, live, input.at);
    return refusal;
  }

  /** Of a trade that a late fill has opened again too. */
  private closeByBrake(trade: Trade, at: number): void {
    if (!this.brake.flattens || trade.closing !== null || ENDED.has(trade.status)) return;
    const reason = `brake: ${this.brake.current.reason}`;
    this.take(trade.id, at, step(trade, { type: 'closeRequested', at, reason }));
  }

  take(tradeId: TradeId, at: number, result: StepResult): void {
    this.trades.set(tradeId, result.trade);
    for (const event of result.events) {
      this.events.push({ tradeId, at, event });
      this.incidents.follow(result.trade, event, at);
    }
    for (const effect of result.effects) {
      this.effects.push({ id: this.context.newId(), tradeId, at, effect });
    }
    this.closeByBrake(result.trade, at);
  }
}

/** The revision that the trade has booked an execution as. */
function revisionIn({ fills }: Trade, { executionId, revision }: Fill): number {
  return fills.find((booked) => booked.executionId === executionId)?.revision ?? revision;
}
