import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { findBinaries } from './postgres.ts';
import { storeUser } from './store-user.ts';

const isRoot = process.getuid?.() === 0;

/** A checkout below /root: neither the programs nor the data can be entered by anybody else. */
test.runIf(isRoot)('user postgres works below a folder that is closed to it', async () => {
  const closed = mkdtempSync(join(tmpdir(), 'ballast-closed-'));
  try {
    const { initdb } = await findBinaries();
    cpSync(dirname(dirname(initdb)), join(closed, 'native'), { recursive: true });
    const copy = join(closed, 'native', 'bin', 'initdb');
    const data = join(closed, 'data');
    mkdirSync(data);
    expect(statSync(closed).mode & 0o077).toBe(0);

    const user = await storeUser(copy, data);
    user.own(data);
    const [program, ...args] = [...user.prefix, copy, '--no-sync', `--pgdata=${data}/cluster`];
    const output = execFileSync(program ?? '', args, { encoding: 'utf8', cwd: '/' });
    expect(output).toContain('owned by user "postgres"');
  } finally {
    rmSync(closed, { recursive: true, force: true });
  }
});

test.runIf(isRoot)('an open folder needs no right to pass closed ones', async () => {
  const open = mkdtempSync(join(tmpdir(), 'ballast-open-'));
  try {
    chmodSync(open, 0o755);
    const { initdb } = await findBinaries();
    cpSync(dirname(dirname(initdb)), join(open, 'native'), { recursive: true });
    const user = await storeUser(join(open, 'native', 'bin', 'initdb'), open);
    expect(user.prefix.join(' ')).not.toContain('dac_');
  } finally {
    rmSync(open, { recursive: true, force: true });
  }
});
