import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { queryOnce } from '../../stores/query-once.ts';

const CHILD = fileURLToPath(new URL('./launcher-child.ts', import.meta.url));
const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

let dataDir: string;
let launchers: ChildProcess[];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'ballast-launcher-'));
  launchers = [];
});

afterEach(async () => {
  for (const launcher of launchers) {
    if (launcher.exitCode === null && launcher.signalCode === null) {
      launcher.kill('SIGTERM');
      await once(launcher, 'exit');
    }
  }
  const left = processesOn(dataDir);
  rmSync(dataDir, { recursive: true, force: true });
  expect(left).toEqual([]);
});

function launch(...prefix: string[]) {
  const [program, ...args] = [...prefix, process.execPath, CHILD, '--data-dir', dataDir];
  const launcher = spawn(program ?? '', args, {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // A group of its own, as under systemd or timeout(1).
    detached: true,
  });
  launchers.push(launcher);
  let output = '';
  launcher.stdout?.on('data', (text: Buffer) => (output += text.toString()));
  launcher.stderr?.on('data', (text: Buffer) => (output += text.toString()));
  const exited = once(launcher, 'exit').then(([code]: unknown[]) => code);
  const running = Promise.race([
    once(launcher, 'message').then(([message]) => told.parse(message)),
    exited.then((code) =>
      Promise.reject(new Error(`launcher ended with ${String(code)}: ${output}`)),
    ),
  ]);
  return { launcher, running, exited, output: () => output };
}

const told = z.object({ ownerUrl: z.string(), dashboardUrl: z.string() });

/** Command lines that name the data folder, or run in it (Redis). */
function processesOn(folder: string): string[] {
  return execFileSync('ps', ['-eo', 'stat=,args='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(folder) && !line.startsWith('Z'));
}

test('SIGTERM stops everything, and a second start uses the data again', async () => {
  const first = launch();
  const { ownerUrl } = await first.running;
  await queryOnce(ownerUrl, `create table kept as select 'yes' as word`);
  first.launcher.kill('SIGTERM');
  expect(await first.exited).toBe(0);
  expect(processesOn(dataDir)).toEqual([]);

  const second = launch();
  const again = await second.running;
  expect((await queryOnce(again.ownerUrl, 'select word from kept')).rows).toEqual([
    { word: 'yes' },
  ]);
});

test('SIGTERM to everybody at once is a stop: nothing is said to have ended, or started again', async () => {
  const everybody = launch();
  await everybody.running;
  // Services are in the launcher's group; stores are not, but in the same unit of systemd.
  for (const pidFile of ['redis/redis.pid', 'postgres/cluster/postmaster.pid']) {
    const [pid] = readFileSync(join(dataDir, pidFile), 'utf8').split('\n');
    process.kill(Number(pid), 'SIGTERM');
  }
  process.kill(-(everybody.launcher.pid ?? NaN), 'SIGTERM');
  expect(await everybody.exited).toBe(0);
  expect(everybody.output()).toContain('stores              stopped');
  expect(everybody.output()).not.toMatch(/ended|again/);
});

test('after kill -9 of the launcher the next start works, without losing data', async () => {
  const first = launch();
  const { ownerUrl } = await first.running;
  await queryOnce(ownerUrl, `create table kept as select 'yes' as word`);
  first.launcher.kill('SIGKILL');
  await first.exited;

  const second = launch();
  const again = await second.running;
  expect((await queryOnce(again.ownerUrl, 'select word from kept')).rows).toEqual([
    { word: 'yes' },
  ]);
  expect(processesOn(`${dataDir}/postgres/cluster -c`)).toHaveLength(1);
});

test('a second start while the first runs names it and exits 75', async () => {
  const first = launch();
  const { dashboardUrl } = await first.running;
  const second = launch();
  second.running.catch(() => {});
  expect(await second.exited).toBe(75);
  expect(second.output()).toContain(`process ${first.launcher.pid}, dashboard at ${dashboardUrl}`);
});

test('an unknown option prints the usage and exits 64', async () => {
  const main = spawn(process.execPath, [MAIN, '--nonsense'], { stdio: ['ignore', 'pipe', 'pipe'] });
  launchers.push(main);
  let stderr = '';
  main.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
  expect((await once(main, 'close'))[0]).toBe(64);
  expect(stderr).toContain('--nonsense');
  expect(stderr).toContain('Usage: npm start');
});

test.runIf(isRoot)('an ordinary user runs the stores as himself', async () => {
  chownSync(dataDir, NOBODY, NOBODY);
  const launcher = launch('setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups');
  await launcher.running;
  const owners = execFileSync('ps', ['-eo', 'uid=,args='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(`${dataDir}/postgres/cluster -c`))
    .map((line) => Number(line.trim().split(' ')[0]));
  expect(owners).toEqual([NOBODY]);
});

test.runIf(isRoot)('root runs Postgres below a folder that only root may enter', async () => {
  const closed = dataDir;
  mkdirSync(join(closed, 'closed'), { mode: 0o700 });
  dataDir = join(closed, 'closed', 'data');
  await launch().running;
  for (const launcher of launchers) {
    launcher.kill('SIGTERM');
    await once(launcher, 'exit');
  }
  expect(readdirSync(join(dataDir, 'postgres'))).toEqual(['cluster']);
  dataDir = dirname(dirname(dataDir));
});
