import { createHash } from 'node:crypto';
import type { QueryConfig } from 'pg';

/**
 * A statement that each connection plans once. Only for texts of which there are few: a connection
 * keeps every one of them. Its name is taken from its text, since Postgres refuses a name that
 * stands for another text.
 */
export function prepared(text: string, values: unknown[]): QueryConfig {
  return { name: createHash('sha1').update(text).digest('hex'), text, values };
}
