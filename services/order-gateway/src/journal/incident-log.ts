import type { TradeId } from '@ballast/domain';
import { type BrakeReading, ENDED, type Trade, type TradeEvent } from '@ballast/order-core';
import { incidentsOfBrake } from '../brake/brake-incidents.ts';
import type { Book, OpenIncident } from './book.ts';
import type { AuditRow, NewIncident } from './work.ts';

/** `pageId`: of the message that goes to the operator; null for what need not wake anybody. */
type Opened = {
  readonly id: string;
  readonly incident: NewIncident;
  readonly pageId: string | null;
};
type Thawed = { readonly id: string; readonly by: string; readonly at: number };
type Resolved = { readonly id: string; readonly resolution: string; readonly at: number };

/** Shown, but nothing is at stake at this moment. */
const NOT_PAGED = new Set(['FOREIGN_ORDER', 'TARGET_REJECTED']);

/** Which incident of an order an event ends, and how. */
const OVER_WITH = {
  fillsFound: ['FILL_MISSING', 'nothing is missing any more'],
  stateRecognised: ['STATE_UNRECOGNISED', 'the state is known again, or the order has ended'],
} as const;

/** The incidents that one transaction opens and resolves. */
export class IncidentLog {
  readonly opened: Opened[] = [];
  readonly resolved: Resolved[] = [];
  readonly thawed: Thawed[] = [];
  private readonly book: Book;
  private readonly newId: () => string;
  private readonly note: (row: AuditRow) => void;

  constructor(book: Book, newId: () => string, note: (row: AuditRow) => void) {
    this.book = book;
    this.newId = newId;
    this.note = note;
  }

  /** Those that are open as this transaction leaves them so far. */
  known(): readonly OpenIncident[] {
    const staged = this.opened.map(({ id, incident }): OpenIncident => ({ id, ...incident }));
    const over = new Set(this.resolved.map(({ id }) => id));
    return [...this.book.incidents.values(), ...staged]
      .filter(({ id }) => !over.has(id))
      .map((incident) => {
        const thawed = this.thawed.find(({ id }) => id === incident.id);
        return thawed === undefined ? incident : { ...incident, thawedBy: thawed.by };
      });
  }

  thaw(thawed: Thawed): void {
    this.thawed.push(thawed);
    const { id, by, at } = thawed;
    this.note({ at, kind: 'incidentThawed', callId: null, tradeId: null, data: { id, by } });
  }

  open(incident: NewIncident): void {
    const pageId = NOT_PAGED.has(incident.kind) ? null : this.newId();
    this.opened.push({ id: this.newId(), incident, pageId });
    const { at, kind, tradeId, detail, instrument } = incident;
    const data = { kind, detail, instrument };
    this.note({ at, kind: 'incident', callId: null, tradeId, data });
  }

  /** What follows from a trade's event; an ended trade has no incidents of its own left. */
  follow(trade: Trade, event: TradeEvent, at: number): void {
    const instrument = trade.plan.instrument;
    const base = { instrument, tradeId: trade.id, evidence: { event }, at };
    if (event.type === 'protectionLost') {
      const detail = 'filled quantity without a working stop';
      this.open({ ...base, kind: 'UNPROTECTED', detail });
    }
    if (event.type === 'incident') this.open({ ...base, kind: event.kind, detail: event.detail });
    if (event.type === 'protectionRestored')
      this.resolveOf(trade.id, ['UNPROTECTED'], 'covered', at);
    if (event.type === 'fillsFound' || event.type === 'stateRecognised') {
      const begin = `order ${event.clientOrderId}`;
      const [kind, resolution] = OVER_WITH[event.type];
      this.resolveOf(trade.id, [kind], resolution, at, begin);
    }
    if (event.type !== 'statusChanged' || !ENDED.has(event.to)) return;
    const kinds = ['UNPROTECTED', 'TARGET_REJECTED', 'LEGS_EXHAUSTED'];
    this.resolveOf(trade.id, kinds, 'trade ended', at);
  }

  /** What follows from the brake as it stands now; `live`: the trades that it found open. */
  followBrake(brake: BrakeReading, live: readonly Trade[], at: number): void {
    const { opens, resolves } = incidentsOfBrake(brake, this.known(), live, at);
    for (const incident of opens) this.open(incident);
    this.resolved.push(...resolves.map((over) => ({ ...over, at })));
  }

  /** `begin`: only those whose detail begins with it. */
  private resolveOf(
    tradeId: TradeId,
    kinds: string[],
    resolution: string,
    at: number,
    begin = '',
  ): void {
    for (const incident of this.known()) {
      if (incident.tradeId !== tradeId || !kinds.includes(incident.kind)) continue;
      if (!incident.detail.startsWith(begin)) continue;
      this.resolved.push({ id: incident.id, resolution, at });
    }
  }
}
