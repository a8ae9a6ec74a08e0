import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CHECKOUT } from './source-files.ts';

/** Files each checker must at least have seen: one that sees nothing passes everything. */
const FLOOR = {
  ...{ types: 1_650, pureTypes: 290, webTypes: 430 },
  ...{ lint: 1_850, format: 1_890, unused: 1_850 },
};

function runTool(name: string, ...args: string[]): { status: number | null; output: string } {
  const tool = join(CHECKOUT, 'node_modules', '.bin', name);
  const result = spawnSync(tool, args, {
    cwd: CHECKOUT,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' },
  });
  if (result.error !== undefined) throw result.error;
  return { status: result.status, output: `${result.stdout}${result.stderr}` };
}

function expectPass(what: string, seen: number, floor: number, run: ReturnType<typeof runTool>) {
  console.log(`${what}: ${seen} files`);
  expect(run.status, run.output).toBe(0);
  expect(seen, `${what} saw too few files`).toBeGreaterThanOrEqual(floor);
}

function checkTypes(what: string, project: string, floor: number): void {
  const run = runTool('tsc', '-p', project, '--listFiles');
  const lines = run.output.split('\n');
  const ours = lines.filter(
    (line) => line.startsWith(CHECKOUT) && !line.includes('node_modules') && /\.tsx?$/.test(line),
  );
  const errors = lines.filter((line) => !/^\/.*\.(ts|tsx|mts|cts|json)$/.test(line)).join('\n');
  expectPass(what, ours.length, floor, { status: run.status, output: errors });
}

test('types', () => checkTypes('types', 'tsconfig.json', FLOOR.types));

test('types of the pure packages', () => {
  checkTypes('types of the pure packages', 'tsconfig.pure.json', FLOOR.pureTypes);
});

test('types of the web page', () => {
  const project = 'services/dashboard/web/tsconfig.json';
  expect(existsSync(join(CHECKOUT, project)), `${project} exists`).toBe(true);
  checkTypes('types of the web page', project, FLOOR.webTypes);
});

test('lint', () => {
  const run = runTool('oxlint', '--type-aware', '--deny-warnings');
  const seen = Number(/on (\d+) files/.exec(run.output)?.[1] ?? 0);
  expectPass('lint', seen, FLOOR.lint, run);
});

test('format', () => {
  const run = runTool('oxfmt', '--check');
  const seen = Number(/on (\d+) files/.exec(run.output)?.[1] ?? 0);
  expectPass('format', seen, FLOOR.format, run);
});

test('unused files, exports and dependencies', () => {
  const quiet = ['--no-progress', '--no-config-hints'];
  const reporter = './tools/guards/knip-counter.mjs';
  const run = runTool('knip', ...quiet, '--reporter', 'symbols', '--reporter', reporter);
  const seen = Number(/knip saw (\d+) files/.exec(run.output)?.[1] ?? 0);
  expectPass('unused', seen, FLOOR.unused, run);
});
