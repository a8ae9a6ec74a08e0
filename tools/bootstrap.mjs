// Sets the checkout up where needed and hands over to Node 24. Plain JavaScript for Node 20 and
// later without packages: it runs before anything is installed. Standard output belongs to the
// command; everything said here goes to standard error.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildDashboard } from './bootstrap/dashboard-bundle.mjs';
import { installPackages, nodeOf } from './bootstrap/packages.mjs';
import { SetupError, say } from './bootstrap/setup-error.mjs';
import { ensureChromium, ensureRedis } from './bootstrap/system-programs.mjs';

const CHECKOUT = dirname(dirname(fileURLToPath(import.meta.url)));
const NODE_MAJOR_MIN = 20;

const PARENT_LOOK_MS = 250;

/** What each verb runs with Node 24, and what it needs before. */
const VERBS = {
  start: { main: 'tools/launcher/main.ts', needs: ['redis', 'dashboard'] },
  demo: { main: 'tools/demo/main.ts', needs: ['redis', 'dashboard'] },
  bench: {
    main: 'tools/bench/main.ts',
    needs: ['redis'],
    /** It starts the dashboard's server, which serves the page. */
    needsFor: new Map([['push', ['dashboard']]]),
  },
  fuzz: { main: 'tools/fuzz/main.ts', needs: [] },
  ballast: {
    main: 'packages/cli/src/main.ts',
    needs: [],
    /** Drills start stores of their own. */
    needsFor: new Map([['drill', ['redis']]]),
  },
  test: { main: 'tools/test-run/main.ts', needs: ['redis', 'chromium', 'dashboard'] },
  check: { main: 'tools/guards/main.ts', needs: [] },
};

async function main() {
  const [verb = '', ...args] = process.argv.slice(2);
  const plan = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  if (plan === undefined) {
    throw new SetupError(`usage: npm run <${Object.keys(VERBS).join('|')}> [-- options]`, 64);
  }
  if (Number(process.versions.node.split('.')[0]) < NODE_MAJOR_MIN) {
    throw new SetupError(`Ballast needs Node ${NODE_MAJOR_MIN} or later to set itself up`, 69);
  }
  await installPackages(CHECKOUT);
  const node = nodeOf(CHECKOUT);
  const environment = { ...process.env };
  const needs = [...plan.needs, ...(plan.needsFor?.get(args[0]) ?? [])];
  if (needs.includes('redis')) environment.BALLAST_REDIS_SERVER = ensureRedis();
  if (needs.includes('chromium')) environment.BALLAST_CHROMIUM = ensureChromium();
  if (needs.includes('dashboard')) await buildDashboard(CHECKOUT, node);
  return handOver(node, [join(CHECKOUT, plan.main), ...args], environment);
}

/**
 * Runs the command on our own standard streams and ends as it ends. The channel between us carries
 * nothing: the command sees by its end that this process was killed.
 */
function handOver(node, args, env) {
  const child = spawn(node, args, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'], env });
  whenNpmIsGone(() => child.kill('SIGTERM'));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // Ctrl-C in a terminal reaches the whole group, so the child has it already.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? 128 + (constants.signals[signal] ?? 0)));
  });
}

/** A signal that ends npm alone ends its shell too, and neither of them tells us. */
function whenNpmIsGone(act) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    act();
  }, PARENT_LOOK_MS);
  timer.unref();
}

main().then(
  (code) => process.exit(code),
  (error) => {
    say(error instanceof SetupError ? error.message : (error.stack ?? String(error)));
    process.exit(error instanceof SetupError ? error.exitCode : 1);
  },
);
