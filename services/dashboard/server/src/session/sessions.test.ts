import { expect, test } from 'vitest';
import { createAttempts, FAILURES_MAX } from './attempts.ts';
import { ABSOLUTE_MS, createSessions, IDLE_MS } from './sessions.ts';

function start() {
  const clock = { now: 0 };
  const sessions = createSessions(() => clock.now);
  return { clock, sessions, session: sessions.start('operator', 'link') };
}

test('an idle session ends, and its streams with it', () => {
  const { clock, sessions, session } = start();
  clock.now = IDLE_MS - 1;
  expect(sessions.find(session.id)).not.toBeNull();
  clock.now = IDLE_MS;
  expect(sessions.find(session.id)).toBeNull();
  expect(session.ended.aborted).toBe(true);
  sessions.close();
});

test('activity keeps it alive, but not past its absolute end', () => {
  const { clock, sessions, session } = start();
  for (; clock.now < ABSOLUTE_MS - 60_000; clock.now += 60_000) sessions.touch(session.id);
  expect(sessions.find(session.id)).not.toBeNull();
  clock.now = ABSOLUTE_MS;
  sessions.touch(session.id);
  expect(sessions.find(session.id)).toBeNull();
  sessions.close();
});

test('a change of password ends all other sessions', () => {
  const { sessions, session } = start();
  const other = sessions.start('operator', 'link');
  sessions.endOthers(session.id);
  expect(sessions.find(other.id)).toBeNull();
  expect(sessions.find(session.id)).toBe(session);
  sessions.close();
});

test('sessions are bounded: the idlest makes room', () => {
  const { clock, sessions, session } = start();
  clock.now = 1;
  for (let index = 0; index < 50; index += 1) sessions.start('operator', 'link');
  expect(session.ended.aborted).toBe(true);
  sessions.close();
});

test('waiting times double, and one address does not hold up another', () => {
  const clock = { now: 0 };
  const attempts = createAttempts(() => clock.now);
  const fail = () => {
    for (let index = 0; index < FAILURES_MAX; index += 1) expect(attempts.begin('a')).toBe(0);
    return attempts.begin('a');
  };
  expect(fail()).toBe(60_000);
  expect(attempts.begin('b')).toBe(0);
  clock.now += 60_000;
  expect(fail()).toBe(120_000);
  clock.now += 120_000;
  attempts.succeed('a');
  expect(fail()).toBe(60_000);
});
