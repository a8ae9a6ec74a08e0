import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { say, SetupError } from './setup-error.mjs';

/** ACL selectors, which the users of our services need, came with Redis 7.0. */
const REDIS_MAJOR_MIN = 7;
const EXIT_UNAVAILABLE = 69;
const POLICY = '/usr/sbin/policy-rc.d';

/** Path of a redis-server; installed with the system's package manager when that is allowed. */
export function ensureRedis() {
  const path = ensure('Redis', ['redis-server'], 'BALLAST_REDIS_SERVER', 'redis-server');
  const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' });
  const major = Number(/v=(\d+)\./.exec(stdout ?? '')?.[1] ?? 0);
  if (major < REDIS_MAJOR_MIN) {
    throw new SetupError(
      `${path} is not Redis ${REDIS_MAJOR_MIN} or later; install one and set BALLAST_REDIS_SERVER to it`,
      EXIT_UNAVAILABLE,
    );
  }
  return path;
}

/** Path of a Chromium for the browser test. */
export function ensureChromium() {
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  return ensure('Chromium', names, 'BALLAST_CHROMIUM', 'chromium');
}

function ensure(title, programs, variable, debianPackage) {
  const named = process.env[variable];
  if (named) {
    if (isExecutable(named)) return named;
    throw new SetupError(`${variable}: there is no program ${named}`, 78);
  }
  const found = findOnPath(programs);
  if (found !== undefined) return found;
  installWithApt(title, debianPackage);
  const installed = findOnPath(programs);
  if (installed !== undefined) return installed;
  throw new SetupError(
    `${title} is still missing after ${advice(debianPackage)}`,
    EXIT_UNAVAILABLE,
  );
}

function findOnPath(programs) {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  // Root's programs are often left out of an ordinary user's PATH.
  for (const folder of [...folders, '/usr/sbin', '/usr/local/sbin']) {
    const path = programs.map((program) => join(folder, program)).find(isExecutable);
    if (path !== undefined) return path;
  }
  return undefined;
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function installWithApt(title, debianPackage) {
  const asRoot = process.getuid?.() === 0;
  const sudo = asRoot ? [] : ['sudo', '-n'];
  const allowed = asRoot || spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0;
  const apt = findOnPath(['apt-get']);
  if (apt === undefined || !allowed) {
    throw new SetupError(
      `${title} is missing. Install it with this command and start again:\n  ${advice(debianPackage)}`,
      EXIT_UNAVAILABLE,
    );
  }
  say(`Installing ${title} with apt-get`);
  const environment = ['env', 'DEBIAN_FRONTEND=noninteractive', 'RUNLEVEL=1'];
  withoutStartingServices(asRoot, () => {
    for (const step of [
      ['update', '-q'],
      ['install', '-q', '-y', '--no-install-recommends', debianPackage],
    ]) {
      const [program, ...args] = [...sudo, ...environment, apt, ...step];
      const options = { stdio: ['ignore', process.stderr.fd, process.stderr.fd] };
      if (spawnSync(program, args, options).status !== 0) {
        throw new SetupError(
          `${title} could not be installed. Try:\n  ${advice(debianPackage)}`,
          EXIT_UNAVAILABLE,
        );
      }
    }
  });
  // Under systemd an ordinary user's install may have started the packaged service.
  if (debianPackage === 'redis-server' && existsSync('/run/systemd/system')) {
    const [program, ...args] = [...sudo, 'systemctl', 'disable', '--now', 'redis-server'];
    spawnSync(program, args, { stdio: 'ignore' });
  }
}

/** Debian starts a service when it is installed, unless this script forbids it. */
function withoutStartingServices(asRoot, work) {
  if (!asRoot || existsSync(POLICY)) return work();
  writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    return work();
  } finally {
    rmSync(POLICY, { force: true });
  }
}

function advice(debianPackage) {
  if (process.platform === 'darwin') return `brew install ${debianPackage.replace('-server', '')}`;
  const sudo = process.getuid?.() === 0 ? '' : 'sudo ';
  return `${sudo}apt-get install -y ${debianPackage}`;
}
