import type pg from 'pg';

/** What the gateway stored for one command, as JSON rows by table. */
export type CommandRows = {
  readonly commands: readonly unknown[];
  readonly trades: readonly unknown[];
  readonly trade_events: readonly unknown[];
  readonly audit: readonly unknown[];
};

const TABLES = ['commands', 'trades', 'trade_events', 'audit'] as const;

/** Everything stored for the commands received since `since` (epoch ms). */
export async function readRows(client: pg.Client, since: number): Promise<CommandRows[]> {
  const rows = await client.query<CommandRows>(
    `SELECT json_build_array(c) AS commands,
       (SELECT json_agg(t) FROM trades t WHERE t.id = c.trade_id) AS trades,
       (SELECT json_agg(e) FROM trade_events e WHERE e.trade_id = c.trade_id) AS trade_events,
       (SELECT json_agg(a) FROM audit a WHERE a.trade_id = c.trade_id) AS audit
     FROM commands c WHERE c.received_at >= $1`,
    [since],
  );
  return rows.rows;
}

/**
 * Inserts them again with nothing around it: commands a second, `group` of them per transaction.
 */
export async function bareCommits(
  client: pg.Client,
  rows: readonly CommandRows[],
  group: number,
): Promise<number> {
  const batches: Record<(typeof TABLES)[number], string>[] = [];
  for (let start = 0; start < rows.length; start += group) {
    const batch = rows.slice(start, start + group);
    const json = (table: (typeof TABLES)[number]): string =>
      JSON.stringify(batch.flatMap((row) => row[table]));
    const [commands, trades, events, audit] = TABLES.map(json);
    if (commands === undefined || trades === undefined) continue;
    batches.push({ commands, trades, trade_events: events ?? '[]', audit: audit ?? '[]' });
  }
  const startedAt = performance.now();
  for (const batch of batches) {
    await client.query('BEGIN');
    for (const table of TABLES) {
      await client.query(
        `INSERT INTO ${table} SELECT * FROM json_populate_recordset(NULL::${table}, $1::json)`,
        [batch[table]],
      );
    }
    await client.query('COMMIT');
  }
  return Math.round((rows.length * 1_000) / (performance.now() - startedAt));
}
