import { formatScaled } from '@ballast/domain';
import type { Position } from './ledger.ts';
import { fillId, positionId, type Rebuilt, type RebuiltFill } from './rebuilt-ledger.ts';

/** What the tables have, as rows; columns that the audit does not tell are not looked at. */
export type StoredLedger = {
  readonly orders: readonly ({ readonly clientOrderId: string } & Row)[];
  readonly fills: readonly (Pick<
    RebuiltFill,
    'venue' | 'account' | 'executionId' | 'revision' | 'clientOrderId' | 'tradeId'
  > & { readonly instrument: string; readonly bookedAt: number } & Row)[];
  /** Every trade, those without a fill included. */
  readonly trades: readonly ({ readonly id: string } & Row)[];
  /** `feesCum`: decimal text by currency. */
  readonly positions: readonly ({
    readonly account: string;
    readonly instrument: string;
    readonly feesCum: Readonly<Record<string, string>>;
  } & Row)[];
};
type Row = object;

/** `audit` and `table`: only the columns that differ; null where there is no such row. */
export type AuditDifference = {
  readonly what: 'auditRow' | 'order' | 'fill' | 'tradePosition' | 'position';
  readonly id: string;
  readonly audit: unknown;
  readonly table: unknown;
};

export type AuditComparison = {
  readonly orders: number;
  readonly fills: number;
  readonly positions: number;
  readonly differences: readonly AuditDifference[];
};

/** From (inclusive) and until (exclusive), epoch ms. */
export type Span = { readonly from: number; readonly until: number };

/**
 * Holds what the audit tells against what the tables have. With a span: only fills booked in it,
 * orders created or filled in it, and the positions that these fills have moved.
 */
export function compareWithTables(
  rebuilt: Rebuilt,
  stored: StoredLedger,
  span: Span | null,
): AuditComparison {
  const sides = pairsOf(rebuilt, stored);
  const scope = span === null ? null : scopeOf(rebuilt, stored, span);
  const kept = <T extends Pair>(pairs: readonly T[], ids: ReadonlySet<string> | undefined): T[] =>
    pairs.filter(({ id }) => ids === undefined || ids.has(id));
  const orders = kept(sides.orders, scope?.orders);
  const fills = kept(sides.fills, scope?.fills);
  const trades = kept(sides.trades, scope?.trades);
  const positions = kept(sides.positions, scope?.positions);
  const unreadable = rebuilt.unreadable.map(({ seq, why }): AuditDifference => {
    return { what: 'auditRow', id: String(seq), audit: why, table: null };
  });
  const all = [...orders, ...fills, ...trades, ...positions];
  const differences = [...unreadable, ...all.flatMap((pair) => differenceOf(pair) ?? [])];
  const counted = { orders: orders.length, fills: fills.length, positions: positions.length };
  return { ...counted, differences };
}

type Pair = {
  readonly what: AuditDifference['what'];
  readonly id: string;
  readonly audit: Row | null;
  readonly table: Row | null;
};

const NO_FILL = { quantity: 0n, realisedCum: 0n, feesCum: 0n, entryPrice: null };

function pairsOf(rebuilt: Rebuilt, stored: StoredLedger) {
  const { orders, fills, trades, positions } = stored;
  const traded = new Map<string, Row>(trades.map(({ id }) => [id, NO_FILL]));
  for (const [id, { position, entryPrice }] of rebuilt.trades) {
    const { quantity, realisedCum, feesCum, currency } = position;
    traded.set(id, { quantity, realisedCum, feesCum: feesCum[currency] ?? 0n, entryPrice });
  }
  const held = [...rebuilt.positions].map(([id, position]): [string, Row] => {
    return [id, positionRow(position)];
  });
  const byPosition = positions.map((row): [string, Row] => {
    return [positionId(row.account, row.instrument), { ...row, feesCum: feesText(row.feesCum) }];
  });
  return {
    orders: pairs(
      'order',
      rebuilt.orders,
      orders.map((row) => [row.clientOrderId, row]),
    ),
    fills: pairs(
      'fill',
      rebuilt.fills,
      fills.map((row) => [fillId(row), row]),
    ),
    trades: pairs(
      'tradePosition',
      traded,
      trades.map((row) => [row.id, row]),
    ),
    positions: pairs('position', new Map(held), byPosition),
  };
}

function pairs(
  what: Pair['what'],
  audit: ReadonlyMap<string, Row>,
  rows: readonly (readonly [string, Row])[],
): Pair[] {
  const table = new Map(rows);
  return [...new Set([...audit.keys(), ...table.keys()])].map((id) => {
    return { what, id, audit: audit.get(id) ?? null, table: table.get(id) ?? null };
  });
}

function scopeOf(rebuilt: Rebuilt, stored: StoredLedger, { from, until }: Span) {
  const within = (at: number): boolean => at >= from && at < until;
  const fills = [...rebuilt.fills.values(), ...stored.fills].filter(({ bookedAt }) => {
    return within(bookedAt);
  });
  const created = [...rebuilt.orders].filter(([, { createdAt }]) => within(createdAt));
  const storedCreated = stored.orders.filter((row) =>
    within(Number(Reflect.get(row, 'createdAt'))),
  );
  return {
    fills: new Set(fills.map(fillId)),
    trades: new Set(fills.map(({ tradeId }) => tradeId)),
    positions: new Set(fills.map(({ account, instrument }) => positionId(account, instrument))),
    orders: new Set([
      ...fills.map(({ clientOrderId }) => clientOrderId),
      ...created.map(([id]) => id),
      ...storedCreated.map(({ clientOrderId }) => clientOrderId),
    ]),
  };
}

function differenceOf({ what, id, audit, table }: Pair): AuditDifference | null {
  if (audit === null || table === null)
    return { what, id, audit: shown(audit), table: shown(table) };
  const differing = Object.entries(audit).filter(([name, told]) => {
    return Reflect.get(table, name) !== told;
  });
  if (differing.length === 0) return null;
  const stored = differing.map(([name]): [string, unknown] => [name, Reflect.get(table, name)]);
  return {
    ...{ what, id },
    audit: shown(Object.fromEntries(differing)),
    table: shown(Object.fromEntries(stored)),
  };
}

function positionRow({ quantity, cost, realisedCum, currency, feesCum }: Position): Row {
  const fees: Record<string, string> = {};
  for (const [of, amount] of Object.entries(feesCum)) fees[of] = formatScaled(amount);
  return { quantity, cost, realisedCum, currency, feesCum: feesText(fees) };
}

/** One text for the same fees; a currency in which nothing is left counts as none. */
function feesText(fees: Readonly<Record<string, string>>): string {
  return Object.entries(fees)
    .filter(([, amount]) => amount !== '0')
    .map(([currency, amount]) => `${amount} ${currency}`)
    .toSorted()
    .join(', ');
}

/** Amounts as decimal text, for people and JSON. */
function shown(row: Row | null): unknown {
  if (row === null) return null;
  const plain = Object.entries(row).map(([name, value]: [string, unknown]) => {
    return [name, typeof value === 'bigint' ? formatScaled(value) : (value ?? null)];
  });
  return Object.fromEntries(plain);
}
