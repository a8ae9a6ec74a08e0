import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { say, SetupError } from './setup-error.mjs';
import { withLock } from './setup-lock.mjs';

const PNPM = 'pnpm@12.21.0';
const NODE_MAJOR = 24;
const INPUTS = ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json'];
const EXIT_UNAVAILABLE = 69;

/** Installs the packages, Node 24 among them, unless the stamp of the last install matches. */
export async function installPackages(checkout) {
  if (isInstalled(checkout)) return;
  const lock = join(checkout, '.ballast', 'setup.lock');
  await withLock(lock, 'installs the packages', async (own) => {
    if (isInstalled(checkout)) return;
    say('Installing packages (once per version of the lock file)');
    rmSync(stampFile(checkout), { force: true });
    let status = await runPnpm(checkout, own);
    if (status !== 0 || !hasNode(checkout)) {
      say('Installing again from nothing: what an earlier attempt left cannot be repaired');
      removeInstalled(checkout);
      status = await runPnpm(checkout, own);
    }
    if (status !== 0) {
      throw new SetupError(`installing packages failed (exit ${status})`, EXIT_UNAVAILABLE);
    }
    if (!hasNode(checkout)) {
      throw new SetupError(`the packages brought no Node ${NODE_MAJOR}`, EXIT_UNAVAILABLE);
    }
    writeFileSync(stampFile(checkout), stamp(checkout));
    say('Packages are installed');
  });
}

function runPnpm(checkout, own) {
  const child = spawn('npx', ['--yes', PNPM, 'install', '--frozen-lockfile'], {
    cwd: checkout,
    env: { ...process.env, ...writableHome(checkout), CI: 'true' },
    stdio: ['ignore', process.stderr.fd, process.stderr.fd],
  });
  if (child.pid !== undefined) own(child.pid);
  return new Promise((resolve, reject) => {
    child.once('error', (error) => {
      reject(new SetupError(`npx cannot run: ${error.message}`, EXIT_UNAVAILABLE));
    });
    child.once('exit', (code, signal) => resolve(code ?? signal));
  });
}

/** npx and pnpm keep their caches in the home folder; a missing or read-only one is replaced. */
function writableHome(checkout) {
  const { HOME } = process.env;
  if (HOME && isWritable(HOME)) return {};
  const home = join(checkout, '.ballast', 'home');
  mkdirSync(home, { recursive: true });
  return { HOME: home, npm_config_cache: join(home, '.npm') };
}

function isWritable(folder) {
  const probe = join(folder, `.ballast-probe-${process.pid}`);
  try {
    writeFileSync(probe, '');
    rmSync(probe);
    return true;
  } catch {
    return false;
  }
}

function isInstalled(checkout) {
  const file = stampFile(checkout);
  return (
    existsSync(nodeOf(checkout)) &&
    existsSync(file) &&
    readFileSync(file, 'utf8') === stamp(checkout)
  );
}

function hasNode(checkout) {
  const { stdout } = spawnSync(nodeOf(checkout), ['--version'], { encoding: 'utf8' });
  return stdout?.startsWith(`v${NODE_MAJOR}.`) === true;
}

function removeInstalled(checkout) {
  const groups = ['packages', 'services', 'services/dashboard'];
  const members = groups.flatMap((group) =>
    readdirSync(join(checkout, group)).map((name) => join(group, name)),
  );
  for (const member of ['.', 'tools', ...members]) {
    rmSync(join(checkout, member, 'node_modules'), { recursive: true, force: true });
  }
}

export function nodeOf(checkout) {
  return join(checkout, 'node_modules', '.bin', 'node');
}

function stampFile(checkout) {
  return join(checkout, 'node_modules', '.ballast-installed');
}

function stamp(checkout) {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch} ${PNPM}`);
  for (const input of INPUTS) hash.update(readFileSync(join(checkout, input)));
  return hash.digest('hex');
}
