import type { Database } from '@ballast/db';
import type { PoolClient } from 'pg';
import { z } from 'zod';

export type Statement = { readonly text: string; readonly values: readonly unknown[] };
/** What one transaction has written, in order. */
export type Written = readonly Statement[];

/** The fence's count is no row of a trade: a bare commit has no fence. */
const isWrite = (text: string): boolean =>
  /^\s*(INSERT|UPDATE|WITH)/.test(text) && !text.includes('gateway_fences');

const config = z.object({ text: z.string(), values: z.array(z.unknown()).default([]) });

function statementOf([first, values]: readonly unknown[]): Statement {
  if (typeof first !== 'string') return config.parse(first);
  return { text: first, values: Array.isArray(values) ? values : [] };
}

/**
 * The rows of a statement for several tables as an insert for each table, as one would write it
 * without more thought: so the joining counts as the gateway's, not as the limit's.
 */
function plain({ text, values }: Statement): Statement[] {
  if (!text.startsWith('WITH ')) return [{ text, values }];
  const parts = text
    .slice('WITH '.length)
    .split(/(?:^|\),\n)part_\d+ AS \(|\)\n(?=INSERT)/)
    .filter((part) => part !== '');
  if (parts.length !== values.length) throw new Error(`not ${values.length} inserts: ${text}`);
  return parts.map((part, index) => {
    return { text: part.replace(`$${index + 1}`, '$1'), values: [values[index]] };
  });
}

/** Notes what every transaction of the pool writes. Ask before the first connection is made. */
export function recordWrites({ pool }: Pick<Database, 'pool'>): { take(): Written[] } {
  let written: Written[] = [];
  pool.on('connect', (client: PoolClient) => {
    let open: Statement[] = [];
    const query: unknown = client.query.bind(client);
    if (typeof query !== 'function') throw new Error('a connection without query');
    const noted = (...args: unknown[]): unknown => {
      const statement = statementOf(args);
      if (statement.text === 'BEGIN') open = [];
      else if (statement.text === 'COMMIT') written.push(open);
      else if (isWrite(statement.text)) open.push(statement);
      return Reflect.apply(query, client, args);
    };
    Object.assign(client, { query: noted });
  });
  return {
    take() {
      const taken = written.filter((statements) => statements.length > 0);
      written = [];
      return taken.map((statements) => statements.flatMap(plain));
    },
  };
}
