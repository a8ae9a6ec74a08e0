import type { Database } from '@ballast/db';

/** Any number will do that nobody else locks by. */
const LOCK = 2_026_112_101;

/**
 * Holds a lock of Postgres for the life of this process: what runs by its row and not here is left
 * behind, so only one process may say so.
 * @throws Error when another one holds it
 */
export async function holdAlone(
  { pool }: Database,
  onLost: (error: Error) => void,
): Promise<{ release(): void }> {
  const client = await pool.connect();
  let isReleased = false;
  const { rows } = await client.query<{ held: boolean }>(
    'SELECT pg_try_advisory_lock($1) AS held',
    [LOCK],
  );
  if (rows[0]?.held !== true) {
    client.release();
    throw new Error('another backtester runs on this database: stop it first');
  }
  client.on('end', () => {
    if (!isReleased) onLost(new Error('the lock of the backtester was lost with its connection'));
  });
  return {
    release() {
      isReleased = true;
      // With its connection the lock ends.
      client.release(true);
    },
  };
}
