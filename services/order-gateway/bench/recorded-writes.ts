import type { Database } from '@ballast/db';
import type { PoolClient } from 'pg';

export type Statement = { readonly text: string; readonly values: readonly unknown[] };
/** What one transaction has written, in order. */
export type Written = readonly Statement[];

/** The fence's count is no row of a trade: a bare commit has no fence. */
const isWrite = (text: string): boolean =>
  /^\s*(INSERT|UPDATE|WITH)/.test(text) && !text.includes('gateway_fences');

/** Notes what every transaction of the pool writes. Ask before the first connection is made. */
export function recordWrites({ pool }: Pick<Database, 'pool'>): { take(): Written[] } {
  let written: Written[] = [];
  pool.on('connect', (client: PoolClient) => {
    let open: Statement[] = [];
    const query: unknown = client.query.bind(client);
    if (typeof query !== 'function') throw new Error('a connection without query');
    const noted = (...args: unknown[]): unknown => {
      const [text, values] = args;
      if (text === 'BEGIN') open = [];
      else if (text === 'COMMIT') written.push(open);
      else if (typeof text === 'string' && isWrite(text)) {
        open.push({ text, values: Array.isArray(values) ? values : [] });
      }
      return Reflect.apply(query, client, args);
    };
    Object.assign(client, { query: noted });
  });
  return {
    take() {
      const taken = written.filter((statements) => statements.length > 0);
      written = [];
      return taken;
    },
  };
}
