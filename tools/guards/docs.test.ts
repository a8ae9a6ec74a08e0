import { TABLE_OWNERS } from '@ballast/db';
import { COMMAND_OWNER, type CommandType, GATES, PERMITTED, PRODUCERS } from '@ballast/domain';
import { expect, test } from 'vitest';
import { ALLOWED } from './allowed-imports.ts';
import { projectFiles } from './source-files.ts';

/** Fewer than these and the guard has gone blind. */
const PAGES_MIN = 55;
const PATHS_MIN = 540;
const VARIABLES_MIN = 70;
const COMMANDS_MIN = 175;
const GATES_MIN = 3;
const NPX_MIN = 2;
const FOLDERS_MIN = 19;

/** Named in the pages, and made when Ballast runs. */
const MADE_LATER = ['secrets.json', 'run.json'];
/** Placeholders of the reader's own choice. */
const PLACEHOLDER = /[A-Z]{2,}\//;

const files = projectFiles();
const paths = files.map(({ path }) => path);
const pages = files.filter(({ path }) => path.endsWith('.md'));

function textOf(path: string): string {
  const file = files.find((one) => one.path === path);
  if (file === undefined) throw new Error(`${path} is not there`);
  return file.read();
}

test('every file that a page names is there', () => {
  const named = pages.flatMap((page) => pathsIn(page.read()).map((path) => ({ page, path })));
  console.log(`docs: ${pages.length} pages name ${named.length} files`);
  const gone = named.filter(({ path }) => !isThere(path));
  expect(gone.map(({ page, path }) => `${page.path} names ${path}`)).toEqual([]);
  expect(pages.length).toBeGreaterThanOrEqual(PAGES_MIN);
  expect(named.length).toBeGreaterThanOrEqual(PATHS_MIN);
});

