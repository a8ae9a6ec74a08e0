import { expect, test } from 'vitest';
import { commandStatus } from './command-status.ts';

const SENT = { commandId: 'c', issuedAt: 0, expiresAt: 8_000, entryId: '1-0' };
const unseen = { kind: 'unseen' } as const;

test('an unanswered command is open until no commit under way can still take it', () => {
  const at = (now: number) => commandStatus(unseen, SENT, { now, serverStartedAt: 0 }).status;
  expect(at(7_999)).toBe('queued');
  expect(at(68_000)).toBe('queued');
  expect(at(68_001)).toBe('expired-unanswered');
});

test('after a restart of this server the longest life a command may have bounds the wait', () => {
  const at = (now: number) => commandStatus(unseen, null, { now, serverStartedAt: 100_000 }).status;
  expect(at(170_000)).toBe('queued');
  expect(at(170_001)).toBe('expired-unanswered');
});

test('a denied trade names each rule that denied', () => {
  const rule = (name: string, outcome: 'pass' | 'deny') => ({
    rule: name,
    outcome,
    input: '1',
    limit: '2',
    text: 'why',
  });
  const denial = { verdicts: [rule('A', 'pass'), rule('B', 'deny'), rule('C', 'deny')] };
  const outcome = {
    kind: 'taken',
    type: 'openTrade',
    at: 1,
    tradeId: 't',
    tradeStatus: 'denied',
    denial,
  } as const;
  expect(commandStatus(outcome, SENT, { now: 1, serverStartedAt: 0 })).toMatchObject({
    status: 'denied',
    reason: 'B: why; C: why',
  });
});

test('closing a trade that was denied before is not itself a denial', () => {
  const outcome = {
    kind: 'taken',
    type: 'closeTrade',
    at: 1,
    tradeId: 't',
    tradeStatus: 'denied',
    denial: null,
  } as const;
  expect(commandStatus(outcome, SENT, { now: 1, serverStartedAt: 0 }).status).toBe('accepted');
});
