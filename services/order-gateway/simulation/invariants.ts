import {
  absoluteQuantity,
  type InstrumentId,
  type TradeId,
  tradeOfClientOrderId,
} from '@ballast/domain';
import { ENDED, openQuantity, type Trade } from '@ballast/order-core';
import { isOpen, leavesOf, type VenueOrder } from '@ballast/sim-core';
import type { Stage } from '../src/journal/stage.ts';
import { verifyRows } from './audit-check.ts';
import { auditDifferences } from './audit-rebuilds.ts';
import { type Disk, fillKey } from './disk.ts';
import type { GatewayProcess } from './process.ts';
import type { SimulatedVenue, VenueNews } from './venue.ts';
import type { VirtualTime } from './virtual-time.ts';

const VIOLATIONS_MAX = 20;
const UNDER_WAY_MS = 5_000;
const ENDED_ORDER: ReadonlySet<string> = new Set(['filled', 'cancelled', 'rejected', 'expired']);
/** A sweep and some: what the stream has dropped is known by then, and an incident is open. */
const EXPOSED_MAX_MS = 150_000;

/** What holds after every event, and what holds once all faults have stopped. */
export class Checker {
  readonly violations: string[] = [];
  readonly #venue: SimulatedVenue;
  readonly #disk: Disk;
  readonly #time: VirtualTime;
  #dirty = false;
  #seenFills = 0;
  #seenAudit = 0;
  #readAudit = 0;
  /** Client order ids whose placement has its row in the audit. */
  readonly #audited = new Set<string>();
  #scaledOut = 0;
  readonly #exposedSince = new Map<InstrumentId, number>();
  #calmSince = 0;

  constructor(venue: SimulatedVenue, disk: Disk, time: VirtualTime) {
    this.#venue = venue;
    this.#disk = disk;
    this.#time = time;
  }

  note(text: string): void {
    if (this.violations.length < VIOLATIONS_MAX) {
      this.violations.push(`at ${new Date(this.#time.now()).toISOString()}: ${text}`);
    }
  }

