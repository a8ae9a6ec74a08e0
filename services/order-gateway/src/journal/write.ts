import {
  audit,
  commandRefusals,
  fills,
  incidents,
  insertRows,
  orders,
  outbox,
  type PoolClient,
  portfolioSnapshots,
  positions,
  replaceOn,
  tradeEvents,
  trades,
} from '@ballast/db';
import {
  effectRow,
  eventRow,
  fillRow,
  incidentRow,
  orderRow,
  positionRow,
  tradeRow,
} from './rows.ts';
import type { Stage } from './stage.ts';

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

/** Writes a stage inside the caller's transaction: a handful of statements, however many works it holds. */
export async function writeStage(
  client: PoolClient,
  stage: Stage,
  auditRows: (typeof audit)['$inferInsert'][],
  scope: { account: string; epoch: number; now: number },
): Promise<void> {
  const { account, epoch, now } = scope;
  const staged = [...stage.trades.values()];
  await insertRows(
    client,
    trades,
    staged.map((trade) => tradeRow(trade, epoch, now)),
    replaceOn('id', TRADE_COLUMNS),
  );
  const touched = touchedOrders(stage);
  await insertRows(
    client,
    orders,
    staged.flatMap((trade) =>
      Object.values(trade.orders)
        .filter((order) => touched.has(order.request.clientOrderId))
        .map((order) => orderRow(trade, order, now)),
    ),
    replaceOn('client_order_id', ORDER_COLUMNS),
  );
  // No ON CONFLICT: a fill booked twice would be a broken ledger and must fail loudly.
  await insertRows(client, fills, stage.fills.map(fillRow));
  await insertRows(
    client,
    positions,
    [...stage.positions].map(([instrument, position]) =>
      positionRow(account, instrument, position, now),
    ),
    replaceOn('account, instrument', POSITION_COLUMNS),
  );
  await insertRows(
    client,
    tradeEvents,
    stage.events.map((event) => eventRow(event, epoch)),
  );
  await insertRows(
    client,
    outbox,
    stage.effects.map((effect) => effectRow(effect, epoch)),
  );
  await insertRows(
    client,
    commandRefusals,
    stage.refusals.map(({ producer, entryId, commandId, code, detail, at }) => ({
      producer,
      entryId,
      commandId,
      code,
      detail,
      refusedAt: at,
    })),
  );
  await insertRows(
    client,
    incidents,
    stage.opened.map((opened) => incidentRow(account, opened)),
  );
  await insertRows(
    client,
    portfolioSnapshots,
    stage.snapshots.map(({ at, equity, available }) => ({
      account,
      at,
      currency: equity.currency,
      equity: equity.amount,
      available: available.amount,
    })),
    'ON CONFLICT DO NOTHING',
  );
  await finish(client, stage);
  await insertRows(client, audit, auditRows);
}

/** Rows that were open and are now answered or resolved. */
async function finish(client: PoolClient, stage: Stage): Promise<void> {
  if (stage.doneOutbox.length > 0) {
    await client.query(
      `UPDATE outbox SET done_at = done.at
       FROM unnest($1::uuid[], $2::bigint[]) AS done (id, at) WHERE outbox.id = done.id`,
      [stage.doneOutbox.map(({ id }) => id), stage.doneOutbox.map(({ at }) => at)],
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
