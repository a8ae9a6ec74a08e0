import { readdirSync, readFileSync } from 'node:fs';
import { STRATEGIES } from '@ballast/domain';
import { expect, test } from 'vitest';
import { ALL_STRATEGIES } from './registry.ts';
import { factsOf, indexRow, parameterTable } from './strategy-page.fixture.ts';

const folder = new URL('../../../docs/strategies/', import.meta.url);
const pageOf = (name: string): string => readFileSync(new URL(name, folder), 'utf8');

test('there is a page of every strategy and of no other', () => {
  const pages = readdirSync(folder).filter((name) => name.endsWith('.md'));
  const wanted = ['README.md', ...STRATEGIES.map((name) => `${name}.md`)];
  expect(pages.sort()).toEqual(wanted.sort());
});

test.each(ALL_STRATEGIES)('the page of $name has its facts and its parameters', (strategy) => {
  const page = pageOf(`${strategy.name}.md`);
  expect(page).toContain(`\n${factsOf(strategy)}\n`);
  expect(page).toContain(`\n${parameterTable(strategy)}\n`);
  for (const part of Object.keys(strategy.model().parts)) {
    expect(page, 'what the score is made of').toContain(`**${part}**`);
  }
});

test('the index tells of every strategy what it trades', () => {
  const lines = pageOf('README.md').split('\n');
  for (const strategy of ALL_STRATEGIES) {
    const row = lines.find((line) => line.startsWith(`| [${strategy.name}]`));
    expect(row).toMatch(/^\|[^|]+\|[^|]+\|[^|]+\|[^|]+\|[^|]+\|$/);
    expect(row?.startsWith(indexRow(strategy))).toBe(true);
  }
});
