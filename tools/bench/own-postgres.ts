import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DATABASE_ROLES, type DatabaseRole, migrate, roleName } from '@ballast/db';
import { byName } from '../stores/by-name.ts';
import { type Postgres, startPostgres } from '../stores/postgres.ts';

/** Gives `work` a migrated Postgres of its own with fsync, which is gone afterwards. */
export async function onOwnPostgres<T>(
  work: (stores: { readonly url: (role: DatabaseRole) => string }) => Promise<T>,
): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), 'ballast-bench-'));
  chmodSync(dir, 0o755);
  let postgres: Postgres | undefined;
  try {
    const password = (): string => randomBytes(32).toString('hex');
    const rolePasswords = byName(DATABASE_ROLES, password);
    const logFile = join(dir, 'postgres.log');
    const started = await startPostgres({ dir, ownerPassword: password(), logFile });
    postgres = started;
    await migrate({ ownerUrl: started.ownerUrl, rolePasswords });
    return await work({ url: (role) => started.url(roleName(role), rolePasswords[role]) });
  } finally {
    await postgres?.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}
