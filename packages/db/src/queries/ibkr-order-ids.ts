import type { Database } from '../database.ts';

/** Whose numbers they are: the venue keeps them apart by client id. */
export type IbkrClient = { readonly account: string; readonly clientId: number };

/** Two that reserve at once meet in the primary key; one of them tries again. */
const ATTEMPTS_MAX = 8;
const UNIQUE_VIOLATION = '23505';

/**
 * The order number for a client order id, durable when it resolves: the same each time for the same
 * id, otherwise above all before it and at least `atLeast`.
 * @throws Error when the id has its number under another client id
 */
export async function reserveIbkrOrderId(
  { pool }: Pick<Database, 'pool'>,
  client: IbkrClient,
  order: { readonly clientOrderId: string; readonly atLeast: number; readonly now: number },
): Promise<number> {
  const { account, clientId } = client;
  const { clientOrderId, atLeast, now } = order;
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const known = await reserved({ pool }, client, clientOrderId);
    if (known !== null) return known;
    try {
      const made = await pool.query<{ order_id: number }>(
        `INSERT INTO ibkr_order_ids (account, client_id, order_id, client_order_id, reserved_at)
         SELECT $1, $2, greatest($4, coalesce(max(order_id), 0) + 1), $3, $5
         FROM ibkr_order_ids WHERE account = $1 AND client_id = $2
         ON CONFLICT (client_order_id) DO NOTHING
         RETURNING order_id`,
        [account, clientId, clientOrderId, atLeast, now],
      );
      if (made.rows[0] !== undefined) return made.rows[0].order_id;
    } catch (error) {
      if (!isTaken(error)) throw error;
    }
  }
  throw new Error(`no order number could be reserved for ${clientOrderId}`);
}

async function reserved(
  { pool }: Pick<Database, 'pool'>,
  { account, clientId }: IbkrClient,
  clientOrderId: string,
): Promise<number | null> {
  const found = await pool.query<{ account: string; client_id: number; order_id: number }>(
    'SELECT account, client_id, order_id FROM ibkr_order_ids WHERE client_order_id = $1',
    [clientOrderId],
  );
  const row = found.rows[0];
  if (row === undefined) return null;
  if (row.account === account && row.client_id === clientId) return row.order_id;
  throw new Error(`${clientOrderId} has its number under client id ${row.client_id}`);
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === UNIQUE_VIOLATION;
}
