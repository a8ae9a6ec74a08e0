import pg from 'pg';

/** One statement, or several without parameters, on a connection of its own. */
export async function queryOnce(
  connectionString: string,
  statement: string,
): Promise<pg.QueryResult<Record<string, unknown>>> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return await client.query(statement);
  } finally {
    await client.end();
  }
}
