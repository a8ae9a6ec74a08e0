import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readMigrationFiles } from 'drizzle-orm/migrator';
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
 * @throws Error for a database to which other migrations were applied
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
    await requireOwnSchema(client);
    await applyRoles(client, options.rolePasswords);
    return { applied: (await countApplied(client)) - before };
  } finally {
    await client.end();
  }
}

/**
 * drizzle looks at the newest applied time alone: a migration that was edited since it was applied,
 * or that came with an older time, it takes for applied, and the first row that needs it fails.
 */
async function requireOwnSchema(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ hash: string }>(
    'SELECT hash FROM drizzle.__drizzle_migrations',
  );
  const applied = new Set(rows.map(({ hash }) => hash));
  const names = readdirSync(MIGRATIONS).filter((file) => file.endsWith('.sql'));
  names.sort();
  const others = readMigrationFiles({ migrationsFolder: MIGRATIONS }).flatMap(({ hash }, index) =>
    applied.has(hash) ? [] : [names[index] ?? hash],
  );
  if (others.length === 0) return;
  throw new Error(`this database was not made by these migrations: ${others.join(', ')}`);
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
