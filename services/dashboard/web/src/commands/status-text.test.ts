import { expect, test } from 'vitest';
import { statusLine } from './status-text.ts';

test('while it may still happen it is never called failed', () => {
  expect(statusLine(undefined, 7)).toMatchObject({
    title: 'Queued',
    detail: expect.stringContaining('7 s'),
  });
  expect(statusLine({ status: 'queued', expiresAt: 1 }, 0)).toMatchObject({
    title: 'No answer yet',
    detail: expect.stringContaining('Past its expiry'),
  });
});

test('no answer is said to be not executed', () => {
  const line = statusLine({ status: 'expired-unanswered', expiredAt: 1 }, 0);
  expect(line).toMatchObject({ tone: 'warn', title: 'No answer: expired, not executed' });
});

test('a refusal shows its code', () => {
  const line = statusLine({ status: 'refused', at: 1, code: 'MODE_MISMATCH', detail: 'd' }, 0);
  expect(line).toMatchObject({ tone: 'bad', detail: 'MODE_MISMATCH: d' });
});
