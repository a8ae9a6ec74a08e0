import { getTableColumns, getTableName, type InferInsertModel } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import type { ClientBase } from 'pg';

/**
 * Many rows in one statement and one parameter, however many there are: columns by the drizzle
 * table, values through its codecs. `tail` is SQL after the rows ("ON CONFLICT …", "RETURNING …").
 * Gives what RETURNING names.
 */
export async function insertRows<T extends PgTable>(
  client: ClientBase,
  table: T,
  rows: readonly InferInsertModel<T>[],
  tail = '',
): Promise<Record<string, unknown>[]> {
  if (rows.length === 0) return [];
  const name = getTableName(table);
  const columns = Object.entries(getTableColumns(table));
  const given = columns.filter(([key]) => rows.some((row) => Reflect.get(row, key) !== undefined));
  const json = rows.map((row) =>
    Object.fromEntries(
      given.map(([key, column]) => {
        const value: unknown = Reflect.get(row, key);
        const plain = value === null || value === undefined || column.dataType === 'json';
        return [column.name, plain ? (value ?? null) : column.mapToDriverValue(value)];
      }),
    ),
  );
  const list = given.map(([, column]) => `"${column.name}"`).join(', ');
  const written = await client.query<Record<string, unknown>>(
    `INSERT INTO ${name} (${list}) SELECT ${list} FROM json_populate_recordset(NULL::${name}, $1::json) ${tail}`,
    [JSON.stringify(json)],
  );
  return written.rows;
}

/** "ON CONFLICT … DO UPDATE" that takes over the named columns of the new row. */
export function replaceOn(key: string, columns: readonly string[]): string {
  const set = columns.map((column) => `${column} = excluded.${column}`).join(', ');
  return `ON CONFLICT (${key}) DO UPDATE SET ${set}`;
}