test('every command of ballast that a page names is one', () => {
  const program = files.filter(({ path }) => /^packages\/cli\/src\/[a-z-]+\.ts$/.test(path));
  const known = new Set(
    program.flatMap(({ read }) =>
      [...read().matchAll(/(?:command|add|group|passOn)\(\s*'([a-z-]+)/g)].map(([, name]) => name),
    ),
  );
  const named = pages.flatMap(({ path, read }) =>
    [...read().matchAll(/(?:\bballast -- |`ballast )([a-z][a-z-]+)/g)].map(([, name]) => ({
      ...{ path, name },
    })),
  );
  const unknown = named.filter(({ name }) => !known.has(name));
  expect(unknown).toEqual([]);
  expect(named.length).toBeGreaterThanOrEqual(COMMANDS_MIN);
});

test('no page has npx fetch what is not a package of that name: it brings pnpm alone', () => {
  const brought = pages.flatMap(({ path, read }) =>
    [...read().matchAll(/\bnpx (?:-\S+ )*(\S+)/g)].map(([, what = '']) => ({ path, what })),
  );
  expect(brought.length).toBeGreaterThanOrEqual(NPX_MIN);
  expect(brought.filter(({ what }) => !what.startsWith('pnpm@'))).toEqual([]);
});

test('configuration.md names every variable that a service is told', () => {
  const read = files.filter(({ path }) => /^(services|packages)\/.*\/src\/.*\.ts$/.test(path));
  const told = read
    .filter(({ path }) => !path.endsWith('.test.ts') && !path.endsWith('.fixture.ts'))
    .flatMap((file) => [...file.read().matchAll(/\b(BALLAST_[A-Z_]+[A-Z])\b/g)])
    .map(([name]) => name);
  const variables = [...new Set(told)];
  const rows = textOf('docs/configuration.md').split('\n');
  const missing = variables.filter((name) => !rows.some((row) => isNamedIn(row, name)));
  expect(missing).toEqual([]);
  expect(variables.length).toBeGreaterThanOrEqual(VARIABLES_MIN);
});

test('every gate that a page names is asked under that name', () => {
  const current = pages.filter(({ path }) => !/^(plans\/|CHANGELOG)/.test(path));
  const named = current.flatMap(({ path, read }) =>
    [...read().matchAll(/\bgate `([a-z-]+)`/g)].map(([, gate = '']) => ({ path, gate })),
  );
  expect(named.length).toBeGreaterThanOrEqual(GATES_MIN);
  expect(named.filter(({ gate }) => !GATES.some((known) => known === gate))).toEqual([]);
});

test('CLAUDE.md says where each package and each service is', () => {
  const house = textOf('CLAUDE.md');
  const names = Object.keys(ALLOWED).flatMap((folder) => folder.split('/')[1] ?? []);
  expect(new Set(names).size).toBeGreaterThanOrEqual(FOLDERS_MIN);
  expect(names.filter((name) => !house.includes(`\n  ${name}/ `))).toEqual([]);
});

test('architecture.md says who writes each table', () => {
  const rows = cellsAfter('docs/architecture.md', '| Service | Tables it writes');
  const owned = rows
    .filter(([, tables = '']) => !tables.startsWith('none'))
    .flatMap(([service = '', tables = '']) =>
      tables
        .replace(/\(.*\)|\*/g, '')
        .split(',')
        .map((table) => [table.trim(), service] as const),
    );
  expect(Object.fromEntries(owned)).toEqual(TABLE_OWNERS);
});

test('architecture.md says who may ask for each command, and who carries it out', () => {
  const rows = cellsAfter('docs/architecture.md', '| Command | Carried out by');
  const said = rows.flatMap(([commands = '', owner, askers = '']) =>
    commands.split(', ').map((command) => {
      return [command, { owner, by: PRODUCERS.filter((one) => askers.includes(one)) }] as const;
    }),
  );
  const may = (command: CommandType) => PRODUCERS.filter((one) => PERMITTED[one].includes(command));
  const isCommand = (name: string): name is CommandType => name in COMMAND_OWNER;
  const done = Object.keys(COMMAND_OWNER)
    .filter(isCommand)
    .map((command) => [command, { owner: COMMAND_OWNER[command], by: may(command) }] as const);
  expect(Object.fromEntries(said)).toEqual(Object.fromEntries(done));
});

test('reliability.md lists every fault and every deliberate defect, and no other', () => {
  const faults = /FAULT_NAMES = \[([^\]]*)\]/.exec(textOf('packages/sim-core/src/faults.ts'))?.[1];
  const told = cellsAfter('docs/reliability.md', '| Name | What happens').flatMap(([names = '']) =>
    quoted(names, '`'),
  );
  expect(told.toSorted()).toEqual(quoted(faults ?? '', "'").toSorted());
  const list = textOf('services/order-gateway/simulation/mutants/list.ts');
  const defects = [...list.matchAll(/^ {4}name: '(.*)',$/gm)].map(([, name]) => name);
  const rows = cellsAfter('docs/reliability.md', '| Defect | Seen as').map(([name]) => name);
  expect(rows).toEqual(defects);
});

test('every incident of a trade and of the brake has a runbook', () => {
  const messages = textOf('packages/order-core/src/messages.ts');
  const ofTrades = quoted(/type IncidentKind =([^;]*);/.exec(messages)?.[1] ?? '', "'");
  const brake = textOf('services/order-gateway/src/brake/brake-incidents.ts');
  const ofBrake = [...brake.matchAll(/= '(BRAKE_[A-Z_]+)'/g)].map(([, kind = '']) => kind);
  const kinds = [...ofTrades, ...ofBrake];
  const index = textOf('docs/runbooks/README.md');
  expect(ofTrades.length).toBeGreaterThanOrEqual(9);
  expect(ofBrake.length).toBeGreaterThanOrEqual(2);
  expect(kinds.filter((kind) => !index.includes(`\`${kind}\``))).toEqual([]);
});

/** Paths with an ending that only files have; `a/{b,c}.ts` names two. */
function pathsIn(text: string): string[] {
  const found = text.match(/[\w.\-/]*(?:\{[\w,-]+\})?[\w.\-/]*\.(?:tsx?|mjs|md|sql|json)\b/g) ?? [];
  return found.flatMap((path) => {
    const [head = '', names, tail = ''] = path.split(/[{}]/);
    return names === undefined ? [path] : names.split(',').map((name) => head + name + tail);
  });
}

/** A path may begin at the root, at its package, or be the name of a file alone. */
function isThere(path: string): boolean {
  const plain = path.replace(/^(\.{0,2}\/)+/, '');
  if (plain.startsWith('.') || PLACEHOLDER.test(plain)) return true;
  if (MADE_LATER.includes(plain)) return true;
  return paths.some((one) => one === plain || one.endsWith(`/${plain}`));
}

/** In full, or by its last part behind another one of the row: `BALLAST_A_KEY`, `_SECRET`. */
function isNamedIn(row: string, name: string): boolean {
  const full: string[] = row.match(/\bBALLAST_[A-Z_]+/g) ?? [];
  const parts = row.match(/(?<=`)_[A-Z_]+/g) ?? [];
  const isPart = (part: string): boolean =>
    name.endsWith(part) && full.some((one) => one.startsWith(name.slice(0, -part.length)));
  return full.includes(name) || parts.some(isPart);
}

/** The cells of the table whose head begins so. */
function cellsAfter(path: string, head: string): string[][] {
  const lines = textOf(path).split('\n');
  const start = lines.findIndex((line) => line.startsWith(head));
  if (start === -1) throw new Error(`${path} has no table "${head}"`);
  const rows = lines.slice(start + 2);
  const end = rows.findIndex((line) => !line.startsWith('|'));
  return rows.slice(0, end).map((line) => {
    return line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim());
  });
}

function quoted(text: string, quote: string): string[] {
  return text.split(quote).filter((_part, index) => index % 2 === 1);
}
