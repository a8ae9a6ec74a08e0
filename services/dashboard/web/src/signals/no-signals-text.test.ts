import { expect, test } from 'vitest';
import { noSignalsText } from './no-signals-text.ts';

test('what is older than the newest signals is not said to be absent', () => {
  expect(noSignalsText(200)).toBe('None of the newest 200 signals is of this kind.');
  expect(noSignalsText(0)).toBe('No signal yet.');
});
