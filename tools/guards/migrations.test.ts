import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { CHECKOUT } from './source-files.ts';

/** Tables that the tool must at least have seen: one that sees nothing has nothing to migrate. */
const TABLES_MIN = 45;

const DATABASE = join(CHECKOUT, 'packages', 'db');

test('the command that makes migrations works, and has none to make of the tables', () => {
  const migrations = mkdtempSync(join(tmpdir(), 'ballast-migrations-'));
  onTestFinished(() => rmSync(migrations, { recursive: true, force: true }));
  cpSync(join(CHECKOUT, 'migrations'), migrations, { recursive: true });
  const before = readdirSync(migrations);
  const { status, stdout, stderr } = spawnSync(
    join(DATABASE, 'node_modules', '.bin', 'drizzle-kit'),
    [
      ...['generate', '--dialect', 'postgresql', '--schema', './src/tables/*.ts'],
      ...['--out', relative(DATABASE, migrations), '--name', 'missing'],
    ],
    { cwd: DATABASE, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } },
  );
  expect(status, `${stdout}${stderr}`).toBe(0);
  expect(stdout).toContain('No schema changes');
  expect(Number(/(\d+) tables/.exec(stdout)?.[1] ?? 0)).toBeGreaterThanOrEqual(TABLES_MIN);
  expect(readdirSync(migrations)).toEqual(before);
});
