import { getTableColumns, getTableName, type InferInsertModel } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import type { ClientBase } from 'pg';
import { prepared } from './prepared.ts';

/** Many rows of one table in one statement with one parameter, the rows as JSON text. */
export type Insert = { readonly text: string; readonly rows: string };

/**
 * Columns by the drizzle table, values through its codecs. `tail` is SQL after the rows
 * ("ON CONFLICT …", "RETURNING …"). Null where there are no rows.
 */
export function insertOf<T extends PgTable>(
  table: T,
  rows: readonly InferInsertModel<T>[],
  tail = '',
): Insert | null {
  if (rows.length === 0) return null;
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
  const from = `json_populate_recordset(NULL::${name}, $1::json)`;
  const text = `INSERT INTO ${name} (${list}) SELECT ${list} FROM ${from} ${tail}`;
  return { text, rows: JSON.stringify(json) };
}

/** Gives what RETURNING names. */
export async function insertRows<T extends PgTable>(
  client: ClientBase,
  table: T,
  rows: readonly InferInsertModel<T>[],
  tail = '',
): Promise<Record<string, unknown>[]> {
  const insert = insertOf(table, rows, tail);
  if (insert === null) return [];
  const written = await client.query<Record<string, unknown>>(prepared(insert.text, [insert.rows]));
  return written.rows;
}

/**
 * Rows of several tables in one round trip. Each table may occur once: the parts of one statement
 * do not see each other's rows. References between them are checked at its end.
 */
export async function insertTogether(
  client: ClientBase,
  inserts: readonly (Insert | null)[],
): Promise<void> {
  const all = inserts.filter((insert) => insert !== null);
  const texts = all.map(({ text }, index) => text.replace('$1', () => `$${index + 1}`));
  const main = texts.pop();
  if (main === undefined) return;
  const parts = texts.map((text, index) => `part_${index} AS (${text})`);
  const before = parts.length === 0 ? '' : `WITH ${parts.join(',\n')}\n`;
  const values = all.map(({ rows }) => rows);
  await client.query(prepared(`${before}${main}`, values));
}

/** "ON CONFLICT … DO UPDATE" that takes over the named columns of the new row. */
export function replaceOn(key: string, columns: readonly string[]): string {
  const set = columns.map((column) => `${column} = excluded.${column}`).join(', ');
  return `ON CONFLICT (${key}) DO UPDATE SET ${set}`;
}
