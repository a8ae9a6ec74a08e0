import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { say, SetupError } from './setup-error.mjs';
import { withLock } from './setup-lock.mjs';

const WEB = 'services/dashboard/web';
/** What the bundle is made from: the page, the packages it imports, the resolved versions. */
const SOURCES = [WEB, 'packages/domain/src', 'pnpm-lock.yaml'];
const NOT_SOURCES = new Set(['node_modules', 'dist']);

/** Builds the dashboard's web bundle when its sources changed since the last build. */
export async function buildDashboard(checkout, node) {
  const web = join(checkout, WEB);
  if (!existsSync(join(web, 'index.html')) || isBuilt(checkout)) return;
  await withLock(join(checkout, '.ballast', 'setup.lock'), 'builds the dashboard', () => {
    if (!isBuilt(checkout)) build(checkout, node);
  });
}

function build(checkout, node) {
  say('Building the dashboard');
  const web = join(checkout, WEB);
  const stamp = sourceStamp(checkout);
  rmSync(join(web, 'dist'), { recursive: true, force: true });
  const vite = join(web, 'node_modules', 'vite', 'bin', 'vite.js');
  const { status } = spawnSync(node, [vite, 'build', '--logLevel', 'warn'], {
    cwd: web,
    stdio: ['ignore', process.stderr.fd, process.stderr.fd],
  });
  if (status !== 0) throw new SetupError('building the dashboard failed');
  mkdirSync(join(web, 'dist'), { recursive: true });
  writeFileSync(join(web, 'dist', '.sources'), stamp);
}

function isBuilt(checkout) {
  const file = join(checkout, WEB, 'dist', '.sources');
  return existsSync(file) && readFileSync(file, 'utf8') === sourceStamp(checkout);
}

function sourceStamp(checkout) {
  const hash = createHash('sha256');
  for (const source of SOURCES) addTo(hash, join(checkout, source), source);
  return hash.digest('hex');
}

function addTo(hash, path, name) {
  const entries = listFolder(path);
  if (entries === undefined) {
    hash.update(`${name}\0`).update(readFileSync(path)).update('\0');
    return;
  }
  for (const entry of entries.sort()) {
    if (!NOT_SOURCES.has(entry)) addTo(hash, join(path, entry), `${name}/${entry}`);
  }
}

/** Names in a folder; nothing when `path` is a file. */
function listFolder(path) {
  try {
    return readdirSync(path);
  } catch (error) {
    if (error.code === 'ENOTDIR') return undefined;
    throw error;
  }
}
