import { expect, test } from 'vitest';
import { isListName, listOfName } from './list-name.ts';

test('a new list has a name of its own: under that of another it would replace it', () => {
  expect(listOfName(['Majors', 'Two'], 'Majors')).toBe('Majors');
  expect(listOfName(['Majors', 'Two'], 'MAJORS')).toBe('Majors');
  expect(listOfName(['Majors', 'Two'], 'Major')).toBeNull();
});

test.each([
  ['Majors 2_a-b', true],
  ['', false],
  [' Majors', false],
  ['Größte', false],
  ['x'.repeat(33), false],
])('%j as the name of a list: %j', (name, isOne) => {
  expect(isListName(name)).toBe(isOne);
});
