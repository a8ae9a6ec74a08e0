import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import pg from 'pg';

export type { PoolClient } from 'pg';

/** Past this a statement is stuck, not slow. */
const STATEMENT_TIMEOUT_MS = 15_000;
/**
 * A fenced writer that stops in the middle of its transaction keeps the next one waiting: after
 * this long without a word Postgres ends its session. Below the statement's own limit, by which the
 * next one gives up; of the feed's writers, who have one second to follow each other, much below.
 */
const SILENT_WRITER_MS = 10_000;
const SILENT_FEED_WRITER_MS = 500;

export type Database = NodePgDatabase & { readonly pool: pg.Pool; close(): Promise<void> };

/**
 * A pool on one service's own role. An idle connection that breaks is reported through `onError`;
 * the pool opens a new one for the next query.
 */
export function openDatabase(
  url: string,
  options: {
    max?: number;
    /** Longer for what reads or writes a whole history. */
    statementTimeoutMs?: number;
    /** Everything is written under it, and refused from the moment that there is a higher one. */
    feedFence?: number;
    silentWriterMs?: number;
    onError?: (error: Error) => void;
  } = {},
): Database {
  const timeoutMs = options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS;
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max ?? 4,
    statement_timeout: timeoutMs,
    query_timeout: timeoutMs + 1_000,
    connectionTimeoutMillis: 5_000,
    idle_in_transaction_session_timeout: options.silentWriterMs ?? SILENT_WRITER_MS,
    ...(options.feedFence === undefined ? {} : fenced(options.feedFence)),
  });
  // A connection that breaks in the middle of work also says so by itself, and without a listener
  // that ends the process; the work is rejected, which is enough.
  pool.on('connect', (client) => client.on('error', () => undefined));
  pool.on('error', (error) => {
    // The pool hangs its whole client on the error: pages of internals in every log line.
    Reflect.deleteProperty(error, 'client');
    options.onError?.(error);
  });
  return Object.assign(drizzle(pool), { pool, close: () => pool.end() });
}

function fenced(fence: number): pg.PoolConfig {
  return {
    options: `-c ballast.feed_fence=${fence}`,
    idle_in_transaction_session_timeout: SILENT_FEED_WRITER_MS,
  };
}

/** What `transaction` of a database gives. */
export type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0];
