import {
  type Fill,
  type InstrumentId,
  parseScaled,
  type Price,
  type Quantity,
} from '@ballast/domain';
import type { ClientBase } from 'pg';
import { prepared } from '../prepared.ts';

/** An execution in its newest revision, and the channel that brought that one. */
export type BookedExecution = {
  readonly fill: Fill;
  readonly channel: 'stream' | 'sweep' | 'query';
};

/** A row as the driver gives it: amounts and times as text. */
type Row = {
  readonly venue: string;
  readonly execution_id: string;
  readonly revision: number;
  readonly client_order_id: string;
  readonly venue_order_id: string;
  readonly instrument: InstrumentId;
  readonly side: Fill['side'];
  readonly price: string;
  readonly quantity: string;
  readonly fee: string;
  readonly fee_currency: string;
  readonly liquidity: Fill['liquidity'];
  readonly channel: BookedExecution['channel'];
  readonly event_time: string;
};

/** By name: a kept plan must not change its answer when the table gets a column. */
const COLUMNS = [
  ...['execution_id', 'venue', 'revision', 'client_order_id', 'venue_order_id', 'instrument'],
  ...['side', 'price', 'quantity', 'fee', 'fee_currency', 'liquidity', 'channel', 'event_time'],
].join(', ');

/** What the ledger has of these executions, by id; others are not in the answer. */
export async function bookedExecutions(
  client: ClientBase,
  account: string,
  executionIds: readonly string[],
): Promise<Map<string, BookedExecution>> {
  if (executionIds.length === 0) return new Map();
  const { rows } = await client.query<Row>(
    prepared(
      `SELECT DISTINCT ON (execution_id)
              ${COLUMNS}
       FROM fills
       WHERE account = $1 AND execution_id = ANY($2::text[])
       ORDER BY execution_id, revision DESC`,
      [account, executionIds],
    ),
  );
  return new Map(rows.map((row) => [row.execution_id, executionOf(row, account)]));
}

function executionOf(row: Row, account: string): BookedExecution {
  const { venue, revision, instrument, side, liquidity, channel } = row;
  const amounts = {
    price: parseScaled(row.price) as Price,
    quantity: parseScaled(row.quantity) as Quantity,
    fee: { amount: parseScaled(row.fee), currency: row.fee_currency },
  };
  const ids = {
    executionId: row.execution_id,
    clientOrderId: row.client_order_id,
    venueOrderId: row.venue_order_id,
  };
  const eventTime = Number(row.event_time);
  const fill = { venue, account, ...ids, revision, instrument, side, ...amounts, liquidity };
  return { channel, fill: { ...fill, eventTime } };
}
