import type * as files from 'node:fs';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { openJournal } from './journal.ts';

const TAKEN_AT_ONCE = 10;

vi.mock('node:fs', async (original) => {
  const real = await original<typeof files>();
  return {
    ...real,
    writeSync: (file: number, text: string) => real.writeSync(file, text.slice(0, TAKEN_AT_ONCE)),
  };
});

const directory = mkdtempSync(join(tmpdir(), 'ballast-journal-'));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('a record is stored whole though a write takes only a part of it', () => {
  const warned: unknown[] = [];
  const log = { warn: (...said: unknown[]) => void warned.push(said) };
  const journal = openJournal(directory, log);
  const events = [{ kind: 'wallet', currency: 'USDT', balance: 5n }] as never;
  journal.append({ sequence: 7, events });
  journal.close();
  const again = openJournal(directory, log);
  again.close();
  expect(again.restored).toEqual([{ sequence: 7, events }]);
  expect(warned).toEqual([]);
});
