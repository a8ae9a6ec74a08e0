import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const BOOTSTRAP = fileURLToPath(new URL('../bootstrap.mjs', import.meta.url));

const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

let box: string;

beforeEach(() => {
  box = mkdtempSync(join(tmpdir(), 'ballast-bootstrap-'));
  mkdirSync(join(box, 'bin'));
  for (const program of ['sh', 'cat', 'mkdir', 'ln', 'sleep', 'env'])
    link(`/bin/${program}`, program);
  link(process.execPath, 'node');
});

afterEach(() => rmSync(box, { recursive: true, force: true }));

function link(target: string, name: string): void {
  symlinkSync(
    existsSync(target) ? target : target.replace('/bin', '/usr/bin'),
    join(box, 'bin', name),
  );
}

function program(name: string, script: string): string {
  const path = join(box, 'bin', name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** Runs one step of the bootstrap; only the programs in the box are on its PATH. */
function script(module: string, call: string): string[] {
  const main = `import(${JSON.stringify(join(HERE, module))}).then((m) => m.${call})
    .then((result) => console.log(result ?? 'done'))
    .catch((error) => { console.error(error.message); process.exit(error.exitCode ?? 1); });`;
  return ['--input-type=module', '-e', main];
}

function environment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return { PATH: join(box, 'bin'), HOME: box, ...more };
}

function run(module: string, call: string, env?: NodeJS.ProcessEnv): SpawnSyncReturns<string> {
  const options = { env: environment(env), encoding: 'utf8' } as const;
  return spawnSync(process.execPath, script(module, call), options);
}

test('an unknown verb is a usage error, told on standard error only', () => {
  const result = spawnSync(process.execPath, [BOOTSTRAP, 'dance'], { encoding: 'utf8' });
  expect(result.status).toBe(64);
  expect(result.stderr).toContain('npm run <start|');
  expect(result.stdout).toBe('');
});

describe('Redis', () => {
  const ensure = (env?: NodeJS.ProcessEnv) => run('system-programs.mjs', 'ensureRedis()', env);

  test('missing and not installable: exit 69 and the one command to run', () => {
    const result = ensure();
    expect(result.status).toBe(69);
    expect(result.stderr).toContain('Redis is missing');
    expect(result.stderr).toMatch(/^ {2}(sudo )?(apt-get|brew) install.* redis/m);
  });

  test('too old: exit 69', () => {
    program('redis-server', 'echo Redis server v=6.0.16 sha=0');
    const result = ensure();
    expect(result.status).toBe(69);
    expect(result.stderr).toContain('not Redis 7 or later');
  });

  test('on PATH, or named by BALLAST_REDIS_SERVER', () => {
    const path = program('redis-server', 'echo Redis server v=7.0.15 sha=0');
    expect(ensure().stdout.trim()).toBe(path);
    expect(ensure({ PATH: '', BALLAST_REDIS_SERVER: path }).stdout.trim()).toBe(path);
  });

  test('missing, and an ordinary user may use sudo: installed with apt-get', () => {
    program('sudo', 'shift; exec "$@"');
    link('/bin/true', 'true');
    link('/bin/chmod', 'chmod');
    const server = `echo "echo Redis server v=7.0.15 sha=0" > ${box}/bin/redis-server`;
    const log = `echo "$DEBIAN_FRONTEND $*" >> ${box}/apt-calls`;
    const install = `${server}; chmod +x ${box}/bin/redis-server`;
    program('apt-get', `${log}; if [ "$1" = install ]; then ${install}; fi`);
    const asNobody = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', process.execPath];
    for (const folder of [box, join(box, 'bin')]) if (isRoot) chownSync(folder, NOBODY, NOBODY);
    const [command, ...args] = isRoot
      ? ['/usr/bin/setpriv', ...asNobody, ...script('system-programs.mjs', 'ensureRedis()')]
      : [process.execPath, ...script('system-programs.mjs', 'ensureRedis()')];
    const result = spawnSync(command ?? '', args, { env: environment(), encoding: 'utf8' });
    expect(result.stdout.trim(), result.stderr).toBe(join(box, 'bin', 'redis-server'));
    expect(readFileSync(join(box, 'apt-calls'), 'utf8').trim().split('\n')).toEqual([
      'noninteractive update -q',
      'noninteractive install -q -y --no-install-recommends redis-server',
    ]);
  });

  test('a wrong BALLAST_REDIS_SERVER is a configuration error', () => {
    const result = ensure({ BALLAST_REDIS_SERVER: '/nowhere/redis-server' });
    expect(result.status).toBe(78);
    expect(result.stderr).toContain('BALLAST_REDIS_SERVER');
  });

  test.each([
    ['ballast', ['drill', 'brake']],
    ['bench', ['hub']],
  ])('%s %s starts stores, so it looks for it first', (verb, args) => {
    const env = { ...process.env, BALLAST_REDIS_SERVER: '/nowhere/redis-server' };
    const options = { env, encoding: 'utf8' } as const;
    const result = spawnSync(process.execPath, [BOOTSTRAP, verb, ...args], options);
    expect(result.status).toBe(78);
    expect(result.stderr).toContain('BALLAST_REDIS_SERVER: there is no program');
  });
});

describe('packages', () => {
  const install = () => script('packages.mjs', `installPackages(${JSON.stringify(box)})`);
  const calls = () => readFileSync(join(box, 'calls'), 'utf8').trim().split('\n').length;

  /** An npx whose install links a Node 24, after what `before` does. */
  function fakeNpx(before = ''): void {
    const bin = `${box}/node_modules/.bin`;
    const node = `echo 'echo v24.0.0' > ${bin}/node; chmod +x ${bin}/node`;
    program('npx', `echo call >> ${box}/calls; ${before}\nmkdir -p ${bin}; ${node}`);
    link('/bin/chmod', 'chmod');
    for (const folder of ['packages', 'services/dashboard']) {
      mkdirSync(join(box, folder), { recursive: true });
    }
    for (const input of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json']) {
      writeFileSync(join(box, input), input);
    }
  }

  function installNow(): SpawnSyncReturns<string> {
    return spawnSync(process.execPath, install(), { env: environment(), encoding: 'utf8' });
  }

  test('are installed once, and again when the lock file changes', () => {
    fakeNpx();
    expect(installNow()).toMatchObject({ status: 0, stdout: 'done\n' });
    expect(installNow().stderr).toBe('');
    expect(calls()).toBe(1);
    writeFileSync(join(box, 'pnpm-lock.yaml'), 'changed');
    expect(installNow().status).toBe(0);
    expect(calls()).toBe(2);
  });

  test('two starts at once install once', async () => {
    fakeNpx('sleep 0.5');
    const starts = [1, 2].map(() => spawn(process.execPath, install(), { env: environment() }));
    const codes = await Promise.all(starts.map(async (start) => (await once(start, 'exit'))[0]));
    expect(codes).toEqual([0, 0]);
    expect(calls()).toBe(1);
  });

  test('an install that failed half-way is done again from nothing', () => {
    mkdirSync(join(box, 'node_modules'));
    writeFileSync(join(box, 'node_modules', 'half'), '');
    fakeNpx(`test -e ${box}/node_modules/half && exit 1`);
    const result = installNow();
    expect(result).toMatchObject({ status: 0 });
    expect(result.stderr).toContain('Installing again from nothing');
    expect(existsSync(join(box, 'node_modules', 'half'))).toBe(false);
  });

  test('after kill -9 of a start its install is waited for, and nothing is installed twice', async () => {
    fakeNpx(`sleep 0.3; echo > ${box}/under-way; sleep 1`);
    const killed = spawn(process.execPath, install(), { env: environment() });
    while (!existsSync(join(box, 'under-way'))) await new Promise((next) => setImmediate(next));
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    const result = installNow();
    expect(result.stderr).toContain('Waiting for another process');
    expect(result.status).toBe(0);
  });
});
