import { posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CHECKOUT, projectFiles, sourceFiles } from './source-files.ts';
import {
  BANNED_WORDS,
  EMPTY_NAMES,
  FILE_BYTES_MAX,
  FILE_LINES_MAX,
  FILE_LINES_WARN,
  LINE_LENGTH_MAX,
  MAIN_LINES_MAX,
  WIRE_FOLDERS,
} from './tidy-rules.ts';

const SOURCES_MIN = 1_850;
const FILES_MIN = 1_970;

const all = projectFiles();
const sources = sourceFiles().map(({ path, read }) => {
  const lines = read().split('\n');
  return { path, lines, size: lines.length - 1 };
});

describe('source files', () => {
  test('enough of them were found', () => {
    console.log(`tidy: ${sources.length} source files of ${all.length} files in ${CHECKOUT}`);
    expect(sources.length).toBeGreaterThanOrEqual(SOURCES_MIN);
    expect(all.length).toBeGreaterThanOrEqual(FILES_MIN);
  });

  test(`have at most ${FILE_LINES_MAX} lines`, () => {
    for (const text of longerThan(FILE_LINES_WARN)) console.warn(`tidy: ${text}`);
    expect(longerThan(FILE_LINES_MAX)).toEqual([]);
  });

  test(`main.ts of a service has at most ${MAIN_LINES_MAX} lines`, () => {
    const isMain = (path: string) => /^services\/.*\/src\/main\.ts$/.test(path);
    expect(sources.filter(({ path }) => isMain(path)).length).toBeGreaterThanOrEqual(6);
    expect(longerThan(MAIN_LINES_MAX, isMain)).toEqual([]);
  });

  test(`have lines of at most ${LINE_LENGTH_MAX} characters`, () => {
    expect(where((line) => isTooLong(line))).toEqual([]);
  });

  test.each(BANNED_WORDS)('do not hold $pattern; write: $instead', (rule) => {
    const { pattern, allowedOnWire } = rule;
    const onWire = (path: string) => WIRE_FOLDERS.some((folder) => path.startsWith(folder));
    const found = where((line, path) => {
      return pattern.test(line) && !(allowedOnWire === true && onWire(path));
    });
    expect(found).toEqual([]);
  });
});

describe('all files', () => {
  test('have names that say what is inside', () => {
    const empty = all.filter(({ path }) =>
      path.split('/').some((part) => EMPTY_NAMES.includes(posix.parse(part).name)),
    );
    expect(empty.map(({ path }) => path)).toEqual([]);
  });

  test('are not too big', () => {
    expect(all.filter(({ bytes }) => bytes > FILE_BYTES_MAX).map(({ path }) => path)).toEqual([]);
  });

  test('include a changelog whose first entry is the unreleased one', () => {
    const changelog = all.find(({ path }) => path === 'CHANGELOG.md')?.read() ?? '';
    expect(/^## (.*)$/m.exec(changelog)?.[1]).toBe('Unreleased');
  });
});

function longerThan(max: number, isMeant = (_path: string) => true): string[] {
  return sources
    .filter(({ path, size }) => isMeant(path) && size > max)
    .map(({ path, size }) => `${path} has ${size} lines`);
}

/** `path:line: text` of every line that `isFound` picks. */
function where(isFound: (line: string, path: string) => boolean): string[] {
  return sources.flatMap(({ path, lines }) =>
    lines.flatMap((line, index) =>
      isFound(line, path) ? [`${path}:${index + 1}: ${line.trim()}`] : [],
    ),
  );
}

/** A long text or address cannot be broken; everything else can. */
function isTooLong(line: string): boolean {
  if (line.length <= LINE_LENGTH_MAX || line.includes('://')) return false;
  return line.replace(/'[^']*'|"[^"]*"|`[^`]*`/g, '').length > LINE_LENGTH_MAX;
}
