import {
  CLEAN_FEED,
  CLEAN_PUSH,
  CLEAN_REQUEST,
  FAULT_NAMES,
  FEED_FAULT_NAMES,
} from '@ballast/sim-core';
import { expect, test } from 'vitest';
import { createFaultPlan, type FaultPlan } from './fault-plan.ts';

function open(seed = '1') {
  const clock = { now: 1_000 };
  const restarts: string[] = [];
  const plan = createFaultPlan({
    seed,
    now: () => clock.now,
    restart: (fault, ms) => restarts.push(`${fault} ${ms}`),
  });
  return { plan, clock, restarts };
}

test('scripted: the next so many of a kind, and then all is clean', () => {
  const { plan } = open();
  plan.order({ fault: 'lostAckExecuted', on: 'cancel', count: 2 });
  expect(plan.request('submit')).toBe(CLEAN_REQUEST);
  expect(plan.request('cancel')).toEqual({ ...CLEAN_REQUEST, answer: 'broken' });
  expect(plan.request('cancel').answer).toBe('broken');
  expect(plan.request('cancel')).toBe(CLEAN_REQUEST);
  plan.order({ fault: 'lostAckNotExecuted', variant: 'never' });
  expect(plan.request('listing')).toBe(CLEAN_REQUEST);
  expect(plan.request('replace')).toMatchObject({ carriedOut: false, answer: 'never' });
  expect(plan.counts.get('lostAckExecuted')).toBe(2);
});

test('two orders of different faults meet one request after the other', () => {
  const { plan } = open();
  plan.order({ fault: 'lateAck', ms: 30 });
  plan.order({ fault: 'fillBeforeAck' });
  expect(plan.request('submit')).toEqual({ ...CLEAN_REQUEST, answerAfterMs: 30 });
  expect(plan.request('submit')).toEqual({ ...CLEAN_REQUEST, pushFirst: true });
});

function seededRun(seed: string): { trace: string; plan: FaultPlan } {
  const { plan } = open(seed);
  plan.order({ fault: 'lostAckExecuted', rate: 0.2 });
  plan.order({ fault: 'serverError', rate: 0.2 });
  plan.order({ fault: 'correctedFill', rate: 0.3 });
  const fates = Array.from({ length: 400 }, () => [plan.request('submit'), plan.push('fill')]);
  return { trace: JSON.stringify(fates), plan };
}

test('seeded: the same seed, the same fates; each with its probability, variants drawn', () => {
  const { trace, plan } = seededRun('a');
  expect(seededRun('a').trace).toBe(trace);
  expect(seededRun('b').trace).not.toBe(trace);
  const struck = plan.counts.get('lostAckExecuted') ?? 0;
  expect(struck).toBeGreaterThan(40);
  expect(struck).toBeLessThan(140);
  for (const word of ['"broken"', '"never"', '"price"', '"bust"']) expect(trace).toContain(word);
});

test('a window holds for its time, whatever comes', () => {
  const { plan, clock } = open();
  plan.order({ fault: 'tokenExpired', ms: 500 });
  plan.order({ fault: 'silentSocket', ms: 300 });
  plan.order({ fault: 'halfOpenSocket', ms: 100 });
  for (let many = 0; many < 20; many += 1) {
    expect(plan.request('query')).toMatchObject({ refusal: 'tokenExpired', carriedOut: false });
  }
  expect(plan.socket()).toBe('halfOpen');
  clock.now += 100;
  expect(plan.socket()).toBe('silent');
  clock.now += 200;
  expect(plan.socket()).toBe('open');
  clock.now += 200;
  expect(plan.request('query')).toBe(CLEAN_REQUEST);
});

test('restarts: at once when scripted, with a request when seeded', () => {
  const { plan, restarts } = open();
  plan.order({ fault: 'dailyRestart', ms: 20 });
  expect(restarts).toEqual(['dailyRestart 20']);
  plan.order({ fault: 'sessionIdRollBack', rate: 1, count: 1 });
  expect(restarts).toHaveLength(1);
  plan.request('submit');
  plan.request('submit');
  expect(restarts).toEqual(['dailyRestart 20', 'sessionIdRollBack 1000']);
  expect(plan.counts.get('sessionIdRollBack')).toBe(1);
});

