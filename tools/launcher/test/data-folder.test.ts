import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;
/** A start that is stuck must end the test, not the run. */
const ANSWER_WITHIN_MS = 20_000;

let box: string;
let launcher: ChildProcess | undefined;

beforeEach(() => {
  box = mkdtempSync(join(tmpdir(), 'ballast-folder-'));
});

afterEach(() => {
  launcher?.kill('SIGKILL');
  rmSync(box, { recursive: true, force: true });
});

/** How `npm start` ends on this folder, and what it says. */
async function startOn(dataDir: string, ...prefix: string[]) {
  const [program, ...args] = [...prefix, process.execPath, MAIN, '--data-dir', dataDir];
  launcher = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const timer = setTimeout(() => launcher?.kill('SIGKILL'), ANSWER_WITHIN_MS);
  let said = '';
  launcher.stderr?.on('data', (text: Buffer) => (said += text.toString()));
  const [code] = await once(launcher, 'close');
  clearTimeout(timer);
  return { code, said };
}

/** One line that names the folder, and no stack. */
function refusal(folder: string, reason: RegExp) {
  return {
    code: 78,
    said: expect.stringMatching(
      new RegExp(`^--data-dir ${RegExp.escape(folder)}[^\\n]*${reason.source}[^\\n]*\\n$`),
    ),
  };
}

test.runIf(process.platform === 'linux')(
  'a folder below /proc, where nothing can be made, is refused at once',
  async () => {
    const folder = '/proc/ballast/data';
    expect(await startOn(folder)).toEqual(refusal(folder, /cannot make \/proc\/ballast: ENOENT/));
  },
);

test.runIf(process.platform === 'linux')('/proc itself is no place for data', async () => {
  expect(await startOn('/proc')).toEqual(refusal('/proc', /cannot write in \/proc: E/));
});

test('a folder below a file', async () => {
  const file = join(box, 'file');
  writeFileSync(file, '');
  const folder = join(file, 'a', 'b');
  expect(await startOn(folder)).toEqual(refusal(folder, /file is not a folder/));
});

test('a file where a folder of the data should be', async () => {
  writeFileSync(join(box, 'logs'), '');
  expect(await startOn(box)).toEqual(refusal(box, /logs is not a folder/));
});

test('a folder that an ordinary user may not write to', async () => {
  const closed = join(box, 'closed');
  mkdirSync(closed);
  chmodSync(box, 0o755);
  chmodSync(closed, 0o555);
  const nobody = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
  const prefix = isRoot ? nobody : [];
  const below = join(closed, 'data');
  expect(await startOn(below, ...prefix)).toEqual(refusal(below, /cannot make .*: EACCES/));
  expect(await startOn(closed, ...prefix)).toEqual(refusal(closed, /cannot write in .*: EACCES/));
});

test.runIf(isRoot)('what root made of the data is no longer the ordinary user’s', async () => {
  chownSync(box, NOBODY, NOBODY);
  mkdirSync(join(box, 'redis'), { mode: 0o700 });
  const nobody = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
  expect(await startOn(box, ...nobody)).toEqual(refusal(box, /redis: EACCES/));
  expect(readdirSync(box)).toEqual(['redis']);
});
