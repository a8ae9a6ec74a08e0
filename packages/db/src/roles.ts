import type { Client } from 'pg';
import {
  APPEND_ONLY,
  DATABASE_ROLES,
  type DatabaseRole,
  FUNCTION_USERS,
  READERS,
  roleName,
  TABLE_OWNERS,
  type TableName,
} from './owners.ts';

/** A statement of the read-only roles may run this long. */
const READER_TIMEOUT_MS = 5_000;

/** Without one of these no large object exists that could be written to. */
const LARGE_OBJECT_MAKERS = ['lo_create(oid)', 'lo_creat(integer)', 'lo_from_bytea(oid, bytea)'];

/**
 * Makes the login roles and gives each just what it needs: SELECT where READERS sets no limit,
 * writing only on the tables it owns, never DELETE or TRUNCATE. A table that nobody was given is
 * closed to all but the owner of the database.
 */
export async function applyRoles(client: Client, passwords: Record<string, string>): Promise<void> {
  const missing = DATABASE_ROLES.find((role) => passwords[role] === undefined);
  if (missing !== undefined) throw new Error(`no database password for role ${missing}`);
  for (const role of DATABASE_ROLES) {
    const password = passwords[role] ?? '';
    const name = roleName(role);
    const known = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [name]);
    if (known.rowCount === 0) await client.query(`CREATE ROLE ${name} LOGIN`);
    await client.query(`ALTER ROLE ${name} PASSWORD ${client.escapeLiteral(password)}`);
    await client.query(`GRANT USAGE ON SCHEMA public TO ${name}`);
    const tables = tableNames();
    await client.query(`REVOKE ALL ON ALL TABLES IN SCHEMA public FROM ${name}`);
    for (const readable of tables.flatMap((table) => readableBy(role, table))) {
      await client.query(`GRANT SELECT ${readable} TO ${name}`);
    }
    for (const table of tables.filter((candidate) => TABLE_OWNERS[candidate] === role)) {
      const writes = APPEND_ONLY.includes(table) ? 'INSERT' : 'INSERT, UPDATE';
      await client.query(`GRANT ${writes} ON ${table} TO ${name}`);
    }
    const writes = tables.some((table) => TABLE_OWNERS[table] === role);
    if (writes) await client.query(`GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO ${name}`);
    else {
      await client.query(`ALTER ROLE ${name} SET default_transaction_read_only = on`);
      await client.query(`ALTER ROLE ${name} SET statement_timeout = ${READER_TIMEOUT_MS}`);
    }
  }
  for (const [made, role] of Object.entries(FUNCTION_USERS)) {
    await client.query(`GRANT EXECUTE ON FUNCTION ${made} TO ${roleName(role)}`);
  }
  await client.query('REVOKE CREATE ON SCHEMA public FROM PUBLIC');
  await closeSideDoors(client);
}

/**
 * What every role of a database may write without a grant on any table: temporary tables and large
 * objects. A reader could fill the disk with them, and a read-only transaction is only a default.
 */
async function closeSideDoors(client: Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>('SELECT current_database() AS name');
  const database = client.escapeIdentifier(rows[0]?.name ?? '');
  await client.query(`REVOKE TEMPORARY ON DATABASE ${database} FROM PUBLIC`);
  for (const made of LARGE_OBJECT_MAKERS) {
    await client.query(`REVOKE EXECUTE ON FUNCTION pg_catalog.${made} FROM PUBLIC`);
  }
}

/** What of the table the role may read, as GRANT SELECT names it; nothing: an empty list. */
function readableBy(role: DatabaseRole, table: TableName): string[] {
  const limits = READERS[table];
  if (limits === undefined || TABLE_OWNERS[table] === role) return [`ON ${table}`];
  const columns = limits[role];
  return columns === undefined ? [] : [`(${columns.join(', ')}) ON ${table}`];
}

function tableNames(): TableName[] {
  const names: TableName[] = [];
  for (const name in TABLE_OWNERS) names.push(name as TableName);
  return names;
}
