import { AUDIT_START } from '@ballast/db';
import type { Instrument, InstrumentId, TradeId } from '@ballast/domain';
import {
  brakeFromStored,
  ENDED,
  fromJson,
  type Position,
  storedBrake,
  type StoredBrake,
  toJson,
  type Trade,
  tradeFromJson,
  type Unattributed,
} from '@ballast/order-core';
import type { CommandWork } from '../src/journal/accept-commands.ts';
import type { AuditEntry } from '../src/journal/audit-rows.ts';
import type { Book, OpenIncident } from '../src/journal/book.ts';
import type { Stage, StagedFill } from '../src/journal/stage.ts';

/** What survives every crash. */
export type Disk = {
  epoch: number;
  commits: number;
  /** The row in force; null before the first start. */
  brake: StoredBrake | null;
  readonly instruments: readonly Instrument[];
  readonly commands: Map<string, string>;
  readonly nonces: Set<string>;
  readonly refusals: { readonly commandId: string | null; readonly code: string }[];
  readonly trades: Map<TradeId, Trade>;
  readonly unattributed: Map<TradeId, Unattributed>;
  readonly orders: Map<string, TradeId>;
  readonly fills: Map<string, StagedFill>;
  readonly owners: Map<string, TradeId>;
  readonly positions: Map<InstrumentId, Position>;
  readonly incidents: Map<string, OpenIncident & { resolvedAt: number | null }>;
  readonly outbox: Map<string, { readonly tradeId: string; done: boolean }>;
  readonly audit: AuditEntry[];
  readonly snapshots: { readonly at: number; readonly equity: bigint }[];
};

export function emptyDisk(instruments: readonly Instrument[]): Disk {
  return {
    epoch: 0,
    commits: 0,
    brake: null,
    instruments,
    commands: new Map(),
    nonces: new Set(),
    refusals: [],
    trades: new Map(),
    unattributed: new Map(),
    orders: new Map(),
    fills: new Map(),
    owners: new Map(),
    positions: new Map(),
    incidents: new Map(),
    outbox: new Map(),
    audit: [],
    snapshots: [],
  };
}

/** As Postgres says it; the gateway tells passing errors from its own faults by the code. */
export class StoreFault extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export function isNew(disk: Disk, { command }: CommandWork): boolean {
  const nonce = `${command.producer} ${command.nonce}`;
  return !disk.commands.has(command.id) && !disk.nonces.has(nonce);
}

export const fillKey = (executionId: string, revision: number): string =>
  `${executionId} ${revision}`;

export function checkKeys(disk: Disk, stage: Stage, auditRows: readonly AuditEntry[]): void {
  const twice = stage.fills.find(({ fill }) =>
    disk.fills.has(fillKey(fill.executionId, fill.revision)),
  );
  if (twice !== undefined) throw new StoreFault('23505', 'fills_pk');
  const first = auditRows[0];
  if (first !== undefined && first.seq <= disk.audit.length) {
    throw new StoreFault('23505', 'audit_pk');
  }
}

export function keep(disk: Disk, stage: Stage, auditRows: readonly AuditEntry[]): void {
  for (const [id, trade] of stage.trades) {
    disk.trades.set(id, trade);
    for (const clientOrderId of Object.keys(trade.orders)) disk.orders.set(clientOrderId, id);
  }
  for (const [id, record] of stage.unattributed.records) disk.unattributed.set(id, record);
  for (const staged of stage.fills) {
    disk.fills.set(fillKey(staged.fill.executionId, staged.fill.revision), staged);
    disk.owners.set(staged.fill.executionId, staged.tradeId);
  }
  for (const [instrument, position] of stage.positions) disk.positions.set(instrument, position);
  for (const { id, incident } of stage.opened) {
    disk.incidents.set(id, { id, ...incident, resolvedAt: null });
  }
  for (const { id, at } of stage.resolved) {
    const row = disk.incidents.get(id);
    if (row !== undefined) disk.incidents.set(id, { ...row, resolvedAt: at });
  }
  for (const { id, by: thawedBy } of stage.thawed) {
    const row = disk.incidents.get(id);
    if (row !== undefined) disk.incidents.set(id, { ...row, thawedBy });
  }
  for (const { id, tradeId } of stage.effects) disk.outbox.set(id, { tradeId, done: false });
  for (const { id } of stage.doneOutbox) {
    const row = disk.outbox.get(id);
    if (row !== undefined) row.done = true;
  }
  for (const { commandId, code } of stage.refusals) disk.refusals.push({ commandId, code });
  for (const { at, equity } of stage.snapshots) disk.snapshots.push({ at, equity: equity.amount });
  const { rows, current } = stage.brake;
  if (rows.length > 0 && current.status !== 'unreadable') disk.brake = storedBrake(current);
  disk.audit.push(...auditRows);
}

/** What a new process reads: everything has been text in between. */
export function bookOf(disk: Disk): Book {
  const stored = [...disk.trades.values()]
    .filter((trade) => !ENDED.has(trade.status))
    .map((trade) => tradeFromJson(JSON.parse(JSON.stringify(toJson(trade)))));
  const positions = [...disk.positions].map(([id, position]): [InstrumentId, Position] => {
    return [id, fromJson(JSON.parse(JSON.stringify(toJson(position)))) as Position];
  });
  const open = [...disk.incidents].filter(([, { resolvedAt }]) => resolvedAt === null);
  const last = disk.audit.at(-1);
  return {
    trades: new Map(stored.map((trade) => [trade.id, trade])),
    unattributed: new Map([...disk.unattributed].filter(([, one]) => one.endedAt === null)),
    positions: new Map(positions),
    incidents: new Map(open),
    brake: brakeFromStored(disk.brake),
    auditHead:
      last === undefined ? { seq: 0, hash: AUDIT_START } : { seq: last.seq, hash: last.hash },
  };
}

export function highestRevision(disk: Disk, executionId: string): number | null {
  let revision = -1;
  while (disk.fills.has(fillKey(executionId, revision + 1))) revision += 1;
  return revision < 0 ? null : revision;
}

/** Calls in flight at a crash are among the last rows, as in Postgres. */
const IN_FLIGHT_ROWS = 5_000;

export function unansweredCalls(audit: readonly AuditEntry[]) {
  const rows = audit.slice(-IN_FLIGHT_ROWS);
  const answered = new Set(
    rows.filter(({ kind }) => kind === 'brokerResponse').map(({ callId }) => callId),
  );
  return rows
    .filter(({ kind, callId }) => kind === 'brokerRequest' && !answered.has(callId))
    .map(({ callId, tradeId }) => ({ callId: callId ?? '', tradeId: tradeId ?? null }));
}
