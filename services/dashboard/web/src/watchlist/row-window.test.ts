import { expect, test } from 'vitest';
import { rowWindow } from './row-window.ts';

test.each([
  ['the top', { count: 600, firstSeen: 0, rowsSeen: 10 }, { first: 0, end: 18 }],
  ['the middle', { count: 600, firstSeen: 300, rowsSeen: 10 }, { first: 292, end: 318 }],
  ['the end', { count: 600, firstSeen: 590, rowsSeen: 10 }, { first: 582, end: 600 }],
  ['a list that shrank', { count: 5, firstSeen: 300, rowsSeen: 10 }, { first: 0, end: 5 }],
  ['nothing', { count: 0, firstSeen: 0, rowsSeen: 0 }, { first: 0, end: 0 }],
])('at %s', (_, seen, rows) => {
  expect(rowWindow(seen)).toEqual(rows);
});