  onNews(news: readonly VenueNews[]): void {
    this.#dirty = true;
    for (const item of news) {
      if (item.kind !== 'order') continue;
      const { linkId } = item.order;
      if (!this.#disk.orders.has(linkId)) this.note(`order ${linkId} came before it was stored`);
      if (!this.#isAudited(linkId)) this.note(`order ${linkId} came before its audit row was kept`);
      this.#checkEntry(item.order);
    }
  }

  /** Each request has its row in the audit before it leaves. */
  #isAudited(clientOrderId: string): boolean {
    const { audit } = this.#disk;
    for (; this.#readAudit < audit.length; this.#readAudit += 1) {
      const row = audit[this.#readAudit];
      if (row?.kind === 'brokerRequest') this.#audited.add(submittedBy(row.data));
    }
    return this.#audited.has(clientOrderId);
  }

  /** A request under way when the trade was closed may still arrive; none is sent after. */
  #checkEntry(order: VenueOrder): void {
    if (!isEntry(order) || order.createdAt !== this.#time.now()) return;
    const id = tradeOfClientOrderId(order.linkId);
    const closing = id === null ? null : (this.#disk.trades.get(id)?.closing ?? null);
    if (closing === null || order.createdAt < closing.at + UNDER_WAY_MS) return;
    this.note(`entry ${order.linkId} came after its trade was closed`);
  }

  /** A commit as it reaches the disk. */
  written(stage: Stage, epoch: number): void {
    if (epoch !== this.#disk.epoch) this.note(`a gateway of epoch ${epoch} wrote after its fence`);
    const braked = this.#disk.brake !== null && this.#disk.brake.state !== 'released';
    for (const { event } of stage.events) {
      if (event.type === 'scaleOutAsked') this.#scaledOut += 1;
      if (braked && event.type === 'tradeOpened') this.note('a trade is opened after the brake');
      if (event.type !== 'orderChanged' || !ENDED_ORDER.has(event.from)) continue;
      this.note(`order ${event.clientOrderId} was ${event.from} and is ${event.to} again`);
    }
  }

  /** A gateway has started, or the venue cannot be asked until then: what is owed begins anew. */
  disturbed(until: number): void {
    this.#calmSince = Math.max(this.#calmSince, until);
  }

  check(): void {
    this.#checkExposure();
    if (this.#disk.audit.length !== this.#seenAudit) {
      this.#seenAudit = this.#disk.audit.length;
      this.#checkLedger();
    }
    if (!this.#dirty) return;
    this.#dirty = false;
    this.#checkVenue();
  }

  /** Each booked fill is an execution of the venue, as the venue told it. */
  #checkLedger(): void {
    const { fills } = this.#disk;
    if (fills.size === this.#seenFills) return;
    const added = [...fills.values()].slice(this.#seenFills);
    this.#seenFills = fills.size;
    for (const { fill } of added) {
      const told = this.#venue.executions.find(({ id }) => id === fill.executionId);
      if (told === undefined) this.note(`fill ${fill.executionId} is in the ledger only`);
      else if (told.quantity !== fill.quantity || told.side !== fill.side) {
        this.note(`fill ${fill.executionId} differs from the venue's`);
      }
    }
  }

  #checkVenue(): void {
    for (const [instrument, position] of this.#venue.account.positions) {
      this.#checkPosition(instrument, position.quantity);
    }
  }

  #checkPosition(instrument: InstrumentId, quantity: bigint): void {
    const open = [...this.#venue.account.open.values()].filter((o) => o.instrument === instrument);
    const trade = this.#tradeIn(instrument);
    this.#watchExposure(instrument, quantity, trade);
    if (quantity !== 0n) {
      if (trade === null) this.note(`a position of ${quantity} in ${instrument} without a trade`);
      else if (quantity > 0n !== (trade.plan.direction === 'long')) {
        this.note(`a position of ${quantity} against the plan of ${trade.id}`);
      }
    }
    if (this.#venue.capabilities.exits === 'reduceOnly') return;
    const exits = open.filter((order) => !isEntry(order));
    const held = heldBy(exits);
    if (held > absoluteQuantity(quantity as never)) {
      const names = exits.map((o) => `${o.linkId.slice(32)}:${leavesOf(o)}`).join(' ');
      this.note(`exits of ${held} exceed the position of ${quantity} in ${instrument}: ${names}`);
    }
  }

  #checkExposure(): void {
    const now = this.#time.now();
    for (const [instrument, since] of this.#exposedSince) {
      if (now < Math.max(since, this.#calmSince) + EXPOSED_MAX_MS) continue;
      const told = [...this.#disk.incidents.values()].some(
        (row) => row.instrument === instrument && row.resolvedAt === null,
      );
      if (!told)
        this.note(`${instrument} is without a stop for ${now - since} ms, no incident says so`);
      this.#exposedSince.set(instrument, now);
    }
  }

  #watchExposure(instrument: InstrumentId, quantity: bigint, trade: Trade | null): void {
    const exits = [...this.#venue.account.open.values()].filter(
      (order) => order.instrument === instrument && !isEntry(order),
    );
    const guards = exits.filter((order) => order.trigger !== null || isClose(order));
    const held = quantity < 0n ? -quantity : quantity;
    const known = trade !== null && openQuantity(trade) > 0n;
    if (held > heldBy(guards) && known) {
      if (!this.#exposedSince.has(instrument)) this.#exposedSince.set(instrument, this.#time.now());
    } else {
      this.#exposedSince.delete(instrument);
    }
  }

  /** The trade whose orders have filled last in this instrument. */
  #tradeIn(instrument: InstrumentId): Trade | null {
    const last = this.#venue.executions.findLast(
      (execution) => execution.instrument === instrument,
    );
    const id = last === undefined ? null : tradeOfClientOrderId(last.linkId);
    return id === null ? null : (this.#disk.trades.get(id) ?? null);
  }

  /** Faults have stopped: nothing is unknown, frozen or unprotected, and nothing is missing. */
  atRest(gateway: GatewayProcess | null, pendingCommands: number): void {
    if (gateway?.journal() === null || gateway === null) this.note('no gateway runs');
    if (pendingCommands > 0) this.note(`${pendingCommands} commands have no end`);
    this.#compareLedger();
    for (const trade of this.#disk.trades.values()) this.#checkTrade(trade);
    this.#checkBrake();
    this.#checkCommands();
    for (const incident of this.#disk.incidents.values()) {
      if (incident.resolvedAt === null && incident.kind === 'DRIFT') {
        this.note(`still frozen: ${incident.instrument}: ${incident.detail}`);
      }
    }
    this.#checkIds();
    const broken = verifyRows(this.#disk.audit);
    if (broken !== null) this.note(`audit chain broken at ${broken}`);
    for (const differs of auditDifferences(this.#disk)) this.note(`audit rebuild: ${differs}`);
    for (const [id, { tradeId, done }] of this.#disk.outbox) {
      if (!done) this.note(`promise ${id} of trade ${tradeId} is open`);
    }
  }

  /** Each command was carried out once at most, and the brake's have not been forgotten. */
  #checkCommands(): void {
    const types = [...this.#disk.commands.values()];
    const asked = types.filter((type) => type === 'scaleOut').length;
    if (this.#scaledOut > asked) this.note(`${asked} scale-outs asked, ${this.#scaledOut} made`);
    if (types.includes('engageBrake') && this.#disk.brake?.state === 'released') {
      this.note('the brake was pulled and is released');
    }
  }

  /** A brake that was pulled has proven the account flat. */
  #checkBrake(): void {
    const { brake } = this.#disk;
    if (brake === null || brake.state === 'released') return;
    if (brake.state !== 'engaged') this.note(`the brake is ${brake.state} at rest`);
    for (const [instrument, { quantity }] of this.#venue.account.positions) {
      if (quantity !== 0n) this.note(`${instrument} holds ${quantity} under the brake`);
    }
  }

  flat(): void {
    for (const [instrument, { quantity }] of this.#venue.account.positions) {
      if (quantity !== 0n) this.note(`not flat after close all: ${instrument} ${quantity}`);
    }
    if (this.#venue.account.open.size > 0) this.note('orders are left at the venue');
    for (const trade of this.#disk.trades.values()) {
      if (!ENDED.has(trade.status))
        this.note(`trade ${trade.id} is ${trade.status} after close all`);
    }
    this.#compareLedger();
  }

  #compareLedger(): void {
    for (const execution of this.#venue.executions) {
      const booked = this.#disk.fills.get(fillKey(execution.id, execution.revision));
      if (booked === undefined)
        this.note(`execution ${execution.id}.${execution.revision} is not booked`);
      else if (booked.fill.price !== execution.price) this.note(`price of ${execution.id} differs`);
    }
    for (const [instrument, { quantity }] of this.#venue.account.positions) {
      const ledger = this.#disk.positions.get(instrument)?.quantity ?? 0n;
      if (ledger !== quantity) this.note(`ledger ${ledger}, venue ${quantity} in ${instrument}`);
    }
  }

  #checkTrade(trade: Trade): void {
    if (ENDED.has(trade.status)) return;
    for (const order of Object.values(trade.orders)) {
      const { status } = order.phase;
      if (status === 'unknown' || status === 'submitting') {
        this.note(`order ${order.request.clientOrderId} is ${status} at rest`);
      }
    }
    const held = openQuantity(trade);
    const stops = [...this.#venue.account.open.values()].filter(
      (order) =>
        tradeOfClientOrderId(order.linkId) === trade.id &&
        order.trigger !== null &&
        !isEntry(order),
    );
    const covered = stops.reduce((sum, order) => sum + leavesOf(order), 0n);
    if (trade.closing === null && covered < held) {
      this.note(`trade ${trade.id} holds ${held}, its stops ${covered}`);
    }
  }

  /** One entry at most for each trade, and no order that no trade knows. */
  #checkIds(): void {
    const entries = new Map<TradeId, bigint>();
    for (const order of this.#venue.orders.values()) {
      const id = tradeOfClientOrderId(order.linkId);
      const trade = id === null ? undefined : this.#disk.trades.get(id);
      if (id === null || trade === undefined) {
        this.note(`order ${order.linkId} belongs to no trade`);
        continue;
      }
      if (trade.orders[order.linkId] === undefined)
        this.note(`order ${order.linkId} is not stored`);
      if (!isEntry(order)) continue;
      entries.set(id, (entries.get(id) ?? 0n) + order.filled);
    }
    for (const [id, filled] of entries) {
      const planned = this.#disk.trades.get(id)?.plan.quantity ?? 0n;
      if (filled > planned) this.note(`trade ${id} entered ${filled} of ${planned}`);
    }
  }
}

/** The client order id of a placement as the audit has it; '' of any other call. */
function submittedBy(data: unknown): string {
  const field = (holder: unknown, name: string): unknown =>
    typeof holder === 'object' && holder !== null ? Reflect.get(holder, name) : undefined;
  return field(data, 'call') === 'submit'
    ? String(field(field(data, 'request'), 'clientOrderId'))
    : '';
}

function isClose(order: VenueOrder): boolean {
  return order.linkId.charAt(32) === 'c';
}

function isEntry(order: VenueOrder): boolean {
  return order.linkId.charAt(32) === 'e';
}

function heldBy(exits: readonly VenueOrder[]): bigint {
  return exits.filter(({ status }) => isOpen(status)).reduce((sum, o) => sum + leavesOf(o), 0n);
}
