import pg from 'pg';
import type { Written } from './recorded-writes.ts';

const TABLES = [
  ...['commands', 'command_refusals', 'trades', 'trade_events', 'orders', 'fills', 'positions'],
  ...['outbox', 'audit', 'incidents', 'pages', 'brake_states', 'portfolio_snapshots'],
];

/** The same transactions with nothing around them, each list on a connection of its own. */
export async function commitBare(
  url: string,
  lists: readonly (readonly Written[])[],
): Promise<{ ms: number; eachMs: number[] }> {
  const clients = await Promise.all(lists.map(() => connected(url)));
  const eachMs: number[] = [];
  try {
    await clients[0]?.query(`TRUNCATE ${TABLES.join(', ')} CASCADE`);
    const startedAt = performance.now();
    await Promise.all(
      clients.map(async (client, index) => {
        for (const written of lists[index] ?? []) eachMs.push(await commit(client, written));
      }),
    );
    return { ms: performance.now() - startedAt, eachMs };
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
}

async function commit(client: pg.Client, written: Written): Promise<number> {
  const startedAt = performance.now();
  await client.query('BEGIN');
  for (const { text, values } of written) await client.query(text, [...values]);
  await client.query('COMMIT');
  return performance.now() - startedAt;
}

async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
}
