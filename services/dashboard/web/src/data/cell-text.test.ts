import type { CellView } from '@ballast/dashboard-server/api';
import { expect, test } from 'vitest';
import { cellText } from './cell-text.ts';

const whole: CellView = {
  ...{ colour: 'green', reason: 'WHOLE', expected: 10_080, missing: 0, empty: 0 },
  ...{ unheard: 0, unseen: 0, checkedUntil: 1 },
};

test.each<[Partial<CellView>, string]>([
  [{}, '✓ 100 % '],
  [{ colour: 'red', reason: 'MISSING_LATELY', missing: 1 }, '✕ 99.99 % 1 missing'],
  [{ colour: 'red', reason: 'MANY_MISSING', missing: 2_000 }, '✕ 80.15 % 2,000 missing'],
  [{ colour: 'red', reason: 'MISSING_LATELY', expected: 0 }, '✕ — missing'],
  [{ colour: 'amber', reason: 'EMPTY_CONFIRMED', empty: 3 }, '! 100 % 3 empty'],
  [{ colour: 'amber', reason: 'UNHEARD', unheard: 3, empty: 1 }, '! 100 % 3 unheard'],
  [{ colour: 'amber', reason: 'LOOK_LATE', unseen: 60 }, '! 100 % look late'],
  [{ colour: 'red', reason: 'NEVER_LOOKED_AT', expected: 0 }, '✕ never '],
  [{ colour: 'none', reason: 'NONE_DUE', expected: 0 }, ' — '],
])('%j reads "%s"', (part, text) => {
  const { mark, share, note } = cellText({ ...whole, ...part });
  expect(`${mark} ${share} ${note}`).toBe(text);
});