test('stale listings have their age, partial fills their share, each so many times', () => {
  const { plan } = open();
  plan.order({ fault: 'staleListing', ms: 7_000 });
  plan.order({ fault: 'partialFills', percent: 30, count: 2 });
  expect([plan.listingAgeMs(), plan.listingAgeMs()]).toEqual([7_000, 0]);
  expect([1, 2, 3].map(() => plan.fillPercentMax())).toEqual([30, 30, 100]);
});

test('what was ordered can be taken back, by name or all', () => {
  const { plan } = open();
  plan.order({ fault: 'droppedFill', count: 5 });
  plan.order({ fault: 'rateLimit', count: 5 });
  plan.order({ fault: 'silentSocket', ms: 600_000 });
  plan.clear('droppedFill');
  expect(plan.push('fill')).toBe(CLEAN_PUSH);
  expect(plan.socket()).toBe('silent');
  plan.clear();
  expect(plan.request('query')).toBe(CLEAN_REQUEST);
  expect(plan.socket()).toBe('open');
});

test('a kind or a variant that the fault cannot have is refused', () => {
  const { plan } = open();
  expect(() => plan.order({ fault: 'cancelRacesFill', on: 'submit' })).toThrow(/not submit/);
  expect(() => plan.order({ fault: 'staleListing', on: 'fill' })).toThrow(/not fill/);
  expect(() => plan.order({ fault: 'correctedFill', variant: 'x' })).toThrow(/not x/);
});

test('a feed of public data is as mute as its venue, and can be mute alone', () => {
  const { plan, clock } = open();
  plan.order({ fault: 'silentFeed', ms: 300 });
  expect([plan.socket(), plan.feedSocket()]).toEqual(['open', 'silent']);
  plan.order({ fault: 'halfOpenSocket', ms: 100 });
  expect([plan.socket(), plan.feedSocket()]).toEqual(['halfOpen', 'halfOpen']);
  clock.now += 100;
  expect(plan.feedSocket()).toBe('silent');
  plan.clear('silentFeed');
  expect(plan.feedSocket()).toBe('open');
});

test('seeded: a feed that falls silent does so with a trade', () => {
  const { plan, clock } = open();
  plan.order({ fault: 'silentFeed', rate: 1, count: 2, ms: 50 });
  plan.order({ fault: 'lateTrade', rate: 0.5, ms: 70 });
  expect(plan.feedSocket()).toBe('open');
  plan.request('submit');
  expect(plan.feedSocket()).toBe('open');
  const fates = Array.from({ length: 100 }, () => plan.feed('trade').delayMs);
  expect(plan.feedSocket()).toBe('silent');
  expect(new Set(fates)).toEqual(new Set([0, 70]));
  clock.now += 50;
  expect(plan.feedSocket()).toBe('open');
  expect(plan.counts.get('silentFeed')).toBe(2);
});

test.each([...FAULT_NAMES, ...FEED_FAULT_NAMES])(
  '%s changes something, and is counted',
  (fault) => {
    const { plan, restarts } = open();
    plan.order({ fault });
    const kinds = ['submit', 'cancel', 'replace', 'query', 'listing'] as const;
    const changed = [
      ...kinds.map((kind) => plan.request(kind) !== CLEAN_REQUEST),
      plan.push('fill') !== CLEAN_PUSH,
      plan.listingAgeMs() > 0,
      plan.socket() !== 'open',
      plan.socket() === 'open' && plan.feedSocket() !== 'open',
      plan.feed('trade') !== CLEAN_FEED,
      plan.feed('book') !== CLEAN_FEED,
      plan.fillPercentMax() < 100,
      restarts.length > 0,
    ];
    expect(changed.filter(Boolean)).toEqual([true]);
    expect(plan.counts.get(fault)).toBe(1);
  },
);
