import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DATABASE_ROLES, migrate } from '@ballast/db';
import type { TestProject } from 'vitest/node';
import { byName } from './by-name.ts';
import { DATABASE, OWNER, startPostgres } from './postgres.ts';

interface ProvidedPostgres {
  port: number;
  owner: string;
  ownerPassword: string;
  /** The migrated database that every test file copies. */
  template: string;
  rolePasswords: Record<string, string>;
}

declare module 'vitest' {
  interface ProvidedContext {
    postgres: ProvidedPostgres;
  }
}

/** One throw-away Postgres for the whole run, migrated once; its folder goes at the end. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dir = mkdtempSync(join(tmpdir(), 'ballast-postgres-'));
  const removeDir = () => rmSync(dir, { recursive: true, force: true });
  const password = () => randomBytes(32).toString('hex');
  const ownerPassword = password();
  const rolePasswords = byName(DATABASE_ROLES, password);
  try {
    const logFile = join(dir, 'postgres.log');
    const postgres = await startPostgres({ dir, ownerPassword, logFile, durable: false });
    try {
      await migrate({ ownerUrl: postgres.ownerUrl, rolePasswords });
    } catch (error) {
      await postgres.stop();
      throw error;
    }
    const { port } = postgres;
    const provided = { port, owner: OWNER, ownerPassword, template: DATABASE, rolePasswords };
    project.provide('postgres', provided);
    return async () => {
      await postgres.stop();
      removeDir();
    };
  } catch (error) {
    removeDir();
    throw error;
  }
}
