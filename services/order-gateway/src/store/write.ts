import {
  audit,
  brakeStates,
  commandRefusals,
  fills,
  incidents,
  insertOf,
  type Insert,
  insertTogether,
  orders,
  outbox,
  type PoolClient,
  pages,
  prepared,
  portfolioSnapshots,
  positions,
  replaceOn,
  tradeEvents,
  trades,
  venueOddities,
} from '@ballast/db';
import type { AuditEntry } from '../journal/audit-rows.ts';
import type { Stage } from '../journal/stage.ts';
import {
  effectRow,
  eventRow,
  fillRow,
  incidentRow,
  oddityRows,
  orderRow,
  pageRows,
  positionRow,
  tradeRow,
  unattributedRow,
} from './rows.ts';

const TRADE_COLUMNS = [
  'status',
  'state',
  'quantity',
  'entry_price',
  'realised_cum',
  'fees_cum',
  'updated_at',
  'ended_at',
  'end_reason',
  'epoch',
];
const ORDER_COLUMNS = ['status', 'venue_order_id', 'filled_quantity_cum', 'reason', 'updated_at'];
const POSITION_COLUMNS = ['quantity', 'cost', 'realised_cum', 'fees_cum', 'updated_at'];

/** A kind that is known counts on, and keeps the newest example. */
const ONE_MORE = `ON CONFLICT (account, venue, code, detail) DO UPDATE
  SET count = venue_oddities.count + excluded.count, raw = excluded.raw, at = excluded.at`;

/**
 * Writes a stage inside the caller's transaction: all new rows in one statement, however many works
 * it holds, and then what they answer.
 */
export async function writeStage(
  client: PoolClient,
  stage: Stage,
  auditRows: readonly AuditEntry[],
  scope: { account: string; epoch: number; now: number },
): Promise<void> {
  await insertTogether(client, [
    ...tradeInserts(stage, scope),
    ...ledgerInserts(stage, scope),
    ...recordInserts(stage, scope.account),
    insertOf(audit, auditRows),
  ]);
  await finish(client, stage);
}

type Inserts = readonly (Insert | null)[];

/** Trades with their orders, events and promises. */
function tradeInserts(stage: Stage, { epoch, now }: { epoch: number; now: number }): Inserts {
  const staged = [...stage.trades.values()];
  const touched = touchedOrders(stage);
  const changed = staged.flatMap((trade) =>
    Object.values(trade.orders)
      .filter((order) => touched.has(order.request.clientOrderId))
      .map((order) => orderRow(trade, order, now)),
  );
  const foreign = [...stage.unattributed.records.values()];
  const rows = [
    ...staged.map((trade) => tradeRow(trade, epoch, now)),
    ...foreign.map((record) => unattributedRow(record, epoch, now)),
  ];
  const events = stage.events.map((event) => eventRow(event, epoch));
  const promises = stage.effects.map((effect) => effectRow(effect, epoch));
  return [
    insertOf(trades, rows, replaceOn('id', TRADE_COLUMNS)),
    insertOf(orders, changed, replaceOn('client_order_id', ORDER_COLUMNS)),
    insertOf(tradeEvents, events),
    insertOf(outbox, promises),
  ];
}

function ledgerInserts(stage: Stage, { account, now }: { account: string; now: number }): Inserts {
  const held = [...stage.positions].map(([instrument, position]) =>
    positionRow(account, instrument, position, now),
  );
  return [
    // No ON CONFLICT: a fill booked twice would be a broken ledger and must fail loudly.
    insertOf(fills, stage.fills.map(fillRow)),
    insertOf(positions, held, replaceOn('account, instrument', POSITION_COLUMNS)),
  ];
}

function recordInserts(stage: Stage, account: string): Inserts {
  const refused = stage.refusals.map(({ type: _work, at, ...refusal }) => {
    return { ...refusal, refusedAt: at };
  });
  const opened = stage.opened.map((incident) => incidentRow(account, incident));
  const snapshots = stage.snapshots.map(({ at, equity, available }) => {
    const { currency, amount } = equity;
    return { account, at, currency, equity: amount, available: available.amount };
  });
  const braked = stage.brake.rows.map((row) => ({ ...row, account }));
  return [
    insertOf(commandRefusals, refused),
    insertOf(incidents, opened),
    insertOf(pages, pageRows(account, stage.opened)),
    insertOf(venueOddities, oddityRows(account, stage.oddities), ONE_MORE),
    insertOf(portfolioSnapshots, snapshots, 'ON CONFLICT DO NOTHING'),
    insertOf(brakeStates, braked),
  ];
}

/** Rows that were open and are now answered or resolved. */
async function finish(client: PoolClient, stage: Stage): Promise<void> {
  if (stage.doneOutbox.length > 0) {
    await client.query(
      prepared(
        `UPDATE outbox SET done_at = done.at
         FROM unnest($1::uuid[], $2::bigint[]) AS done (id, at) WHERE outbox.id = done.id`,
        [stage.doneOutbox.map(({ id }) => id), stage.doneOutbox.map(({ at }) => at)],
      ),
    );
  }
  for (const { id, by, at } of stage.thawed) {
    await client.query('UPDATE incidents SET thawed_at = $2, thawed_by = $3 WHERE id = $1', [
      id,
      at,
      by,
    ]);
  }
  for (const { id, at, error } of stage.paged) {
    await client.query(
      'UPDATE pages SET attempts = attempts + 1, sent_at = $2, error = $3 WHERE id = $1',
      [id, error === null ? at : null, error],
    );
  }
  if (stage.resolved.length > 0) {
    await client.query(
      `UPDATE incidents SET resolved_at = done.at, resolution = done.resolution
       FROM unnest($1::uuid[], $2::bigint[], $3::text[]) AS done (id, at, resolution)
       WHERE incidents.id = done.id AND incidents.resolved_at IS NULL`,
      [
        stage.resolved.map(({ id }) => id),
        stage.resolved.map(({ at }) => at),
        stage.resolved.map(({ resolution }) => resolution),
      ],
    );
  }
}

/** Orders that an event of this stage names; the others are as they were. */
function touchedOrders(stage: Stage): Set<string> {
  return new Set(
    stage.events.flatMap(({ event }) => ('clientOrderId' in event ? [event.clientOrderId] : [])),
  );
}
