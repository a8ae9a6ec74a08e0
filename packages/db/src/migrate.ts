import { fileURLToPath } from 'node:url';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate as applyMigrations } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';
import { applyRoles } from './roles.ts';

const MIGRATIONS = fileURLToPath(new URL('../../../migrations', import.meta.url));
const LOCK_KEY = 7_230_112;

/**
 * Brings the database to this build's schema, then roles and grants to this build's table of
 * owners. Starters at the same time wait for each other: the advisory lock lives on one dedicated
 * connection.
 * @param options.rolePasswords one for each of DATABASE_ROLES
 */
export async function migrate(options: {
  ownerUrl: string;
  rolePasswords: Record<string, string>;
}): Promise<{ applied: number }> {
  const client = new pg.Client({ connectionString: options.ownerUrl });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [LOCK_KEY]);
    const before = await countApplied(client);
    await applyMigrations(drizzle(client), { migrationsFolder: MIGRATIONS });
    await applyRoles(client, options.rolePasswords);
    return { applied: (await countApplied(client)) - before };
  } finally {
    await client.end();
  }
}

async function countApplied(client: pg.Client): Promise<number> {
  const table = await client.query<{ name: string | null }>(
    `SELECT to_regclass('drizzle.__drizzle_migrations')::text AS name`,
  );
  if (table.rows[0]?.name === null) return 0;
  const rows = await client.query<{ n: string }>(
    'SELECT count(*) AS n FROM drizzle.__drizzle_migrations',
  );
  return Number(rows.rows[0]?.n ?? 0);
}
